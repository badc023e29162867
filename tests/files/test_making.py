"""File maps: what each value makes, what is refused, and that refusing touches nothing (actions.md 2)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from runner.errors import ActionError, NetworkError
from runner.files import GENERATORS, MOST_BYTES, Files, check
from runner.files.mime import mime_of
from runner.network import Network, Policy
from tests.servers.web import Answer, WebServer, redirect

Make = Callable[[object], bytes]

INVALID: dict[str, tuple[Any, str]] = {
    "null": ({"a.txt": None}, 'the file "a.txt": it is null'),
    "number": ({"a.txt": 5}, 'the file "a.txt": it is the number 5'),
    "true": ({"a.txt": True}, 'the file "a.txt": it is true'),
    "array": ({"a.txt": ["x"]}, 'the file "a.txt": it is an array'),
    "empty object": ({"a.txt": {}}, 'the file "a.txt": it has 0 keys'),
    "csv": ({"a.csv": {"csv": [[1]]}}, 'the file "a.csv": there is no way to make a file called "csv"'),
    "plaintext by name": ({"a": {"plaintext": "x"}}, 'called "plaintext"'),
    "two keys": ({"a": {"url": "https://a.test", "base64": ""}}, "it has 2 keys"),
    "base64 null": ({"a": {"base64": None}}, '"base64" is null'),
    "base64 bad letter": ({"a": {"base64": "a!=="}}, "is no base64"),
    "base64 bad end": ({"a": {"base64": "YQ"}}, "is no base64"),
    "base64 after the end": ({"a": {"base64": "YQ==YQ=="}}, "is no base64"),
    "base64 of web addresses": ({"a": {"base64": "_-_-"}}, "is no base64"),
    "url blank": ({"a": {"url": " "}}, '"url" is blank'),
    "url ftp": ({"a": {"url": "ftp://a.test/x"}}, "does not begin with http:// or https://"),
    "url file": ({"a": {"url": "file:///etc/passwd"}}, "does not begin with http:// or https://"),
    "url without host": ({"a": {"url": "https:///x"}}, '"url" is not an address'),
    "url bad port": ({"a": {"url": "https://a.test:x/"}}, '"url" is not an address'),
    "pdf text": ({"a": {"pdf": "<p>"}}, '"pdf" is text, not an object'),
    "pdf without html": ({"a": {"pdf": {}}}, '"html" of the pdf is missing'),
    "pdf html number": ({"a": {"pdf": {"html": 1}}}, '"html" of the pdf is the number 1'),
    "zip text": ({"a": {"zip": "x"}}, '"zip" is text'),
    "zip without files": ({"a": {"zip": {}}}, '"files" of the archive is missing'),
    "zip empty": ({"a": {"zip": {"files": {}}}}, '"files" of the archive is empty'),
    "zip inner": ({"a.zip": {"zip": {"files": {"b": 1}}}}, 'the file "a.zip/b": it is the number 1'),
    "zip password number": ({"a": {"zip": {"files": {"b": ""}, "password": 1}}}, '"password" is the number 1'),
    "zip upwards": ({"a": {"zip": {"files": {"../b": ""}}}}, '"../b" cannot be the name'),
    "zip upwards on Windows": ({"a": {"zip": {"files": {"x\\..\\..\\b": ""}}}}, "cannot be the name"),
    "zip absolute": ({"a": {"zip": {"files": {"/etc/b": ""}}}}, "cannot be the name"),
    "zip drive": ({"a": {"zip": {"files": {"C:\\b": ""}}}}, "cannot be the name"),
    "zip folder": ({"a": {"zip": {"files": {"b/": ""}}}}, "cannot be the name"),
    "blank name": ({" ": "x"}, "its name is blank"),
    "no map": (["a"], "the files are an array"),
    "text as map": ("a", "the files are text"),
}


@pytest.mark.parametrize(("file_map", "words"), INVALID.values(), ids=INVALID)
def test_what_no_file_can_be_made_of_is_a_permanent_error_that_names_it(
    file_map: Any, words: str, files: Files
) -> None:
    for attempt in (lambda: check(file_map), lambda: files.generate(file_map)):
        with pytest.raises(ActionError) as caught:
            attempt()
        assert words in str(caught.value)
        assert (caught.value.code, caught.value.transient) == ("files.invalid", False)
        assert caught.value.hint


def test_nothing_is_downloaded_for_a_map_with_a_fault_in_it(files: Files, web: WebServer) -> None:
    with pytest.raises(ActionError, match=r'the file "b"'):
        files.generate({"a": {"url": web.url("/x")}, "b": None})
    assert web.saw == []


@pytest.mark.parametrize("file_map", [None, {}])
def test_no_map_is_no_files(file_map: Any, files: Files) -> None:
    check(file_map)
    assert files.generate(file_map) == []


def test_archives_may_stand_in_each_other_but_not_without_end() -> None:
    inner: Any = "x"
    for _ in range(10):
        inner = {"zip": {"files": {"a.zip": inner}}}
    check({"a": inner})
    for _ in range(500):
        inner = {"zip": {"files": {"a.zip": inner}}}
    with pytest.raises(ActionError, match="nested too deeply"):
        check({"a": inner})


def test_files_come_in_the_order_of_the_map(files: Files) -> None:
    made = files.generate({"z.csv": "a,b\n", "a/b.bin": {"base64": "AP8="}, "m": "text"})
    assert [(file.name, file.data, file.mime) for file in made] == [
        ("z.csv", b"a,b\n", "text/csv"),
        ("a/b.bin", b"\x00\xff", "application/octet-stream"),
        ("m", b"text", "text/plain"),
    ]


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ("", b""),
        ("  \r\nüß€😀\n", "  \r\nüß€😀\n".encode()),
        ("half a pair \ud83d", "half a pair �".encode()),
        ({"base64": ""}, b""),
        ({"base64": "aGVs\r\n bG8=\n"}, b"hello"),
        ({"base64": base64.b64encode(bytes(range(256))).decode()}, bytes(range(256))),
    ],
)
def test_texts_and_base64_are_the_bytes_they_say(value: Any, data: bytes, one: Make) -> None:
    assert one(value) == data


def test_the_generators_are_those_of_the_platform() -> None:
    assert list(GENERATORS) == ["base64", "pdf", "url", "zip"]


@pytest.mark.parametrize(
    ("value", "too_large"),
    [
        ("x" * MOST_BYTES, False),
        ("x" * (MOST_BYTES + 1), True),
        ("é" * (MOST_BYTES // 2 + 1), True),
        ({"base64": base64.b64encode(bytes(MOST_BYTES)).decode()}, False),
        ({"base64": base64.b64encode(bytes(MOST_BYTES + 1)).decode()}, True),
        ({"base64": "A" * (MOST_BYTES * 2 + 4)}, True),
    ],
    ids=["text 20 MB", "text more", "text of two bytes each", "base64 20 MB", "base64 more", "base64 far more"],
)
def test_a_file_has_20_mb_at_most(value: Any, too_large: bool, one: Make) -> None:
    if not too_large:
        assert len(one(value)) == MOST_BYTES
        return
    with pytest.raises(ActionError, match='the file "a" is larger than 20 MB') as caught:
        one(value)
    assert (caught.value.code, caught.value.transient) == ("files.too_large", False)


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.pdf", "application/pdf"),
        ("A.PDF", "application/pdf"),
        ("x/y.z/report.csv", "text/csv"),
        ("data.json", "application/json"),
        ("photo.jpeg", "image/jpeg"),
        ("photo.webp", "image/webp"),
        ("a.tar.gz", "application/gzip"),
        ("book.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.zip", "application/zip"),
        ("a.unheard-of", "application/octet-stream"),
        ("folder.pdf/plain", "application/octet-stream"),
        ("none", "application/octet-stream"),
    ],
)
def test_the_kind_of_a_file_follows_from_its_name(name: str, mime: str) -> None:
    assert mime_of(name) == mime


def test_a_download_follows_redirects(one: Make, web: WebServer) -> None:
    web.on("/a", redirect("/b", 301))
    web.on("/b", redirect(web.url("/c"), 307))
    web.on("/c", Answer(body=b"\x00bytes"))
    assert one({"url": f" {web.url('/a?x=1')} "}) == b"\x00bytes"
    assert [request.target for request in web.saw] == ["/a?x=1", "/b", "/c"]


@pytest.mark.parametrize(
    ("status", "transient"), [(404, False), (403, False), (429, False), (304, False), (500, True), (503, True)]
)
def test_a_status_that_is_no_success_says_whether_later_may_help(
    status: int, transient: bool, one: Make, web: WebServer
) -> None:
    web.on("/x", Answer(status, b""))
    with pytest.raises(ActionError, match=f'the file "a": 127.0.0.1 answered {status}') as caught:
        one({"url": web.url("/x?token=hidden")})
    assert (caught.value.code, caught.value.transient) == ("files.download", transient)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "code", "transient"),
    [
        (Answer(drop=True), "network.lost_reply", True),
        (Answer(cut=True), "network.lost_reply", True),
        (redirect("http://private.test/"), "network.refused", False),
        (redirect("http://169.254.169.254/latest/"), "network.refused", False),
        (redirect("file:///etc/passwd"), "network.redirects", False),
        (redirect("/x"), "network.redirects", False),
    ],
    ids=["dropped", "cut", "to a private name", "to the cloud's own address", "to a file", "without end"],
)
def test_what_goes_wrong_on_the_way_names_the_file(
    answer: Answer, code: str, transient: bool, one: Make, web: WebServer
) -> None:
    web.on("/x", answer)
    with pytest.raises(NetworkError, match='the file "a": ') as caught:
        one({"url": web.url("/x")})
    assert (caught.value.code, caught.value.transient, caught.value.sent) == (code, transient, False)


def test_nobody_at_an_address_may_be_there_later(one: Make) -> None:
    with pytest.raises(NetworkError) as caught:
        one({"url": "http://127.0.0.1:1/"})
    assert (caught.value.code, caught.value.transient) == ("network.unreachable", True)


@pytest.mark.parametrize(
    "answer", [Answer(stream=200_000_000), Answer(announce=200_000_000)], ids=["unannounced", "announced"]
)
def test_200_mb_are_refused_without_reading_them(answer: Answer, one: Make, web: WebServer) -> None:
    web.on("/x", answer)
    with pytest.raises(ActionError, match="larger than 20 MB") as caught:
        one({"url": web.url("/x")})
    assert (caught.value.code, caught.value.transient) == ("files.too_large", False)
    assert web.sent < 60_000_000


def test_the_certificate_of_a_download_is_checked(one: Make, secure_web: WebServer) -> None:
    secure_web.on("/x", Answer(body=b"safe"))
    assert one({"url": secure_web.url("/x")}) == b"safe"
    network = Network(Policy.parse("127.0.0.1"))
    with pytest.raises(NetworkError) as caught:
        Files(network).generate({"a": {"url": secure_web.url("/x")}})
    assert (caught.value.code, caught.value.transient) == ("network.certificate", False)
