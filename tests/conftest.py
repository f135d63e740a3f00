"""What holds for every test: nobody's own settings are read or changed, and in CI nothing is left out."""

import os
import tempfile
from collections.abc import Generator
from typing import Any

import pytest

REQUIRE_ALL = "XLSC_REQUIRE_ALL"


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of whoever runs the tests, and keep away from their files."""
    for name in [name for name in os.environ if name.startswith("XLSC_") and name != REQUIRE_ALL]:
        del os.environ[name]
    home = tempfile.TemporaryDirectory(prefix="xlsc-home-")
    config.add_cleanup(home.cleanup)
    os.environ["XLSC_HOME"] = home.name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Where all that tests drive is installed (XLSC_REQUIRE_ALL=1), a test that is skipped has failed."""
    report = yield
    if os.environ.get(REQUIRE_ALL) == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped although {REQUIRE_ALL}=1. {reason}"
    return report
