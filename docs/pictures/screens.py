"""Makes the pictures of the add-in in a real window: LibreOffice Calc and the add-in's windows on a virtual screen.

Run from the root of the repository, with LibreOffice, Xvfb, xdotool and ImageMagick: python -m docs.pictures.screens [DIR]
Screens are not byte for byte the same on each machine: fonts and the version of LibreOffice show. A test makes them
anew and looks at what must be seen on them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZE = "1120x640"
SHEET, SIGN_IN, ERRORS = "calc-marked.png", "window-sign-in.png", "window-errors.png"
