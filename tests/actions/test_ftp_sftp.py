"""ftp over SFTP, against a server that is not built on the client under test (actions.md 3.6)."""

from __future__ import annotations

import base64
import builtins
from collections.abc import Callable
from typing import Any

import asyncssh
import pytest

from runner.actions import Outcome, Tools
from runner.actions.base import Services
from runner.actions.ftp import FtpAction
from tests.servers.ftp import PASSWORD, USER
from tests.servers.sftp import SecureFiles
from tests.servers.web import WebServer

FTP = FtpAction()
ANY_BYTES = bytes(range(256)) * 4000
FAILURE = asyncssh.SFTPFailure

Perform = Callable[..., Outcome]


@pytest.fixture
def perform(tools: Callable[..., Tools], outside: Services) -> Perform:
    def act(options: dict[str, Any]) -> Outcome:
        return FTP.perform(FTP.validate(options), tools(services=outside))

    return act


@pytest.fixture(scope="session")
def pair() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-ed25519")


def public(key: Any) -> str:
    return str(key.export_public_key().decode())


def test_uploads_arrive_byte_for_byte_and_downloads_come_back(sftp: SecureFiles, perform: Perform) -> None:
    (sftp.folder / "in.bin").write_bytes(ANY_BYTES)
    (sftp.folder / "sub").mkdir()
    (sftp.folder / "old").write_bytes(b"x" * 1000)
    any_file = {"base64": base64.b64encode(ANY_BYTES).decode()}
    outcome = perform(
        sftp.options(uploads={"any.bin": any_file, "/sub/ü x": "ü\r\n", "old": ""}, downloads=["in.bin", "sub/ü x"])
    )
    assert (outcome.ok, outcome.error) == (True, None)
    stored = [(sftp.folder / name).read_bytes() for name in ("any.bin", "sub/ü x", "old")]
    assert stored == [ANY_BYTES, "ü\r\n".encode(), b""]
    result: Any = outcome.result
    assert result["uploads"] == {"any.bin": {"size": len(ANY_BYTES)}, "/sub/ü x": {"size": 4}, "old": {"size": 0}}
    assert result["downloads"]["in.bin"] == {
        "size": len(ANY_BYTES),
        "data": None,
        "data_base64": any_file["base64"],
    }
    assert result["downloads"]["sub/ü x"]["data"] == "ü\r\n"
    assert sftp.logins == 1


def test_the_log_tells_the_session_without_name_and_password(sftp: SecureFiles, perform: Perform) -> None:
    (sftp.folder / "b").write_bytes(b"12")
    result: Any = perform(sftp.options(uploads={"a": "123"}, downloads=["b"])).result
    log = result["log"].split("\n")
    assert log[0] == f"connect: 127.0.0.1, {sftp.port}"
    assert log[1].startswith("< host key ssh-ed25519 SHA256:")
    assert log[2:] == ["> login ********", "< ok", "> put a (3 bytes)", "< ok", "> get b", "< ok (2 bytes)"]


def test_without_files_it_connects_logs_in_and_succeeds(sftp: SecureFiles, perform: Perform) -> None:
    assert perform(sftp.options()).ok
    assert sftp.logins == 1


@pytest.mark.parametrize("wrong", [{"password": "no"}, {"user": "nobody"}, {"password": None}])
def test_a_refused_login_is_a_lasting_error(wrong: dict[str, Any], sftp: SecureFiles, perform: Perform) -> None:
    outcome = perform(sftp.options() | wrong)
    assert (outcome.ok, outcome.transient, outcome.code) == (False, False, "ftp.login")
    assert USER not in str(outcome.error)
    assert outcome.hint


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"])
@pytest.mark.parametrize("form", ["openssh", "pkcs8-pem", "pkcs1-pem"])
def test_a_private_key_logs_in_in_every_usual_form(kind: str, form: str, sftp: SecureFiles, perform: Perform) -> None:
    if (kind, form) == ("ssh-ed25519", "pkcs1-pem"):
        pytest.skip("there is no such form")
    key = asyncssh.generate_private_key(kind)
    sftp.password = None
    sftp.keys = [public(key)]
    outcome = perform(sftp.options(private_key_pem=key.export_private_key(form).decode(), password=None))
    assert (outcome.ok, outcome.error) == (True, None)


