"""``python -m xlsc`` runs the command line."""

from __future__ import annotations

from xlsc.cli.main import main

if __name__ == "__main__":
    main()
