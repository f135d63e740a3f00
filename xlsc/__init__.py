"""xlsc: Excel sheets to SmartConnect processes and back, every wrong row shown where it stands."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
