"""SFTP sessions over paramiko, the extra ``sftp``."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from runner.actions.ftp_session import IDLE_SECONDS, Login, Transcript, too_large
from runner.errors import ActionError, NetworkError
from runner.network import Network
from runner.network.faults import of_socket

if TYPE_CHECKING:
    import paramiko

_BLOCK = 32 * 1024
_SILENT = "runner.actions.sftp_session.paramiko"
"""paramiko's own log: it prints stack traces for whatever a server does. What counts is in our errors."""


@dataclass(frozen=True, slots=True)
class Keys:
    """``private`` is PEM text, or None; ``hosts`` the known_hosts text to check the server against, or None."""

    private: str | None = None
    hosts: str | None = None


class SftpSession:
    """SFTP with a password, a private key (whose passphrase the password may be), or both."""

    def __init__(self, login: Login, network: Network, transcript: Transcript, keys: Keys) -> None:
        self._login = login
        self._network = network
        self._transcript = transcript
        self._keys = keys
        self._client: paramiko.SSHClient | None = None
        self._sftp: paramiko.SFTPClient | None = None

    def open(self) -> None:
        if self._sftp is not None:
            return
        login = self._login
        if self._keys.private is None and login.password is None:
            raise ActionError(
                f"ftp: there is nothing to log in to {login.host} with",
                hint='Give a "password" or a "private_key_pem".',
                code="ftp.login",
            )
        if self._keys.private is None:
            self._connect(None, login.password)
            return
        key, is_passphrase = private_key(self._keys.private, login.password)
        if is_passphrase or login.password is None:
            self._connect(key, None)
            return
        try:
            self._connect(key, login.password)
        except (ActionError, NetworkError) as error:
            # paramiko asks anew for the service of authentication before its second method, and some servers hang up
            # on that: the password gets a connection of its own.
            if error.code not in ("ftp.login", "network.lost_reply"):
                raise
            self._connect(None, login.password)

    def _connect(self, key: Any, password: str | None) -> None:
        login = self._login
        client = _paramiko().SSHClient()
        client.set_log_channel(_SILENT)
        client.set_missing_host_key_policy(_AnyHost())
        if self._keys.hosts is not None:
            for kind, host_key in known_keys(self._keys.hosts, login.host, login.port).items():
                client.get_host_keys().add(_ssh_name(login.host, login.port), kind, host_key)
        self._transcript.add(f"connect: {login.host}, {login.port}")
        self._client = client
        with self._faults():
            client.connect(
                login.host,
                login.port,
                login.user,
                password,
                key,
                sock=self._network.connect(login.host, login.port),
                timeout=IDLE_SECONDS,
                banner_timeout=IDLE_SECONDS,
                auth_timeout=IDLE_SECONDS,
                allow_agent=False,
                look_for_keys=False,
            )
            transport: Any = client.get_transport()
            shown = transport.get_remote_server_key()
            self._transcript.add(f"< host key {shown.get_name()} {shown.fingerprint}")
            self._transcript.add(f"> login {login.user}")
            self._sftp = client.open_sftp()
            channel: Any = self._sftp.get_channel()
            channel.settimeout(IDLE_SECONDS)
        self._transcript.add("< ok")

    def upload(self, path: str, data: bytes) -> None:
        self._transcript.add(f"> put {path} ({len(data)} bytes)")
        with self._faults(path) as sftp:
            with sftp.open(path, "wb") as file:
                # Each block is answered before the next: in paramiko's pipelined mode a refused one goes unnoticed.
                for start in range(0, len(data), _BLOCK):
                    self._transcript.check_time(self._login.host)
                    file.write(data[start : start + _BLOCK])
            written = self._size(sftp, path)
        if written is not None and written != len(data):
            raise ActionError(
                f'ftp: {self._login.host} kept {written:,} of {len(data):,} bytes of "{path}"',
                hint="The server may be out of space, or at the user's quota.",
                code="ftp.busy",
                transient=True,
            )
        self._transcript.add("< ok")

    @staticmethod
    def _size(sftp: paramiko.SFTPClient, path: str) -> int | None:
        """None where the server does not tell: drop folders move files away at once, or show nothing."""
        try:
            return sftp.stat(path).st_size
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EACCES):
                return None
            raise

    def download(self, path: str, limit: int) -> bytes:
        self._transcript.add(f"> get {path}")
        content = bytearray()
        with self._faults(path) as sftp, sftp.open(path, "rb") as file:
            announced = file.stat().st_size or 0
            if announced > limit:
                raise too_large(path, limit)
            if announced:
                file.prefetch(announced)
            while block := file.read(_BLOCK):
                self._transcript.check_time(self._login.host)
                content += block
                if len(content) > limit:
                    raise too_large(path, limit)
        self._transcript.add(f"< ok ({len(content)} bytes)")
        return bytes(content)

    def drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._sftp = None

    def close(self) -> None:
        self.drop()

    @contextmanager
    def _faults(self, path: str = "") -> Iterator[paramiko.SFTPClient]:
        """paramiko's errors as ours (actions.md 3.6)."""
        paramiko = _paramiko()
        host = self._login.host
        try:
            yield self._sftp  # type: ignore[misc]  # None only while connecting, when nobody uses it
        except NetworkError:
            self.drop()
            raise
        except paramiko.BadHostKeyException as error:
            self.drop()
            raise _changed(host, error) from error
        except paramiko.AuthenticationException as error:
            self.drop()
            said = self._transcript.redactor.text(str(error))
            if "transport shut down" in said or "timeout" in said.lower():
                raise _lost(host, "") from error  # paramiko's word for a connection that ends meanwhile
            raise ActionError(
                f"ftp: {host} refused the login: {said}",
                hint="Check user and password, and that the server knows the private key, if one is used.",
                code="ftp.login",
            ) from error
        except (paramiko.SSHException, EOFError) as error:
            self.drop()
            raise _lost(host, self._transcript.redactor.text(str(error))) from error
        except OSError as error:
            raise self._of_os_error(error, path) from error

    def _of_os_error(self, error: OSError, path: str) -> ActionError | NetworkError:
        """An SFTP status comes as an OSError too: with the two numbers that matter, or with a text alone."""
        host = self._login.host
        said = self._transcript.redactor.text(str(error.strerror or error))
        if path and error.errno == errno.ENOENT:
            return ActionError(
                f'ftp: there is no "{path}" on {host}: {said}',
                hint="Check the path: relative ones start at the login folder, and folders are not created.",
                code="ftp.missing",
            )
        if path and error.errno == errno.EACCES:
            return ActionError(
                f'ftp: {host} does not permit "{path}": {said}',
                hint="The user needs the right to that folder and file.",
                code="ftp.refused",
            )
        if path and error.errno is None and not isinstance(error, TimeoutError) and "closed" not in said.lower():
            return ActionError(
                f'ftp: {host} failed at "{path}": {said}',
                hint="The server may be out of space, or the path may be a folder.",
                code="ftp.busy",
                transient=True,
            )
        self.drop()
        return of_socket(ConnectionResetError() if "closed" in said.lower() else error, host)


