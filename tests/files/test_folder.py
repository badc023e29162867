"""Files in a folder: addresses, expiry, repeats, disks that take no more (actions.md 3.5, 1.11)."""

from __future__ import annotations

import resource
import signal
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from runner.clock import FixedClock
from runner.errors import ActionError
from runner.files import MadeFile
from runner.files.folder import FolderStore, is_local
from runner.files.keeping import Expiry
from runner.files.tickets import Ticket, read_ticket

BASE = "https://hooks.example.com"
FILE = MadeFile("in/Résumé 1.csv", b"a,b\n", "text/csv")
WEEK = timedelta(days=7)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> FolderStore:
    return FolderStore(tmp_path / "files", clock, lifetime=WEEK, seal="salt", base=lambda: BASE)


def parts(url: str) -> tuple[str, str]:
    """The ticket and the name of an address."""
    head, ticket, name = url.rsplit("/", 2)
    assert head == f"{BASE}/file"
    return ticket, unquote(name)


def written(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())


def test_a_kept_file_is_described_and_found_by_its_address(store: FolderStore) -> None:
    kept = store.put("run-1", FILE)
    assert kept.to_dict() == {
        "name": "in/Résumé 1.csv",
        "mime_type": "text/csv",
        "size": 4,
        "url": kept.url,
        "expires_at": "2026-12-05T05:06:08.000Z",
    }
    found = store.find(*parts(kept.url))
    assert found is not None
    assert (found.path.read_bytes(), found.name, found.mime) == (b"a,b\n", "Résumé 1.csv", "text/csv")
    assert kept.url.endswith("/R%C3%A9sum%C3%A9%201.csv")


def test_nobody_else_on_the_machine_can_read_it(store: FolderStore, tmp_path: Path) -> None:
    store.put("run-1", FILE)
    (path,) = written(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mime", ["text/plain", "application/pdf", "application/zip", "application/octet-stream"])
def test_a_name_that_tells_nothing_keeps_the_kind_of_its_generator(mime: str, store: FolderStore) -> None:
    found = store.find(*parts(store.put("run-1", MadeFile("plain", b"x", mime)).url))
    assert found is not None
    assert found.mime == mime


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("a/b/../c.txt", "c.txt"),
        ("..", "file"),
        ("a\\b.txt", "b.txt"),
        ("x\r\nSet-Cookie: a.txt", "xSet-Cookie: a.txt"),
        ("é" * 300 + ".pdf", "é" * 146 + ".pdf"),
        ('say "hi".txt', 'say "hi".txt'),
    ],
)
def test_an_address_ends_with_a_plain_name(name: str, last: str, store: FolderStore) -> None:
    kept = store.put("run-1", MadeFile(name, b"x", "text/plain"))
    assert parts(kept.url)[1] == last
    assert store.find(*parts(kept.url)) is not None


def test_an_address_ends_at_its_second(store: FolderStore, clock: FixedClock) -> None:
    address = parts(store.put("run-1", FILE).url)
    clock.advance(WEEK.total_seconds() - 1)
    assert store.find(*address) is not None
    clock.advance(1)
    assert store.find(*address) is None


def test_no_changed_address_is_an_address(store: FolderStore) -> None:
    ticket, name = parts(store.put("run-1", FILE).url)
    for place in range(len(ticket) - 1):
        other = "A" if ticket[place] != "A" else "Q"
        assert store.find(ticket[:place] + other + ticket[place + 1 :], name) is None
    for changed in ("", "x", ticket[:-1], ticket + "A", ticket + "=", "é" * 51, "../" * 17, "A" * 51):
        assert store.find(changed, name) is None
    for renamed in ("other.csv", "", "../x", name + "\0"):
        assert store.find(ticket, renamed) is None


def test_a_ticket_of_another_key_or_a_later_date_is_refused() -> None:
    ticket = Ticket(bytes(16), datetime(2026, 12, 1, tzinfo=UTC), "text/plain")
    text = ticket.signed(b"key", "a")
    assert read_ticket(text, b"key", "a") == ticket
    assert read_ticket(text, b"other", "a") is None
    later = Ticket(bytes(16), datetime(2027, 12, 1, tzinfo=UTC), "text/plain").signed(b"other", "a")
    assert read_ticket(later[:29] + text[29:], b"key", "a") is None


