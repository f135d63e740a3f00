"""The same running service and command line as in tests/e2e, and the same Calc as in tests/calc."""

from tests.calc.conftest import office, pytest_runtest_protocol
from tests.e2e.conftest import cli, home, service, signed_in

__all__ = ["cli", "home", "office", "pytest_runtest_protocol", "service", "signed_in"]
