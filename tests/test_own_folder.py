"""The folder ``.runner``: made once, ignored by git from the first byte on."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.own_folder import make_folder


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file of this process may have a byte, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, former)


def test_it_ignores_itself_in_git_and_is_made_once(tmp_path: Path) -> None:
    for _ in range(2):
        assert make_folder(tmp_path / ".runner" / "outbox").is_dir()
    assert (tmp_path / ".runner" / ".gitignore").read_text() == "*\n"


def test_folders_of_other_names_are_made_without_that(tmp_path: Path) -> None:
    make_folder(tmp_path / "mine" / "outbox")
    assert not (tmp_path / "mine" / ".gitignore").exists()


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_no_folder_is_left_that_would_reach_a_repository(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"."):
        make_folder(tmp_path / ".runner")
    assert not (tmp_path / ".runner").exists()
