"""Sample companies: processes that a person can read, run and change, over databases with invented data."""

from __future__ import annotations

import shutil
from pathlib import Path

#: (GUID, name) of the sample companies, the first one first.
SAMPLE_COMPANIES = (
    ("5b0a3d60-9c41-4f0e-8d53-1f2f6a7c0001", "Contoso Ltd"),
    ("5b0a3d60-9c41-4f0e-8d53-1f2f6a7c0002", "Fabrikam Inc"),
)
_ENDINGS = (".toml", ".sql", ".csv")


def write_samples(folder: Path) -> None:
    """Write the sample processes, their connections and files into a folder; files that are there stay.

    Args:
        folder: The service's folder of processes.
    """
    home = Path(__file__).parent
    for source in sorted(home.rglob("*")):
        if source.suffix not in _ENDINGS:
            continue
        target = folder / source.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copyfile(source, target)
