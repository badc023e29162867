"""The chaos tests run commands as the tests of the command line do."""

from __future__ import annotations

from tests.cli.conftest import clean_environment, run

__all__ = ["clean_environment", "run"]