@pytest.mark.parametrize("form", ["openssh", "pkcs8-pem"])
def test_the_password_is_the_passphrase_of_an_encrypted_key(
    form: str, sftp: SecureFiles, perform: Perform, pair: asyncssh.SSHKey
) -> None:
    sftp.password = None
    sftp.keys = [public(pair)]
    rounds = {"rounds": 50} if form == "openssh" else {}  # the usual 128 take seconds
    pem = pair.export_private_key(form, passphrase="open sesame", **rounds).decode()
    assert perform(sftp.options(private_key=pem, password="open sesame")).ok
    for wrong in ("wrong", None):
        outcome = perform(sftp.options(private_key=pem, password=wrong))
        assert (outcome.transient, outcome.code) == (False, "ftp.key")
        assert "passphrase" in str(outcome.hint) or "password" in str(outcome.hint)
    assert sftp.logins == 0


def test_a_key_pasted_with_foreign_line_ends_and_spaces_works(
    sftp: SecureFiles, perform: Perform, pair: asyncssh.SSHKey
) -> None:
    sftp.keys = [public(pair)]
    pem = pair.export_private_key().decode().replace("\n", "\r\n   ")
    assert perform(sftp.options(private_key_pem=f"\n  {pem}", password=None)).ok


def test_a_key_the_server_does_not_know_is_a_refused_login(
    sftp: SecureFiles, perform: Perform, pair: asyncssh.SSHKey
) -> None:
    sftp.keys = [public(asyncssh.generate_private_key("ssh-ed25519"))]
    pem = pair.export_private_key().decode()
    assert perform(sftp.options(private_key_pem=pem, password=None)).code == "ftp.login"
    assert perform(sftp.options(private_key_pem=pem)).ok  # the password is tried after it


@pytest.mark.parametrize(
    "pem", ["nonsense", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"]
)
def test_a_text_that_is_no_key_is_a_lasting_error_before_anybody_is_called(
    pem: str, sftp: SecureFiles, perform: Perform
) -> None:
    outcome = perform(sftp.options(private_key_pem=pem))
    assert (outcome.transient, outcome.code) == (False, "ftp.key")
    assert sftp.logins == 0


@pytest.mark.parametrize("name", ["[127.0.0.1]:{port}", "127.0.0.1", "other.test,[127.0.0.1]:{port}"])
def test_a_known_host_is_recognised(name: str, sftp: SecureFiles, perform: Perform) -> None:
    known = f"# a comment\n\nelse.test {sftp.other_host_line}\n{sftp.known(name.format(port=sftp.port))}"
    assert perform(sftp.options(verify="true", known_hosts=known)).ok


def test_a_hashed_name_is_recognised(sftp: SecureFiles, perform: Perform) -> None:
    import paramiko

    name = paramiko.HostKeys.hash_host(f"[127.0.0.1]:{sftp.port}")
    assert perform(sftp.options(verify=True, known_hosts=sftp.known(name))).ok


def test_a_changed_host_key_is_a_lasting_error_and_no_password_is_sent(sftp: SecureFiles, perform: Perform) -> None:
    known = sftp.known(f"[127.0.0.1]:{sftp.port}", sftp.other_host_line)
    outcome = perform(sftp.options(verify=True, known_hosts=known, uploads={"a": "1"}))
    assert (outcome.transient, outcome.code, sftp.logins) == (False, "ftp.host_key", 0)
    assert str(outcome.error).count("SHA256:") == 2
    assert "known_hosts" in str(outcome.hint)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ("else.test {line}", "has no key of [127.0.0.1]"),
        ("# nothing", "has no key of"),
        ("127.0.0.1 ssh-ed25519", "line 1"),
        ("\n127.0.0.1 ssh-ed25519 !!!", "line 2"),
        ("127.0.0.1 ssh-ed25519 AAAAC", "line 1"),
        ("127.0.0.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", "line 1"),
        ("@revoked 127.0.0.1 {line}", "line 1"),
    ],
)
def test_known_hosts_without_the_host_is_a_lasting_error_before_anybody_is_called(
    known: str, words: str, sftp: SecureFiles, perform: Perform
) -> None:
    outcome = perform(sftp.options(verify=True, known_hosts=known.format(line=sftp.host_line)))
    assert (outcome.transient, outcome.code, sftp.logins) == (False, "ftp.host_key", 0)
    assert words in str(outcome.error)


def test_without_verify_any_host_key_will_do(sftp: SecureFiles, perform: Perform) -> None:
    """The platform's default."""
    assert perform(sftp.options(known_hosts=sftp.known("127.0.0.1", sftp.other_host_line))).ok


