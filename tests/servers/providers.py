"""Google, Slack and Airtable on loopback: their tokens and errors, their Drive and Sheets, and what they received."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest

from tests.servers.airtable import Bases
from tests.servers.drive import Drive
from tests.servers.sheets import Sheets
from tests.servers.slack import Channels
from tests.servers.web import Answer

CLIENT, SECRET = "client-1", "client+secret/1"
REFRESH = "1//refresh-token-of-the-tests"
PERSONAL = "xoxb-token-that-stays"


@dataclass(frozen=True)
class Got:
    """One request as it arrived; ``query`` and ``form`` parsed, ``token`` the bearer's, ``raw`` the target."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    token: str | None
    raw: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Providers:
    """The server. ``valid`` are tokens in force; ``refresh`` the refresh token that is; ``faults`` answer first.

    ``token_faults`` answer first at the token addresses. ``rotates``: each refresh ends the former refresh token.
    ``pending``: so many polls of a device find it not allowed. ``respond`` takes the place of ``answer``.
    ``patience``: seconds for the person with a device, and between two polls. ``denies``: the person says no.
    ``codes`` are those given out, with what was asked for.
    """

    valid: set[str] = field(default_factory=lambda: {PERSONAL})
    refresh: str = REFRESH
    lifetime: int | None = 3600
    rotates: bool = False
    pending: int = 0
    patience: tuple[float, float] = (600, 1)
    denies: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    saw: list[Got] = field(default_factory=list)
    faults: list[Answer] = field(default_factory=list)
    token_faults: list[Answer] = field(default_factory=list)
    respond: Callable[[Got], Answer] | None = None
    drive: Drive = field(default_factory=Drive)
    sheets: Sheets = field(default_factory=Sheets)
    channels: Channels = field(default_factory=Channels)
    bases: Bases = field(default_factory=Bases)
    bought: int = 0
    server: Any = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def calls(self, *, tokens: bool = False) -> list[Got]:
        """What was asked of the APIs, or of the token addresses."""
        return [got for got in self.saw if _is_token(got.path) is tokens]

    def clear(self) -> None:
        """As it was at first, on the same port."""
        fresh = Providers(server=self.server)
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(fresh, name))

    def answer(self, got: Got) -> Answer:
        """What the providers say."""
        with self.lock:
            self.saw.append(got)
            faults = self.token_faults if _is_token(got.path) else self.faults
            if faults:
                return faults.pop(0)
            if _is_token(got.path):
                return self._token(got)
            if got.path in ("/o/oauth2/v2/auth", "/oauth2/v1/authorize"):
                return self._asked({name: values[0] for name, values in got.query.items()})
            if got.path == "/device/code":
                return _json(
                    {
                        "device_code": "dev-1",
                        "user_code": "ABC-DEF",
                        "verification_url": "https://g.test/device",
                        "expires_in": self.patience[0],
                        "interval": self.patience[1],
                    }
                )
            if got.token not in self.valid:
                if got.path.startswith("/api/"):
                    return _json({"ok": False, "error": "invalid_auth"})
                if got.path.startswith("/v0/"):
                    why = "Invalid authentication token"
                    return _json({"error": {"type": "AUTHENTICATION_REQUIRED", "message": why}}, 401)
                return _json({"error": {"code": 401, "message": "Invalid Credentials", "errors": []}}, 401)
            return self._api(got)

    def _asked(self, asked: dict[str, str]) -> Answer:
        """The page where the person allows it, or not, and is sent back at once."""
        said = {"state": asked["state"]}
        if self.denies:
            said |= {"error": "access_denied"}
        else:
            code = f"4/code-{len(self.codes) + 1}"
            self.codes[code] = asked
            said |= {"code": code}
        return Answer(302, b"", (("Location", f"{asked['redirect_uri']}?{urlencode(said)}"),))

    def _redeemed(self, form: dict[str, str]) -> bool:
        """Whether the code is one that was given for this redirect and this verifier; it counts once."""
        asked = self.codes.pop(form["code"], {})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = (asked.get("redirect_uri"), asked.get("code_challenge"), asked.get("client_id"))
        return known == (form["redirect_uri"], challenge, CLIENT) and asked["code_challenge_method"] == "S256"

    def _token(self, got: Got) -> Answer:
        form, slack = got.form, got.path.startswith("/api/")
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        given = (form.get("client_id"), form.get("client_secret"))
        signed = form["grant_type"].endswith("jwt-bearer")
        if not signed and given != (CLIENT, SECRET) and got.headers.get("authorization") != basic:
            return _json({"ok": False, "error": "invalid_client"}, 200 if slack else 401)
        if form["grant_type"].endswith("device_code") and self.pending:
            self.pending -= 1
            return _json({"error": "authorization_pending"}, 428)
        if form["grant_type"] == "authorization_code" and not self._redeemed(form):
            return _json({"error": "invalid_grant", "error_description": "Malformed auth code."}, 400)
        if form["grant_type"].endswith("device_code") and self.denies:
            return _json({"error": "access_denied"}, 403)
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.refresh:
            if slack:
                return _json({"ok": False, "error": "invalid_refresh_token"})
            return _json({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)
        self.bought += 1
        token = f"ya29.access-token-{self.bought}"
        self.valid.add(token)
        said: dict[str, Any] = {"access_token": token, "token_type": "Bearer"}
        if self.lifetime is not None:
            said["expires_in"] = self.lifetime
        if self.rotates:
            self.refresh = f"{REFRESH}-{self.bought}"
        if self.rotates or not (signed or form["grant_type"] == "refresh_token"):
            said["refresh_token"] = self.refresh
        return _json({"ok": True, **said} if slack else said)

    def _api(self, got: Got) -> Answer:
        if got.path == "/oauth2/v3/userinfo":
            return _json({"sub": "1", "email": "me@example.com"})
        if got.path == "/v0/meta/whoami":
            return _json({"id": "usr1", "scopes": ["data.records:read"]})
        if got.path == "/api/auth.test":
            return _json({"ok": True, "team": "Our team"}, more=(("X-OAuth-Scopes", "chat:write,chat:write.public"),))
        if got.path.startswith(("/drive/", "/upload/drive/")):
            return self.drive.answer(got, self.sheets)
        if got.path.startswith("/v4/spreadsheets"):
            return self.sheets.answer(got, self.drive)
        if got.path.startswith("/api/chat."):
            return self.channels.answer(got)
        if got.path.startswith("/v0/"):
            return self.bases.answer(got)
        if got.path.startswith("/v1/documents/"):
            return _json({"documentId": got.path.rpartition("/")[2], "title": "A document"})
        return _json({"error": {"code": 404, "message": f"{got.path} is not here"}}, 404)


def _is_token(path: str) -> bool:
    return path in ("/token", "/oauth2/v1/token", "/api/oauth.v2.access")


def _json(value: Any, status: int = 200, more: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, json.dumps(value).encode(), (("Content-Type", "application/json; charset=utf-8"), *more))


def google_error(status: int, message: str, reason: str | None = None, **headers: str) -> Answer:
    """An error in Google's shape."""
    errors = [] if reason is None else [{"reason": reason, "message": message}]
    more = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return _json({"error": {"code": status, "message": message, "errors": errors}}, status, more)


def _requests(providers: Providers) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            login = headers.get("authorization", "")
            token = login.removeprefix("Bearer ") if login.startswith("Bearer ") else None
            query = parse_qs(parts.query, keep_blank_values=True)
            got = Got(self.command, unquote(parts.path), query, headers, body, token, self.path)
            answer = (providers.respond or providers.answer)(got)
            if answer.drop:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) + (50 if answer.cut else 0)))
            self.close_connection = answer.cut
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                pass  # the client gave up, as it should of too much

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the test output quiet."""

    return Requests


@pytest.fixture(scope="session")
def providers_server() -> Iterator[Providers]:
    providers = Providers()
    providers.server = ThreadingHTTPServer(("127.0.0.1", 0), _requests(providers))
    providers.server.daemon_threads = True
    thread = threading.Thread(target=providers.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield providers
    providers.server.shutdown()
    providers.server.server_close()
    thread.join()


@pytest.fixture
def providers(providers_server: Providers) -> Providers:
    """Google, Slack and Airtable without memory of other tests."""
    providers_server.clear()
    return providers_server
