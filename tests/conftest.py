"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.postgres import postgres_cluster, postgres_url, private_cluster

__all__ = ["postgres_cluster", "postgres_url", "private_cluster"]

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def library() -> Path:
    """The folder of public task exports: MECHANIC_LIBRARY, or ``../shared/library`` beside the project."""
    named = os.environ.get("MECHANIC_LIBRARY")
    folder = Path(named) if named else PROJECT.parent / "shared" / "library"
    if not folder.is_dir():
        pytest.skip(f"the task library is not at {folder}; set MECHANIC_LIBRARY to a folder of task exports")
    return folder