def test_a_repeat_writes_the_same_object(store: FolderStore, tmp_path: Path, clock: FixedClock) -> None:
    first = store.put("run-1", FILE)
    clock.advance(30)
    second = store.put("run-1", MadeFile(FILE.name, b"new", FILE.mime))
    assert first.key == second.key
    (path,) = written(tmp_path)
    assert path.read_bytes() == b"new"
    assert store.put("run-2", FILE).key != first.key
    assert store.put("run-1", MadeFile("b.csv", b"", "text/csv")).key != first.key


def test_another_database_gives_other_addresses(store: FolderStore, tmp_path: Path, clock: FixedClock) -> None:
    other = FolderStore(tmp_path / "files", clock, lifetime=WEEK, seal="another", base=lambda: BASE)
    kept = store.put("run-1", FILE)
    assert other.object_id("run-1", FILE.name) != store.object_id("run-1", FILE.name)
    assert other.find(*parts(kept.url)) is None


def test_what_has_expired_is_deleted_and_nothing_else(store: FolderStore, tmp_path: Path, clock: FixedClock) -> None:
    store.put("run-1", FILE)
    store.put("run-1", MadeFile("b", b"", "text/plain"))
    (tmp_path / "files" / "notes").mkdir()
    clock.advance(timedelta(days=3).total_seconds())
    late = store.put("run-2", FILE)
    clock.set(datetime(2026, 12, 5, 23, 59, tzinfo=UTC))
    assert store.expire() == 0
    clock.set(datetime(2026, 12, 6, tzinfo=UTC))
    assert store.expire() == 2
    assert store.find(*parts(late.url)) is not None
    assert sorted(each.name for each in (tmp_path / "files").iterdir()) == ["2026-12-08", "notes"]


def test_expiry_looks_once_an_hour(store: FolderStore, clock: FixedClock) -> None:
    chore = Expiry(store)
    store.put("run-1", FILE)
    clock.advance(timedelta(days=9).total_seconds())
    assert chore.look() == 1
    clock.set(datetime(2026, 11, 20, tzinfo=UTC))
    store.put("run-1", FILE)
    clock.set(datetime(2026, 12, 7, 5, 50, tzinfo=UTC))
    assert chore.look() == 0
    clock.set(datetime(2026, 12, 7, 6, 7, tzinfo=UTC))
    assert chore.look() == 1


def test_there_is_nothing_to_expire_before_the_first_file(store: FolderStore) -> None:
    assert store.expire() == 0


def test_a_dropped_file_is_gone(store: FolderStore, tmp_path: Path) -> None:
    kept = store.put("run-1", FILE)
    store.drop(kept)
    store.drop(kept)
    assert written(tmp_path) == []


@pytest.fixture
def small_files() -> Iterator[Callable[[int], None]]:
    """Lets no file of this process grow beyond so many bytes, as a full disk would not."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, former)


def test_a_full_disk_is_a_named_error_and_nothing_half_written(
    store: FolderStore, tmp_path: Path, small_files: Callable[[int], None]
) -> None:
    store.put("run-1", FILE)
    small_files(100_000)
    with pytest.raises(ActionError, match=r'the file "big.bin" was not kept: the disk is full') as caught:
        store.put("run-1", MadeFile("big.bin", bytes(300_000), "application/octet-stream"))
    assert (caught.value.code, caught.value.transient) == ("files.store", True)
    assert caught.value.hint
    assert [path.read_bytes() for path in written(tmp_path)] == [FILE.data]


def test_a_folder_that_is_a_file_is_a_named_error(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "files").write_text("x")
    store = FolderStore(tmp_path / "files", clock, lifetime=WEEK, seal="", base=lambda: BASE)
    with pytest.raises(ActionError, match="was not kept") as caught:
        store.put("run-1", FILE)
    assert caught.value.code == "files.store"


@pytest.mark.parametrize(
    ("base", "local"),
    [
        ("https://hooks.example.com", False),
        ("http://203.0.113.7:9393", False),
        ("http://127.0.0.1:9393", True),
        ("http://[::1]:9393", True),
        ("http://localhost:9393", True),
    ],
)
def test_an_address_of_this_machine_only_is_warned_of(
    base: str, local: bool, tmp_path: Path, clock: FixedClock
) -> None:
    assert is_local(base) is local
    warning = FolderStore(tmp_path, clock, lifetime=WEEK, seal="", base=lambda: base).warning()
    assert (warning is not None and "public_url" in warning) is local