@pytest.mark.parametrize("more", [{"uploads": {"no/such": "x"}}, {"downloads": ["none"]}])
def test_what_is_not_there_is_a_lasting_error(more: dict[str, Any], sftp: SecureFiles, perform: Perform) -> None:
    outcome = perform(sftp.options(**more))
    assert (outcome.transient, outcome.code) == (False, "ftp.missing")
    assert list(sftp.folder.iterdir()) == []


@pytest.mark.parametrize("more", [{"uploads": {"a": "x"}}, {"downloads": ["a"]}])
def test_a_missing_permission_is_a_lasting_error(more: dict[str, Any], sftp: SecureFiles, perform: Perform) -> None:
    sftp.faults["open"] = [asyncssh.SFTPPermissionDenied("not yours")]
    outcome = perform(sftp.options(**more))
    assert (outcome.transient, outcome.code) == (False, "ftp.refused")
    assert "not yours" in str(outcome.error) or "ermission" in str(outcome.error)


@pytest.mark.parametrize("where", ["open", "write"])
@pytest.mark.parametrize("fault", [FAILURE("no space"), "drop"])
@pytest.mark.parametrize(("failures", "ok"), [(2, True), (3, False)])
def test_each_file_is_tried_three_times(
    where: str, fault: Any, failures: int, ok: bool, sftp: SecureFiles, perform: Perform
) -> None:
    sftp.faults[where] = [fault] * failures
    outcome = perform(sftp.options(uploads={"a": "new"}))
    assert (outcome.ok, outcome.transient) == (ok, not ok)
    if ok:
        assert (sftp.folder / "a").read_bytes() == b"new"
        assert sftp.logins == (3 if fault == "drop" else 1)
    else:
        assert outcome.code in ("ftp.busy", "network.lost_reply")


def test_an_upload_that_the_server_cut_short_is_noticed(sftp: SecureFiles, perform: Perform) -> None:
    """One block of many is not written, and the server says so only there."""
    sftp.faults["write"] = [None, FAILURE("quota")] + [None] * 100
    outcome = perform(sftp.options(uploads={"a": {"base64": base64.b64encode(ANY_BYTES).decode()}}))
    assert outcome.ok
    assert (sftp.folder / "a").read_bytes() == ANY_BYTES
    assert "try 1 of 3 failed" in outcome.result["log"]  # type: ignore[index,operator,call-overload]


def test_a_drop_folder_that_shows_nothing_takes_uploads(sftp: SecureFiles, perform: Perform) -> None:
    sftp.faults["stat"] = [asyncssh.SFTPNoSuchFile("gone")]
    assert perform(sftp.options(uploads={"a": "1"})).ok


@pytest.mark.parametrize(("size", "ok"), [(20 * 1024 * 1024, True), (20 * 1024 * 1024 + 1, False)])
def test_downloads_have_twenty_megabytes_together(size: int, ok: bool, sftp: SecureFiles, perform: Perform) -> None:
    with (sftp.folder / "big").open("wb") as file:
        file.truncate(size)
    outcome = perform(sftp.options(downloads=["big"]))
    assert outcome.ok is ok
    assert ok or (outcome.transient, outcome.code) == (False, "ftp.too_large")


def test_a_server_of_another_protocol_is_a_passing_error(web: WebServer, perform: Perform) -> None:
    outcome = perform({"protocol": "sftp", "host": "127.0.0.1", "port": web.port, "user": USER, "password": PASSWORD})
    assert (outcome.transient, outcome.code) == (True, "network.lost_reply")
    assert "FTP and FTPS are other protocols" in str(outcome.hint)


def test_without_the_extra_the_error_has_the_command(
    sftp: SecureFiles, perform: Perform, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_import = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name == "paramiko":
            raise ImportError(name)
        return true_import(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    outcome = perform(sftp.options())
    assert (outcome.transient, outcome.code) == (False, "action.needs_extra")
    assert 'pip install "mechanic-runner[sftp]"' in str(outcome.hint)


def test_nothing_is_printed_whatever_the_server_does(
    sftp: SecureFiles, perform: Perform, capfd: pytest.CaptureFixture[str], web: WebServer
) -> None:
    sftp.faults["open"] = ["drop"] * 3
    perform(sftp.options(uploads={"a": "1"}))
    perform(sftp.options(password="no"))
    perform(sftp.options(port=web.port))
    assert capfd.readouterr() == ("", "")
