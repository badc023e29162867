"""Every generator inside http and ftp actions, at the wire (actions.md 2, 3.6, 3.7); email has its own."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Callable
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP
from io import BytesIO
from typing import Any

import pytest

from runner.actions import Outcome, Tools
from runner.actions.base import Services
from runner.actions.ftp import FtpAction
from runner.actions.http import HttpAction
from runner.errors import RunnerError
from runner.files import Files
from tests.servers.ftp import FileServer
from tests.servers.sftp import SecureFiles
from tests.servers.web import Answer, Request, WebServer

ANY_BYTES = bytes(range(256))
PASSWORD = "pa ss/wörd"
PDF = {"html": "<h1>Invoice</h1>", "orientation": "landscape"}

Perform = Callable[..., Outcome]


@pytest.fixture
def perform(tools: Callable[..., Tools], outside: Services) -> Perform:
    """Performs options of a type of action with every generator, a file being 100,000 bytes at most."""
    made = tools(services=replace(outside, files=Files(outside.network, limit=100_000)))

    def act(kind: Any, options: dict[str, Any]) -> Outcome:
        outcome: Outcome = kind.perform(kind.validate(options), made)
        return outcome

    return act


@pytest.fixture
def every(web: WebServer) -> dict[str, Any]:
    """A file map with every generator, and an archive that holds them all."""
    web.on("/there", Answer(302, b"", (("Location", "/terms"),)))
    web.on("/terms", Answer(200, ANY_BYTES))
    plain = {
        "report.csv": "id;ü\n1\n",
        "coded.bin": {"base64": base64.encodebytes(ANY_BYTES).decode()},
        "terms.bin": {"url": web.url("/there")},
        "invoice.pdf": {"pdf": PDF},
    }
    return {**plain, "all.zip": {"zip": {"files": plain, "password": PASSWORD}}}


def check(found: dict[str, bytes]) -> None:
    """Raise AssertionError unless these are the files of ``every``."""
    assert list(found) == ["report.csv", "coded.bin", "terms.bin", "invoice.pdf", "all.zip"]
    archive = zipfile.ZipFile(BytesIO(found["all.zip"]))
    archive.setpassword(PASSWORD.encode())
    assert archive.testzip() is None
    for files in (found, {name: archive.read(name) for name in archive.namelist()}):
        assert files["report.csv"] == "id;ü\n1\n".encode()
        assert (files["coded.bin"], files["terms.bin"]) == (ANY_BYTES, ANY_BYTES)
        assert files["invoice.pdf"].startswith(b"%PDF-")
        assert files["invoice.pdf"].rstrip().endswith(b"%%EOF")


def parts(request: Request) -> list[Any]:
    """The parts of a form, as a mail parser reads them."""
    head = f"Content-Type: {request.header('content-type')}\r\n\r\n".encode()
    return list(BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts())


def test_a_form_carries_files_of_every_generator(perform: Perform, every: dict[str, Any], web: WebServer) -> None:
    assert perform(HttpAction(), {"method": "post", "url": web.url("/take"), "body": {"a": 1}, "files": every}).ok
    request = web.saw[-1]
    assert (request.method, request.target) == ("POST", "/take")
    field, *files = parts(request)
    assert (field.get_param("name", header="content-disposition"), field.get_payload(decode=True)) == ("a", b"1")
    check({part.get_filename(): part.get_payload(decode=True) for part in files})
    assert {part.get_filename(): part.get_content_type() for part in files} == {
        "report.csv": "text/csv",
        "coded.bin": "application/octet-stream",
        "terms.bin": "application/octet-stream",
        "invoice.pdf": "application/pdf",
        "all.zip": "application/zip",
    }


@pytest.mark.parametrize("protocol", ["ftp", "ftps", "sftp"])
def test_uploads_carry_files_of_every_generator(
    protocol: str, perform: Perform, every: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    server: FileServer | SecureFiles = request.getfixturevalue(protocol)
    outcome = perform(FtpAction(), server.options(protocol=protocol, uploads=every))
    assert outcome.ok, outcome.error
    result: Any = outcome.result
    found = {name: (server.folder / name).read_bytes() for name in every}
    check(found)
    assert {name: each["size"] for name, each in result["uploads"].items()} == {
        name: len(data) for name, data in found.items()
    }


@pytest.mark.parametrize(
    ("file", "code", "transient"),
    [
        ({"base64": "%%%"}, "files.invalid", False),
        ({"base64": "AA==", "url": "http://x.test/"}, "files.invalid", False),
        ({"csv": [["a"]]}, "files.invalid", False),
        (5, "files.invalid", False),
        ({"url": "ftp://x.test/a"}, "files.invalid", False),
        ({"url": "{web}/gone"}, "files.download", False),
        ({"url": "{web}/busy"}, "files.download", True),
        ({"url": "{web}/inside"}, "network.refused", False),
        ({"url": "{web}/big"}, "files.too_large", False),
        ({"pdf": {"html": " "}}, "files.invalid", False),
        ({"zip": {"files": {"a": {"base64": "%%%"}}}}, "files.invalid", False),
        ({"zip": {"files": {"a": {"url": "{web}/busy"}}}}, "files.download", True),
        ({"zip": {"files": {"a": "x" * 100_001}, "password": "p"}}, "files.too_large", False),
    ],
)
@pytest.mark.parametrize("kind", [HttpAction(), FtpAction()], ids=lambda kind: kind.name)
def test_what_cannot_be_made_is_named_and_nobody_is_sent_anything(
    file: Any,
    code: str,
    transient: bool,
    kind: HttpAction | FtpAction,
    perform: Perform,
    web: WebServer,
    ftp: FileServer,
) -> None:
    web.on("/gone", Answer(404))
    web.on("/busy", Answer(503))
    web.on("/big", Answer(body=bytes(100_001)))
    web.on("/inside", Answer(302, b"", (("Location", "http://private.test/"),)))
    made = {"good.txt": "x", "bad.bin": _at(file, web.url(""))}
    options = {
        "http": {"method": "post", "url": web.url("/take"), "files": made},
        "ftp": ftp.options(uploads=made),
    }[kind.name]
    with pytest.raises(RunnerError) as caught:
        perform(kind, options)
    assert (caught.value.code, caught.value.transient) == (code, transient), caught.value
    assert "bad.bin" in str(caught.value)
    assert caught.value.hint
    assert "/take" not in [seen.target for seen in web.saw]
    assert ftp.said == []


def _at(value: Any, address: str) -> Any:
    """``value`` with ``{web}`` replaced wherever it stands."""
    if isinstance(value, str):
        return value.replace("{web}", address)
    return {key: _at(each, address) for key, each in value.items()} if isinstance(value, dict) else value
