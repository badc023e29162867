"""Tasks that leak a secret in every way: it is in no file of the database, and in nothing that was written."""

from __future__ import annotations

import base64
import html
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest

from runner.redact import MARKER
from runner.simulator.server import simulator
from tests.cli.conftest import Command
from tests.cli.made import task_file
from tests.cli.test_serve import serving, until

SECRET = 'tøken/"7"&<x>+ y'
LINE = "correct-horse-battery"
"""A secret without anything to escape, for the ways that take no other."""


def forms(secret: str) -> dict[str, str]:
    """How programs write a text down."""
    raw = secret.encode()
    return {
        "raw": secret,
        "percent": quote(secret, safe=""),
        "percent small": quote(secret, safe="").lower(),
        "form": quote_plus(secret),
        "base64": base64.b64encode(raw).decode(),
        "base64url": base64.urlsafe_b64encode(raw).decode(),
        "basic": base64.b64encode(b"user:" + raw).decode(),
        "json": json.dumps(secret)[1:-1],
        "json twice": json.dumps(json.dumps(secret))[3:-3],
        "html": html.escape(secret),
        "references": secret.encode("ascii", "xmlcharrefreplace").decode(),
    }


class Echo:
    """A server that tells everybody what it was told, in every form."""

    def __init__(self) -> None:
        echo = self
        self.got: list[str] = []

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                echo.got.append(body)
                told = json.loads(body)["told"]
                answer = " | ".join(forms(told).values()).encode()
                self.send_response(500 if "fail" in self.path else 200)
                self.send_header("X-Told", quote(told))
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def echo() -> Iterator[Echo]:
    made = Echo()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def script(url: str) -> str:
    ways = "".join(
        f"""
        {{% action "http" %}}
          {{"method": "post", "url": "{url}{path}", "headers": {{"Authorization": "Basic {{{{ secrets.line }}}}"}},
            "body": {{"told": {{{{ secrets.{name} | json }}}}}}}}
        {{% endaction %}}"""
        for name in ("token", "line")
        for path in ("/ok", "/fail", "/ok?key={{ secrets.line }}")
    )
    return f"""
        {{% log secrets.token %}}
        {{% log told: secrets.token, signed: secrets.line | append: "x" %}}
        {{% action "cache", "set", "kept", secrets.token %}}
        {{% action "echo", said: secrets.token %}}
        {{% action "event" %}}{{"topic": "user/next/one", "data": {{{{ secrets.token | json }}}}}}{{% endaction %}}
        {{% action "http" %}}{{"method": "get", "url": "http://127.0.0.1:1/{{{{ secrets.line }}}}"}}{{% endaction %}}
        {{% action "http" %}}{{"method": "get", "url": "http://{{{{ secrets.line }}}}.invalid/"}}{{% endaction %}}
        {{% action "http" %}}{{"method": "{{{{ secrets.line }}}}", "url": "{url}/ok"}}{{% endaction %}}
        {ways}"""


def test_no_form_of_a_secret_is_kept_or_written(
    run: Command, echo: Echo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", script(echo.url), subscriptions_template="user/form/sent")
    told = "{% log action.run.result %}{% log action.options %}{% log action.run.error %}"
    task_file(tmp_path / "tasks", "{{ secrets.token }}", name="wrong", subscriptions_template="user/form/sent")
    task_file(tmp_path / "tasks", told, name="told", subscriptions_template="mechanic/actions/perform")
    monkeypatch.setenv("RUNNER_SECRET_TOKEN", SECRET)
    monkeypatch.setenv("RUNNER_SECRET_LINE", LINE)
    monkeypatch.setenv("RUNNER_MODE", "live")
    monkeypatch.setenv("RUNNER_RETRY_DELAYS", "0.1")
    monkeypatch.setenv("RUNNER_NETWORK_ALLOW", "127.0.0.1")
    with simulator("prints") as shop:
        monkeypatch.setenv("SHOPIFY_SHOP", shop.url)
        monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", shop.token)
        monkeypatch.setenv("SHOPIFY_CLIENT_SECRET", shop.secret)
        for name in ("made", "wrong", "told"):
            assert run("tasks", "enable", name).code == 0
        address = run("webhooks", "secret", "create", "user/form/sent", "--json").document["address"]
        with serving(tmp_path) as (served, process):
            assert httpx.post(served["inbound"] + address, json={"a": 1}).status_code == 204

            def is_done() -> bool:
                status = httpx.get(f"{served['api']}/status").json()
                return bool(status["due"] + status["later"] == 0 and status["runs"].get("succeeded", 0) > 5)

            until(is_done)
            # The files while the server has them open: what is not in the one is in the other.
            files = {file.name: file.read_bytes() for file in (tmp_path / ".runner").iterdir() if file.is_file()}
            process.terminate()
            out, err = process.communicate(timeout=60)
        secrets = {"token": SECRET, "line": LINE, "access": shop.token, "client": shop.secret}
    assert {json.loads(body)["told"] for body in echo.got} == {SECRET, LINE}, "they did go out"
    assert any(MARKER.encode() in content for content in files.values()), "and came back"
    written = {**files, "stdout": out.encode(), "stderr": err.encode()}
    found = [
        f"{name} as {form} in {place}"
        for name, secret in secrets.items()
        for form, text in {**forms(secret), "part of basic": forms(secret)["basic"][8:-4]}.items()
        for place, content in written.items()
        if len(text) > 8 and (text.encode() in content or json.dumps(text)[1:-1].encode() in content)
    ]
    assert found == []
    assert {"runner.db", "runner.db-wal"} <= set(files)
