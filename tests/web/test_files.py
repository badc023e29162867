"""The addresses of kept files, on a real port: who gets what, and how (actions.md 3.5)."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from runner.clock import FixedClock
from runner.files import MadeFile
from runner.files.folder import FolderStore
from runner.model.event import Event
from runner.web.counts import Counts
from runner.web.inbound import inbound
from runner.web.serving import serving

NOW = datetime(2026, 11, 28, 5, 6, 8, tzinfo=UTC)
WEEK = timedelta(days=7)
CSV = MadeFile("in/Résumé 1.csv", b"a,b\n1,2\n", "text/csv")


class Nobody:
    """An intake that is not asked."""

    def accept(self, event: Event, *, dedupe: str | None = None) -> str | None:
        raise AssertionError(event)


@dataclass
class Served:
    """Files in ``folder`` behind ``address``."""

    store: FolderStore
    clock: FixedClock
    counts: Counts
    folder: Path
    http: httpx.Client
    address: str

    def keep(self, name: str, data: bytes = b"x", mime: str = "text/plain") -> str:
        return self.store.put("run-1", MadeFile(name, data, mime)).url

    def raw(self, line: str) -> bytes:
        """The reply to a request line that no client would send."""
        host, _, port = self.address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as open_line:
            open_line.sendall(f"{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            reply = b""
            while part := open_line.recv(65536):
                reply += part
        return reply


@pytest.fixture(scope="module")
def serving_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    clock, counts = FixedClock(NOW), Counts()
    where: list[str] = []
    store = FolderStore(folder / "files", clock, lifetime=WEEK, seal="salt", base=lambda: where[0])
    (folder / "runner.db").write_bytes(b"the database")
    with (
        serving(inbound(Nobody(), secrets=("s",), files=store, counts=counts)) as address,
        httpx.Client(trust_env=False) as http,
    ):
        where.append(address)
        yield Served(store, clock, counts, folder, http, address)


@pytest.fixture
def served(serving_files: Served) -> Served:
    """The server of this file, nothing kept."""
    serving_files.clock.set(NOW)
    shutil.rmtree(serving_files.folder / "files", ignore_errors=True)
    return serving_files


def test_a_kept_file_is_given_to_whoever_has_its_address(served: Served) -> None:
    before = served.counts.to_dict().get("file", {}).get("read", 0)
    reply = served.http.get(served.store.put("run-1", CSV).url)
    assert (reply.status_code, reply.content) == (200, CSV.data)
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["content-length"] == "8"
    assert (
        reply.headers["content-disposition"]
        == "inline; filename=\"R_sum_ 1.csv\"; filename*=UTF-8''R%C3%A9sum%C3%A9%201.csv"
    )
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["x-robots-tag"] == "noindex, nofollow"
    assert "public" not in reply.headers["cache-control"]
    assert served.counts.to_dict()["file"]["read"] == before + 1


def test_head_tells_the_size_and_no_byte(served: Served) -> None:
    url = served.keep("a.pdf", b"%PDF-1.7 and more", "application/pdf")
    reply = served.http.head(url)
    assert (reply.status_code, reply.content, reply.headers["content-length"]) == (200, b"", "17")
    assert reply.headers["accept-ranges"] == "bytes"
    assert served.raw(f"HEAD {urlsplit(url).path}").endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("asked", "status", "given", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
    ],
)
def test_a_part_is_given_where_one_is_asked_for(
    served: Served, asked: str, status: int, given: bytes | None, told: str
) -> None:
    reply = served.http.get(served.keep("a.bin", b"0123456789"), headers={"Range": asked})
    assert (reply.status_code, reply.headers["content-range"]) == (status, told)
    assert given is None or reply.content == given


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_but_reading_is_possible(served: Served, method: str) -> None:
    url = served.keep("a.txt")
    assert served.http.request(method, url).status_code == 405
    assert served.http.get(url).content == b"x"


def test_an_address_ends_at_its_second_and_tells_nothing_then(served: Served) -> None:
    url = served.keep("a.txt")
    served.clock.advance(WEEK.total_seconds() - 1)
    assert served.http.get(url).status_code == 200
    served.clock.advance(1)
    late = served.http.get(url)
    never = served.http.get(f"{served.address}/file/{'A' * 51}/a.txt")
    assert [each.status_code for each in (late, never)] == [404, 404]
    assert (late.text, late.headers.keys()) == (never.text, never.headers.keys())


def test_a_file_that_was_deleted_is_not_there(served: Served) -> None:
    kept = served.store.put("run-1", CSV)
    served.store.drop(kept)
    assert served.http.get(kept.url).status_code == 404


def test_no_address_leads_to_another_file_or_one_that_is_not_kept(served: Served) -> None:
    one, other = served.keep("a.txt", b"one"), served.keep("b.txt", b"other")
    ticket = one.split("/")[-2]
    swapped = ("B" if ticket[0] == "A" else "A") + ticket[1:]
    # Sixteen bytes are the object, five its end: the last letters of both are changed as well.
    for forged in (swapped, ticket[:27] + "_" + ticket[28:], ticket[:-1] + "-", ticket.swapcase(), ticket + "A", "A"):
        if forged != ticket:
            assert served.http.get(one.replace(ticket, forged)).status_code == 404, forged
    assert served.http.get(other.replace("b.txt", "a.txt")).status_code == 404
    assert served.http.get(one.replace("a.txt", "A.txt")).status_code == 404
    assert (served.http.get(one).content, served.http.get(other).content) == (b"one", b"other")


@pytest.mark.parametrize(
    "path",
    [
        "/file/../../runner.db",
        "/file/%2e%2e/runner.db",
        "/file/%2e%2e%2f%2e%2e%2frunner.db/a.txt",
        "/file/{ticket}/../../runner.db",
        "/file/{ticket}/..%2f..%2f..%2frunner.db",
        "/file/{ticket}/%2fetc%2fpasswd",
        "/file/{ticket}/a.txt%00.png",
        "/file/{ticket}/..\\..\\runner.db",
        "/file//etc/passwd",
        "/file/{day}/{object}",
    ],
)
def test_no_path_leads_out_of_the_folder(served: Served, path: str) -> None:
    ticket = served.keep("a.txt").split("/")[-2]
    (kept,) = (each for each in (served.folder / "files").rglob("*") if each.is_file())
    reply = served.raw("GET " + path.format(ticket=ticket, day=kept.parent.name, object=kept.name))
    assert re.match(rb"HTTP/1\.1 (400|404) ", reply), reply
    assert b"the database" not in reply
    assert b"root:" not in reply


@pytest.mark.parametrize(
    ("name", "mime", "how"),
    [
        ("a.pdf", "application/pdf", "inline"),
        ("a.png", "image/png", "inline"),
        ("a.csv", "text/csv", "inline"),
        ("a.html", "text/html", "attachment"),
        ("a.svg", "image/svg+xml", "attachment"),
        ("a.xml", "application/xml", "attachment"),
        ("a.zip", "application/zip", "attachment"),
        ("nothing", "text/plain", "inline"),
        ("a.unheard-of", "text/plain", "inline"),
    ],
)
def test_what_could_run_scripts_is_downloaded_and_not_shown(served: Served, name: str, mime: str, how: str) -> None:
    reply = served.http.get(served.keep(name, b"<script>alert(1)</script>"))
    assert reply.headers["content-type"].partition(";")[0] == mime
    assert reply.headers["content-disposition"].partition(";")[0] == how
    assert ("sandbox" in reply.headers.get("content-security-policy", "")) is (how == "attachment")


def test_a_name_with_quotes_and_line_ends_is_no_header_of_its_own(served: Served) -> None:
    url = served.keep('a"b\r\nSet-Cookie: c=1;.txt')
    reply = served.http.get(url)
    assert reply.status_code == 200
    assert "set-cookie" not in reply.headers
    assert reply.headers["content-disposition"].endswith(quote('a"bSet-Cookie: c=1;.txt', safe=""))


def test_files_elsewhere_have_no_address_here() -> None:
    with serving(inbound(Nobody(), secrets=("s",))) as address:
        assert httpx.get(f"{address}/file/{'A' * 51}/a.txt").status_code == 404
