"""The manual of this version as pages for a browser. Run as a process of its own, so that Excel waits for nothing.

The texts are those of the folder docs, which the package carries; the pages are written into XLSC_HOME.
"""

from __future__ import annotations

import io
import sys
import webbrowser
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from xlsc.settings import home

#: In an installed package, and in a clone.
PLACES = (Path(__file__).parents[1] / "docs", Path(__file__).parents[2] / "docs")
_WIDTH = 118


def write_pages(folder: Path) -> list[Path]:
    """Write one page for each text of the manual, with links from page to page.

    Args:
        folder: Made where there is none.

    Returns:
        The pages, addin.html first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = next(place for place in PLACES if place.is_dir())
    found = []
    for text in sorted(source.glob("*.md"), key=lambda path: (path.stem != "addin", path.stem)):
        page = folder / f"{text.stem}.html"
        page.write_text(_as_page(text.read_text(encoding="utf-8")), encoding="utf-8")
        found.append(page)
    return found


def _as_page(text: str) -> str:
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    console.print(Markdown(text.replace(".md)", ".html)")))
    return console.export_html(inline_styles=True)


def main() -> None:
    """Write the pages, show the first."""
    pages = write_pages(home() / "manual")
    sys.stdout.write(f"{pages[0]}\n")
    webbrowser.open(pages[0].as_uri())


if __name__ == "__main__":
    main()
