"""The same running service and command line as in tests/e2e."""

from tests.e2e.conftest import cli, home, service, signed_in

__all__ = ["cli", "home", "service", "signed_in"]
