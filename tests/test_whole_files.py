"""Files appear whole or not at all, and nothing is replaced by mistake."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runner.errors import InputError
from runner.whole_files import write_file, write_files


def test_a_file_and_its_folders_are_made(tmp_path: Path) -> None:
    assert write_file(tmp_path / "a" / "b" / "c.txt", b"one") is True
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == b"one"
    assert [each.name for each in (tmp_path / "a" / "b").iterdir()] == ["c.txt"]


def test_equal_bytes_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    os.utime(file, (1, 1))
    assert write_file(file, b"one") is False
    assert file.stat().st_mtime == 1


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"one")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    write_file(tmp_path / "link", b"two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"two"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640


def test_a_new_file_gets_what_the_mask_allows(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_file(tmp_path / "a", b"one")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_nothing_is_replaced_without_force(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"mine")
    (tmp_path / "same").write_bytes(b"2")
    (tmp_path / "gone").write_bytes(b"mine too")
    files = {tmp_path / "new": b"1", tmp_path / "same": b"2", tmp_path / "old": b"3"}
    with pytest.raises(InputError, match=r"old, .*gone; nothing was changed") as caught:
        write_files(files, gone=[tmp_path / "gone"])
    assert caught.value.code == "input.exists"
    assert "--force" in str(caught.value.hint)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["gone", "old", "same"]
    assert (tmp_path / "old").read_bytes() == b"mine"

    changed = write_files(files, gone=[tmp_path / "gone", tmp_path / "never-was"], force=True)
    assert [each.name for each in changed] == ["new", "old", "gone"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new", "old", "same"]


def test_a_folder_in_the_way_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(InputError, match="already"):
        write_files({tmp_path / "a.json": b"1"})
    with pytest.raises(InputError, match="cannot be written"):
        write_files({tmp_path / "a.json": b"1"}, force=True)
    assert list(tmp_path.iterdir()) == [tmp_path / "a.json"]


def test_a_file_where_a_folder_belongs_is_worded(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be written"):
        write_file(tmp_path / "a" / "b", b"1")


WRITER = """
import sys
from pathlib import Path
from runner.whole_files import write_file
print("ready", flush=True)
for turn in range(1_000_000):
    write_file(Path(sys.argv[1]), (b"a" if turn % 2 else b"b") * 400_000)
"""


def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "task.json"
    whole = {b"a" * 400_000, b"b" * 400_000}
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            while not file.exists():
                assert writer.poll() is None
            seen = {file.read_bytes() for _ in range(100)}
            writer.send_signal(signal.SIGKILL)
        assert seen <= whole
        assert file.read_bytes() in whole
    assert [each.name for each in tmp_path.glob("[!.]*")] == ["task.json"]


@pytest.mark.parametrize("through_a_link", [False, True])
def test_a_pipe_or_device_is_written_into_and_stays_what_it_is(tmp_path: Path, through_a_link: bool) -> None:
    """``--junit /dev/stdout`` must not put a file into the place of the device."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    named = tmp_path / "link" if through_a_link else pipe
    if through_a_link:
        named.symlink_to(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert write_file(named, b"one") is True
        assert os.read(reading, 10) == b"one"
    finally:
        os.close(reading)
    assert pipe.is_fifo()
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []
