"""ftp: files to and from a server by FTP, FTPS or SFTP (actions.md 3.6)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from runner.actions.base import ActionType, Outcome, Tools
from runner.actions.reading import hidden_texts, in_order, shown_files
from runner.actions.wanted import Wanted
from runner.errors import ActionError, NetworkError
from runner.model.json import JSON, without_surrogates
from runner.model.secret import Secrets, resolve

if TYPE_CHECKING:
    from runner.actions.ftp_session import Session, Transcript

_Done = TypeVar("_Done")

PROTOCOLS = ("ftp", "ftps", "sftp")
MOST_DOWNLOADED = 20 * 1024 * 1024
"""Bytes of all downloads of an action together."""
TRIES = 3
"""Of each file, within one attempt of the action."""
SESSION_SECONDS = 600.0
_IMPLICIT_PORT = 990
_PORTS = {"ftp": 21, "ftps": 21, "sftp": 22}
_SENT_SECRETS = ("host", "user", "password", "private_key", "private_key_pem", "known_hosts")
_EXAMPLE = '{"host": "ftp.example.com", "user": "…", "password": "…", "uploads": {"out.csv": "…"}}.'
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class FtpCall:
    """Checked options. ``private_key`` and ``known_hosts`` are texts, the latter None when the host is not checked."""

    protocol: str
    host: str
    port: int
    user: str
    password: str | None = field(default=None, repr=False)
    uploads: Mapping[str, Any] | None = None
    downloads: tuple[str, ...] = ()
    ascii_mode: bool = False
    verify: bool = True
    private_key: str | None = field(default=None, repr=False)
    known_hosts: str | None = None


class FtpAction(ActionType):
    """All uploads in their order, then all downloads, in one session."""

    name = "ftp"
    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["host", "user"],
        "properties": {
            "protocol": {
                "enum": list(PROTOCOLS),
                "description": "sftp with port 22, a private key or `known_hosts`, ftps with port 990, else ftp",
            },
            "host": {"type": "string", "description": "the name alone, without `ftp://`"},
            "port": {"type": "integer", "description": "21, for sftp 22; 990 is implicit FTPS, others explicit"},
            "user": {"type": "string", "description": "whom to log in as"},
            "password": {"type": "string", "description": "also the passphrase of an encrypted private key"},
            "uploads": {"type": "object", "description": "files by remote path; folders are not created"},
            "downloads": {
                "type": "array",
                "items": {"type": "string"},
                "description": "remote paths; 20 MB together",
            },
            "mode": {"enum": ["binary", "ascii"], "default": "binary", "description": "ftp and ftps"},
            "verify": {
                "type": "boolean",
                "description": "ftps: whether the certificate is checked, true if left out; sftp: whether the host is "
                "checked against `known_hosts`, false if left out",
            },
            "known_hosts": {"type": "string", "description": "sftp: what `ssh-keyscan HOST` prints"},
            "private_key_pem": {"type": "string", "description": "sftp: the key's text; `private_key` is the same"},
        },
    }

    def with_secrets(self, options: JSON, secrets: Secrets) -> JSON:
        if not isinstance(options, Mapping):
            return options
        sent = {name: options[name] for name in _SENT_SECRETS if name in options}
        return {**options, **resolve(sent, secrets)}

    def validate(self, options: JSON) -> FtpCall:
        wanted = Wanted(self.name, options, _EXAMPLE)
        port = wanted.whole("port", 1, 65535)
        protocol = _protocol(wanted, port)
        mode = (wanted.text("mode") or "binary").lower()
        if mode not in ("binary", "ascii"):
            raise wanted.fault('"mode" is neither binary nor ascii', "Leave it out for binary.")
        verify = wanted.truth("verify", protocol != "sftp")
        # As it is, not stripped: its errors have line numbers.
        known_hosts = wanted.raw("known_hosts") if wanted.text("known_hosts") is not None and verify else None
        if protocol == "sftp" and verify and known_hosts is None:
            raise wanted.fault(
                '"verify" needs "known_hosts" to check the host against',
                "Give the line that `ssh-keyscan HOST` prints.",
            )
        uploads = wanted.mapping("uploads")
        for path in uploads or ():
            _check_path(wanted, "uploads", path)
        password = wanted.value("password")
        if password is not None and not isinstance(password, str):
            raise wanted.fault('"password" is not text', "Write it in quotes.")
        return FtpCall(
            protocol=protocol,
            host=_host(wanted),
            port=port or _PORTS[protocol],
            user=_one_line(wanted, "user", wanted.required("user")),
            password=None if password is None else _one_line(wanted, "password", password),
            uploads=uploads,
            downloads=_downloads(wanted),
            ascii_mode=mode == "ascii",
            verify=verify,
            private_key=wanted.text("private_key_pem") or wanted.text("private_key"),
            known_hosts=known_hosts,
        )

    def perform(self, options: FtpCall, tools: Tools) -> Outcome:
        from runner.actions.ftp_session import Login, Transcript

        files = tools.generated(options.uploads or {})
        login = Login(options.host, options.port, options.user, options.password)
        transcript = Transcript.of(login, SESSION_SECONDS)
        work = _Work(_session(options, login, transcript, tools), transcript, tools)
        try:
            work.tried(lambda session: None, tries=1)
            for made in files:
                work.upload(made.name, made.data)
            for path in options.downloads:
                work.download(path)
        except (ActionError, NetworkError) as error:
            return Outcome.failed(error, response=work.report())
        finally:
            work.session.close()
        return Outcome(ok=True, result=work.report())

    def summary(self, options: JSON) -> str:
        given = options if isinstance(options, Mapping) else {}
        uploads, downloads = given.get("uploads"), given.get("downloads")
        parts = [
            *_listed("upload", list(uploads) if isinstance(uploads, Mapping) else []),
            *_listed("download", list(downloads) if isinstance(downloads, list | tuple) else []),
        ]
        return f"{given.get('host') or 'no host'}: {', '.join(parts) or 'log in only'}"

    def shown(self, options: JSON) -> JSON:
        """The server, and the files to upload by their size. Passwords and keys are not shown."""
        if not isinstance(options, Mapping):
            return options
        plain = hidden_texts(options, "password", "private_key", "private_key_pem")
        shown = in_order(plain, ("protocol", "host", "port", "user"), ("downloads", "uploads"))
        return {**shown, "uploads": shown_files(shown["uploads"])} if "uploads" in shown else shown


class _Work:
    """One session, what came of it so far, and the tries."""

    def __init__(self, session: Session, transcript: Transcript, tools: Tools) -> None:
        self.session = session
        self._transcript = transcript
        self._tools = tools
        self._uploads: dict[str, JSON] = {}
        self._downloads: dict[str, JSON] = {}
        self._left = MOST_DOWNLOADED

    def report(self) -> dict[str, JSON]:
        """The result object."""
        return {
            "log": "\n".join(self._transcript.lines),
            "uploads": dict(self._uploads),
            "downloads": dict(self._downloads),
        }

    def upload(self, path: str, data: bytes) -> None:
        """One file, tried three times."""
        self.tried(lambda session: session.upload(path, data))
        self._uploads[path] = {"size": len(data)}

    def download(self, path: str) -> None:
        """One file, tried three times."""
        data = self.tried(lambda session: session.download(path, self._left))
        self._left -= len(data)
        self._downloads[path] = {
            "size": len(data),
            "data": _utf8(data),
            "data_base64": base64.b64encode(data).decode("ascii"),
        }

    def tried(self, operation: Callable[[Session], _Done], tries: int = TRIES) -> _Done:
        """What ``operation`` gives; again after a transient failure, on a new connection if the old one is lost."""
        for number in range(1, tries):
            try:
                self.session.open()
                return operation(self.session)
            except (ActionError, NetworkError) as error:
                if not error.transient:
                    raise
                self._transcript.add(f"try {number} of {tries} failed: {error}")
                self._tools.clock.sleep(number)
        self.session.open()
        return operation(self.session)


def _session(call: FtpCall, login: Any, transcript: Transcript, tools: Tools) -> Session:
    network = tools.services.network
    if call.protocol == "sftp":
        from runner.actions.sftp_session import Keys, SftpSession

        return SftpSession(login, network, transcript, Keys(call.private_key, call.known_hosts))
    from runner.actions.ftp_session import FtpSession

    return FtpSession(
        login,
        network,
        transcript,
        tls=call.protocol == "ftps",
        implicit=call.port == _IMPLICIT_PORT,
        verify=call.verify,
        ascii_mode=call.ascii_mode,
    )


def _protocol(wanted: Wanted, port: int | None) -> str:
    given = wanted.text("protocol")
    if given is not None:
        if given.lower() not in PROTOCOLS:
            raise wanted.fault(f'there is no protocol "{given[:20]}"', f"Protocols are {', '.join(PROTOCOLS)}.")
        return given.lower()
    if port == 22 or any(wanted.value(name) is not None for name in ("private_key_pem", "private_key", "known_hosts")):
        return "sftp"
    return "ftps" if port == _IMPLICIT_PORT else "ftp"


def _host(wanted: Wanted) -> str:
    host = wanted.required("host")
    if re.search(r"[\s/@]", host) or _CONTROL.search(host):
        raise wanted.fault(
            '"host" is not the name of a host', "Write the name alone, without ftp:// and without a path."
        )
    return host.strip("[]")


def _downloads(wanted: Wanted) -> tuple[str, ...]:
    given = wanted.value("downloads")
    if given is None:
        return ()
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise wanted.fault('"downloads" is not an array of paths', 'Write "downloads": ["in/orders.csv"].')
    for path in given:
        _check_path(wanted, "downloads", path)
    return tuple(given)


def _check_path(wanted: Wanted, name: str, path: Any) -> None:
    if not isinstance(path, str) or not path.strip():
        raise wanted.fault(f'a path in "{name}" is blank, or no text', "Write the path of a file on the server.")
    if _CONTROL.search(path) or without_surrogates(path) != path:
        raise wanted.fault(f'a path in "{name}" holds a line break or a control character', "Write a plain path.")


def _one_line(wanted: Wanted, name: str, text: str) -> str:
    if _CONTROL.search(text):
        raise wanted.fault(f'"{name}" holds a line break or a control character', "Write one line.")
    return text


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _listed(word: str, paths: list[Any]) -> list[str]:
    if not paths:
        return []
    more = f" and {len(paths) - 2} more" if len(paths) > 2 else ""
    return [f"{word} {', '.join(str(path) for path in paths[:2])}{more}"]
