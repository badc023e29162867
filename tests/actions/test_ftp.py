"""ftp over FTP and FTPS, against real servers (actions.md 3.6)."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable
from typing import Any

import pytest

from runner.actions import Outcome, Tools
from runner.actions.base import Services
from runner.actions.ftp import FtpAction
from runner.actions.ftp_session import FtpSession, Login, Transcript
from runner.clock import FixedClock
from runner.errors import ActionError, NetworkError
from runner.network import Network
from tests.servers.ftp import PASSWORD, USER, FileServer

FTP = FtpAction()
ANY_BYTES = bytes(range(256)) * 300

Perform = Callable[..., Outcome]


@pytest.fixture
def perform(tools: Callable[..., Tools], outside: Services) -> Perform:
    def act(options: dict[str, Any], **changes: Any) -> Outcome:
        return FTP.perform(FTP.validate(options), tools(services=outside, **changes))

    return act


@pytest.fixture(params=["ftp", "ftps"])
def server(request: pytest.FixtureRequest) -> tuple[str, FileServer]:
    return request.param, request.getfixturevalue(request.param)


Server = tuple[str, FileServer]


def b64(data: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(data).decode()}


def test_uploads_arrive_byte_for_byte_and_downloads_come_back(server: Server, perform: Perform) -> None:
    protocol, files = server
    files.put("in.txt", b"ok")
    files.put("in.bin", ANY_BYTES)
    outcome = perform(
        files.options(
            protocol=protocol,
            uploads={"out.csv": "id,ü\r\n1\n", "any.bin": b64(ANY_BYTES), "empty": ""},
            downloads=["in.txt", "in.bin"],
        )
    )
    assert (outcome.ok, outcome.error) == (True, None)
    assert [files.written(name) for name in ("out.csv", "any.bin", "empty")] == ["id,ü\r\n1\n".encode(), ANY_BYTES, b""]
    result: Any = outcome.result
    assert set(result) == {"log", "uploads", "downloads"}
    assert result["uploads"] == {"out.csv": {"size": 9}, "any.bin": {"size": len(ANY_BYTES)}, "empty": {"size": 0}}
    assert result["downloads"] == {
        "in.txt": {"size": 2, "data": "ok", "data_base64": "b2s="},
        "in.bin": {"size": len(ANY_BYTES), "data": None, "data_base64": b64(ANY_BYTES)["base64"]},
    }


def test_the_log_tells_the_session_without_name_and_password(ftp: FileServer, perform: Perform) -> None:
    result: Any = perform(ftp.options(uploads={"a.txt": "x"})).result
    log = result["log"].split("\n")
    assert log[:4] == [f"connect: 127.0.0.1, {ftp.port}", "< 220 ready", "> USER ********", log[3]]
    assert "> PASS ********" in log
    assert "< 230 Welcome ********, your password is ********" in log
    assert any(line.startswith("> STOR a.txt") for line in log)
    assert USER not in result["log"]
    assert PASSWORD not in result["log"]


def test_uploads_come_first_and_keep_their_order(ftp: FileServer, perform: Perform) -> None:
    ftp.put("d", b"")
    perform(ftp.options(uploads={"z": "1", "a": "2"}, downloads=["d"]))
    assert [line for line in ftp.said if line[:4] in ("STOR", "RETR")] == ["STOR z", "STOR a", "RETR d"]


def test_a_file_uploaded_may_be_downloaded_in_the_same_session(ftp: FileServer, perform: Perform) -> None:
    result: Any = perform(ftp.options(uploads={"x": "new"}, downloads=["x"])).result
    assert result["downloads"]["x"]["data"] == "new"
    assert [line for line in ftp.said if line.startswith("USER")] == [f"USER {USER}"]


@pytest.mark.parametrize("more", [{}, {"uploads": None, "downloads": None}, {"uploads": {}, "downloads": []}])
def test_without_files_it_connects_logs_in_and_succeeds(
    more: dict[str, Any], ftp: FileServer, perform: Perform
) -> None:
    outcome = perform(ftp.options(**more))
    assert (outcome.ok, outcome.result["uploads"], outcome.result["downloads"]) == (True, {}, {})  # type: ignore[index,call-overload]
    assert ftp.said[-1] == "QUIT"


@pytest.mark.parametrize("path", ["sub/a.txt", "/sub/a.txt", "sub/../sub/a.txt", "./sub/a.txt"])
def test_paths_count_from_the_login_folder_or_the_root(path: str, ftp: FileServer, perform: Perform) -> None:
    (ftp.folder / "sub").mkdir()
    result: Any = perform(ftp.options(uploads={path: "x"}, downloads=[path])).result
    assert ftp.written("sub/a.txt") == b"x"
    assert (list(result["uploads"]), list(result["downloads"])) == ([path], [path])


def test_names_may_have_spaces_and_letters_of_any_script(ftp: FileServer, perform: Perform) -> None:
    assert perform(ftp.options(uploads={"Ünïcode 表.csv": "x"})).ok
    assert ftp.written("Ünïcode 表.csv") == b"x"


def test_folders_are_not_created(server: Server, perform: Perform) -> None:
    protocol, files = server
    outcome = perform(files.options(protocol=protocol, uploads={"a": "1", "no/such/b": "2", "c": "3"}))
    assert (outcome.ok, outcome.transient, outcome.code, outcome.result) == (False, False, "ftp.refused", None)
    assert "550" in str(outcome.error)
    assert [path.name for path in files.folder.iterdir()] == ["a"]
    assert outcome.response["uploads"] == {"a": {"size": 1}}  # type: ignore[index,call-overload]


def test_a_missing_file_is_a_lasting_error_and_not_asked_for_again(ftp: FileServer, perform: Perform) -> None:
    outcome = perform(ftp.options(downloads=["none.txt"]))
    assert (outcome.transient, outcome.code) == (False, "ftp.refused")
    assert outcome.hint
    assert ftp.said.count("RETR none.txt") == 1


@pytest.mark.parametrize(
    ("mode", "sent", "stored"),
    [
        ("ascii", "a\nb\r\nc\n", b"a\nb\nc\n"),
        ("ASCII", "a\n", b"a\n"),
        ("binary", "a\nb\r\n", b"a\nb\r\n"),
        (None, "a\r\n", b"a\r\n"),
    ],
)
def test_ascii_mode_leaves_line_ends_to_the_server(
    mode: Any, sent: str, stored: bytes, ftp: FileServer, perform: Perform
) -> None:
    result: Any = perform(ftp.options(uploads={"t": sent}, downloads=["t"], mode=mode)).result
    assert ftp.written("t") == stored
    assert ("TYPE A" in ftp.said) is (str(mode).lower() == "ascii")
    assert result["downloads"]["t"]["data"] == stored.decode()


@pytest.mark.parametrize("wrong", [{"password": "no"}, {"user": "nobody"}, {"password": None}])
def test_a_refused_login_is_a_lasting_error(wrong: dict[str, Any], server: Server, perform: Perform) -> None:
    protocol, files = server
    outcome = perform(files.options(protocol=protocol, uploads={"a": "1"}) | wrong)
    assert (outcome.ok, outcome.transient, outcome.code) == (False, False, "ftp.login")
    assert "530" in str(outcome.error)
    assert list(files.folder.iterdir()) == []


@pytest.mark.parametrize("command", ["STOR", "RETR"])
@pytest.mark.parametrize("reply", ["450 busy", "451 later", "452 full", "drop"])
@pytest.mark.parametrize(("failures", "ok"), [(1, True), (2, True), (3, False)])
def test_each_file_is_tried_three_times(
    command: str, reply: str, failures: int, ok: bool, ftp: FileServer, perform: Perform
) -> None:
    ftp.put("f", b"here")
    ftp.faults[command] = [reply] * failures
    more: dict[str, Any] = {"uploads": {"new": "x"}} if command == "STOR" else {"downloads": ["f"]}
    outcome = perform(ftp.options(**more))
    assert (outcome.ok, outcome.transient) == (ok, not ok)
    assert len([line for line in ftp.said if line.startswith(command)]) == min(failures + 1, 3)
    if not ok:
        assert outcome.code == ("network.lost_reply" if reply == "drop" else "ftp.busy")
        assert "try 2 of 3 failed" in outcome.response["log"]  # type: ignore[index,operator,call-overload]


def test_the_tries_are_each_files_own(ftp: FileServer, perform: Perform, clock: FixedClock) -> None:
    ftp.faults["STOR"] = ["450 a", "450 a", None, "450 b", "450 b", None]
    started = clock.now()
    assert perform(ftp.options(uploads={"a": "1", "b": "2"})).ok
    assert (clock.now() - started).total_seconds() == 6  # one second, then two, for each file


def test_a_session_that_ends_in_between_is_begun_again(ftp: FileServer, perform: Perform) -> None:
    ftp.faults["STOR"] = [None, "421 too many"]
    assert perform(ftp.options(uploads={"a": "1", "b": "2"})).ok
    assert ftp.said.count(f"USER {USER}") == 2
    assert ftp.written("b") == b"2"


@pytest.mark.parametrize("reply", ["421 too many users", "430 not now"])
def test_a_server_that_takes_nobody_now_is_a_passing_error(reply: str, ftp: FileServer, perform: Perform) -> None:
    ftp.faults["USER"] = [reply]
    outcome = perform(ftp.options())
    assert (outcome.transient, outcome.code) == (True, "ftp.busy")


@pytest.mark.parametrize(
    ("sizes", "ok"), [([20 * 1024 * 1024], True), ([20 * 1024 * 1024 + 1], False), ([15_000_000, 6_000_000], False)]
)
def test_downloads_have_twenty_megabytes_together(
    sizes: list[int], ok: bool, ftp: FileServer, perform: Perform
) -> None:
    names = [f"f{number}" for number in range(len(sizes))]
    for name, size in zip(names, sizes, strict=True):
        ftp.put(name, bytes(size))
    outcome = perform(ftp.options(downloads=names))
    assert outcome.ok is ok
    if not ok:
        assert (outcome.transient, outcome.code) == (False, "ftp.too_large")


def test_a_large_download_is_given_up_where_the_server_tells_no_size(ftp: FileServer, perform: Perform) -> None:
    with (ftp.folder / "big").open("wb") as file:
        file.truncate(200_000_000)
    ftp.faults["SIZE"] = ["502 unknown"]
    assert perform(ftp.options(downloads=["big"])).code == "ftp.too_large"


def test_the_port_of_nobody_is_a_passing_error(perform: Perform) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = perform({"host": "127.0.0.1", "port": port, "user": "a"})
    assert (outcome.transient, outcome.code) == (True, "network.unreachable")


@pytest.mark.parametrize("protocol", ["ftp", "ftps", "sftp"])
def test_a_private_address_is_refused(protocol: str, perform: Perform) -> None:
    outcome = perform({"protocol": protocol, "host": "private.test", "user": "a", "password": "b"})
    assert (outcome.transient, outcome.code) == (False, "network.refused")
    assert "network_allow" in str(outcome.hint)


def test_data_connections_go_where_the_control_connection_went(ftp: FileServer, perform: Perform) -> None:
    """A server may name any address in its reply to PASV: it is not believed."""
    ftp.faults["PASV"] = ["227 Entering Passive Mode (10,1,2,3,4,5)."] * 3
    outcome = perform(ftp.options(uploads={"a": "1"}))
    assert (outcome.transient, outcome.code) == (True, "network.unreachable")
    assert "10.1.2.3" not in str(outcome.error)


def test_ftps_encrypts_commands_and_files(ftps: FileServer, perform: Perform) -> None:
    assert perform(ftps.options(protocol="ftps", uploads={"a": "1"})).ok
    assert ftps.said[:5] == ["AUTH TLS", f"USER {USER}", f"PASS {PASSWORD}", "PBSZ 0", "PROT P"]


def test_data_connections_resume_the_session(ftps: FileServer, perform: Perform) -> None:
    """Many servers insist on it."""
    ftps.must_resume = True
    outcome = perform(ftps.options(protocol="ftps", uploads={"a": "1", "b": "2"}, downloads=["a"]))
    assert (outcome.ok, outcome.error) == (True, None)
    assert all(ftps.resumed)


def test_a_server_that_cannot_resume_the_newest_sessions_is_spoken_to_in_an_older_one(
    ftps: FileServer, perform: Perform
) -> None:
    ftps.faults["STOR"] = ["522 SSL connection failed; session reuse required", None]
    assert perform(ftps.options(protocol="ftps", uploads={"a": "1"})).ok
    assert ftps.said.count("AUTH TLS") == 2


def test_a_certificate_of_an_unknown_authority_is_refused(
    ftps: FileServer, tools: Callable[..., Tools], outside: Services
) -> None:
    stranger = Services(network=Network(outside.network.policy))
    call = FTP.validate(ftps.options(protocol="ftps"))
    outcome = FTP.perform(call, tools(services=stranger))
    assert (outcome.transient, outcome.code) == (False, "network.certificate")
    assert all(not line.startswith("USER") for line in ftps.said)
    unchecked = FTP.validate(ftps.options(protocol="ftps", verify="false"))
    assert FTP.perform(unchecked, tools(services=stranger)).ok


def test_a_certificate_for_another_host_is_refused(ftps: FileServer, perform: Perform) -> None:
    assert perform(ftps.options(protocol="ftps", host="files.test")).ok
    outcome = perform(ftps.options(protocol="ftps", host="other.test"))
    assert (outcome.transient, outcome.code) == (False, "network.certificate")


def test_a_server_without_tls_is_a_lasting_error_and_gets_no_password(ftp: FileServer, perform: Perform) -> None:
    outcome = perform(ftp.options(protocol="ftps"))
    assert (outcome.transient, outcome.code) == (False, "ftp.no_tls")
    assert ftp.said == ["AUTH TLS"]


def test_a_server_that_insists_on_tls_refuses_plain_ftp(ftps: FileServer, perform: Perform) -> None:
    outcome = perform(ftps.options(protocol="ftp"))
    assert (outcome.transient, outcome.code) == (False, "ftp.login")


def test_implicit_ftps_speaks_tls_from_the_first_byte(implicit_ftps: FileServer, outside: Services) -> None:
    login = Login("127.0.0.1", implicit_ftps.port, USER, PASSWORD)
    transcript = Transcript.of(login, 60)
    session = FtpSession(login, outside.network, transcript, tls=True, implicit=True)
    try:
        session.open()
        session.upload("a", ANY_BYTES)
        assert session.download("a", len(ANY_BYTES)) == ANY_BYTES
    finally:
        session.close()
    assert implicit_ftps.said[:4] == [f"USER {USER}", f"PASS {PASSWORD}", "PBSZ 0", "PROT P"]


def test_a_session_has_an_end(ftp: FileServer, outside: Services) -> None:
    login = Login("127.0.0.1", ftp.port, USER, PASSWORD)
    session = FtpSession(login, outside.network, Transcript.of(login, 0))
    with pytest.raises(NetworkError, match="longer than it may") as caught:
        session.open()
    session.close()
    assert caught.value.transient


def test_files_are_made_before_anybody_is_called(ftp: FileServer, perform: Perform) -> None:
    with pytest.raises(ActionError, match="cannot be made"):
        perform(ftp.options(uploads={"a": 5}))
    assert ftp.said == []