class _AnyHost:
    """Takes any host key of a host that is not to be checked (the platform's default)."""

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        """Nothing to do."""


def _paramiko() -> Any:
    """The package. Raises ActionError with the command that installs it."""
    try:
        import paramiko
    except ImportError as error:
        raise ActionError(
            "ftp: SFTP needs the package paramiko",
            hint='Install it: pip install "mechanic-runner[sftp]"',
            code="action.needs_extra",
        ) from error
    silent = logging.getLogger(_SILENT)
    silent.propagate = False
    if not silent.handlers:
        silent.addHandler(logging.NullHandler())
    return paramiko


def private_key(pem: str, passphrase: str | None) -> tuple[Any, bool]:
    """The paramiko key for PEM text in any of the usual forms, and whether it took the passphrase to read it.

    Forms are OpenSSH, PKCS#1, PKCS#8 and SEC1.

    Raises ActionError when the text is no key, or is encrypted with something else than ``passphrase``.
    """
    paramiko = _paramiko()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    text = "\n".join(line.strip() for line in pem.strip().splitlines()) + "\n"
    data = text.encode()
    is_ssh = "BEGIN OPENSSH PRIVATE KEY" in text
    load = serialization.load_ssh_private_key if is_ssh else serialization.load_pem_private_key
    is_encrypted = False
    try:
        try:
            key: Any = load(data, None)
        except TypeError:  # it is encrypted
            if passphrase is None:
                raise _bad_key("is encrypted, and there is no passphrase", 'Give it as "password".') from None
            is_encrypted = True
            key = load(data, passphrase.encode())
        written = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        ).decode()
        public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        kinds = {b"ssh-rsa": paramiko.RSAKey, b"ssh-ed25519": paramiko.Ed25519Key}
        kind = kinds.get(public.split()[0], paramiko.ECDSAKey)
        return kind.from_private_key(StringIO(written)), is_encrypted
    except (ValueError, TypeError, UnsupportedAlgorithm, paramiko.SSHException) as error:
        whole = "Give the whole file, with both of its lines of hyphens."
        hint = 'Check its passphrase, which is "password".' if is_encrypted else whole
        raise _bad_key("cannot be read", hint) from error


