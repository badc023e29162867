"""Archives, read back by the standard library and by another program (actions.md 2)."""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.errors import ActionError
from runner.files import MOST_BYTES, Files
from tests.servers.web import Answer, WebServer

Make = Callable[[object], bytes]


def archive(one: Make, files: dict[str, Any], **more: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(one({"zip": {"files": files, **more}})))


def test_an_archive_holds_files_of_every_kind_in_their_order(one: Make, web: WebServer) -> None:
    web.on("/x", Answer(body=b"loaded"))
    opened = archive(
        one,
        {
            "z.txt": "text",
            "in/a.bin": {"base64": "AP8="},
            "ü.dat": {"url": web.url("/x")},
            "inner.zip": {"zip": {"files": {"deep.txt": "deep"}}},
        },
    )
    assert opened.namelist() == ["z.txt", "in/a.bin", "ü.dat", "inner.zip"]
    assert [opened.read(name) for name in opened.namelist()[:3]] == [b"text", b"\x00\xff", b"loaded"]
    with zipfile.ZipFile(io.BytesIO(opened.read("inner.zip"))) as inner:
        assert inner.read("deep.txt") == b"deep"
    assert opened.getinfo("z.txt").date_time == (2026, 11, 28, 5, 6, 8)
    assert not any(each.flag_bits & 1 for each in opened.infolist())


@pytest.mark.parametrize("password", ["secret", "pässword 😀", "x", "a" * 300])
def test_a_password_protects_every_file_and_opens_it(password: str, one: Make) -> None:
    contents = {"a.txt": "hello " * 500, "empty": "", "ü/b.txt": "b"}
    opened = archive(one, contents, password=password)
    assert opened.namelist() == list(contents)
    assert all(each.flag_bits & 1 for each in opened.infolist())
    assert all(each.compress_size - 12 < 100 for each in opened.infolist())
    for name, text in contents.items():
        assert opened.read(name, pwd=password.encode()) == text.encode()
    with pytest.raises(RuntimeError, match="password required"):
        opened.read("a.txt")
    with pytest.raises(RuntimeError, match="Bad password"):
        opened.read("a.txt", pwd=b"wrong")
    assert opened.getinfo("a.txt").date_time == (2026, 11, 28, 5, 6, 8)


@pytest.mark.parametrize("password", [None, "", "  "])
def test_a_blank_password_is_none(password: str | None, one: Make) -> None:
    opened = archive(one, {"a": "x"}, password=password)
    assert opened.read("a") == b"x"


def test_the_same_content_is_not_enciphered_alike_twice() -> None:
    file_map = {"a": {"zip": {"files": {"b": "x"}, "password": "p"}}}
    assert Files().generate(file_map)[0].data != Files().generate(file_map)[0].data


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
@pytest.mark.parametrize("more", [{}, {"password": "secret"}], ids=["plain", "protected"])
def test_unzip_reads_what_we_write(more: dict[str, str], one: Make, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(one({"zip": {"files": {"in/a.txt": "hello", "ü.txt": "x"}, **more}}))
    words = ["unzip", *(["-P", "secret"] if more else []), "-q", "a.zip"]
    subprocess.run(words, cwd=tmp_path, check=True, timeout=20, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert (tmp_path / "in/a.txt").read_text() == "hello"


def test_the_limit_holds_inside_of_an_archive(one: Make) -> None:
    with pytest.raises(ActionError, match='the file "a/b" is larger than 20 MB') as caught:
        one({"zip": {"files": {"b": "x" * (MOST_BYTES + 1)}}})
    assert caught.value.code == "files.too_large"


@pytest.mark.parametrize("more", [{}, {"password": "p"}], ids=["plain", "protected"])
def test_the_limit_holds_for_the_archive_as_it_is_written(more: dict[str, str]) -> None:
    """With a lower limit, since 20 MB of noise under a password take ten seconds."""
    files = Files(limit=50_000)
    noise = {"base64": base64.b64encode(os.urandom(30_000)).decode()}
    assert len(files.generate({"a": {"zip": {"files": {"a": noise}, **more}}})[0].data) > 30_000
    with pytest.raises(ActionError, match='the file "a" is larger than'):
        files.generate({"a": {"zip": {"files": {"a": noise, "b": noise}, **more}}})