def _bad_key(what: str, hint: str) -> ActionError:
    return ActionError(f'ftp: the private key in "private_key_pem" {what}', hint=hint, code="ftp.key")


def known_keys(text: str, host: str, port: int) -> dict[str, Any]:
    """The keys that known_hosts ``text`` has for the host, by their kind; hashed names count.

    A line that names the host alone holds for any port. Raises ActionError for a line that is none, and when no line
    names the host.
    """
    paramiko = _paramiko()
    known = paramiko.HostKeys()
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        try:
            entry = None if bare.startswith("@") else paramiko.hostkeys.HostKeyEntry.from_line(bare, number)
        except (paramiko.SSHException, paramiko.hostkeys.InvalidHostKey, ValueError):
            entry = None
        if entry is None or entry.key is None:
            raise ActionError(
                f'ftp: line {number} of "known_hosts" cannot be used',
                hint="Each line is a host, a kind of key and the key, as `ssh-keyscan HOST` prints them.",
                code="ftp.host_key",
            )
        for name in entry.hostnames:
            known.add(name, entry.key.get_name(), entry.key)
    found = known.lookup(_ssh_name(host, port)) or known.lookup(host)
    if not found:
        raise ActionError(
            f'ftp: "known_hosts" has no key of {_ssh_name(host, port)}',
            hint=f"Add the line that `ssh-keyscan -p {port} {host}` prints, after checking it with the server's owner.",
            code="ftp.host_key",
        )
    return dict(found)


def _ssh_name(host: str, port: int) -> str:
    return host if port == 22 else f"[{host}]:{port}"


def _lost(host: str, said: str) -> NetworkError:
    return NetworkError(
        f"the SSH connection to {host} failed: {said}" if said else f"{host} closed the SSH connection",
        hint="Check that it is an SFTP server: FTP and FTPS are other protocols.",
        code="network.lost_reply",
        transient=True,
        sent=True,
    )


def _changed(host: str, error: Any) -> ActionError:
    return ActionError(
        f"ftp: {host} has another host key than the known one: it showed {error.key.get_name()} "
        f"{error.key.fingerprint}, known is {error.expected_key.fingerprint}",
        hint="The server got a new key, or somebody stands in between: ask its owner before you change known_hosts.",
        code="ftp.host_key",
    )
