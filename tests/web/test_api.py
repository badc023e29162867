"""The local address: figures, and what it says while the database fails."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from runner.errors import StoreError
from runner.model.event import Event
from runner.web.api import MAX_LAG, Served, local_api
from runner.web.counts import Counts

STATUS: Mapping[str, Any] = {"events": 7, "due": 1, "later": 2, "lag_seconds": 0.5, "runs": {"due": 1}}
TOKEN = {"Authorization": "Bearer t"}


class Intake:
    """Takes events in, or fails."""

    def __init__(self, fault: StoreError | None = None) -> None:
        self.events: list[Event] = []
        self.fault = fault

    def accept(self, event: Event, *, dedupe: str | None = None) -> str | None:
        if self.fault:
            raise self.fault
        self.events.append(event)
        return "id"


def served(status: Mapping[str, Any] | None = STATUS, intake: Intake | None = None, *, works: bool = True) -> Served:
    def figures() -> Mapping[str, Any]:
        if status is None:
            raise StoreError("the disk failed")
        return status

    counts = Counts()
    counts.add("shopify", "duplicate")
    return Served(
        intake or Intake(),
        counts,
        figures,
        lambda: works,
        token="t",
        instance="i",
        runs=lambda: [("task", "failed", 3)],
        gauges=lambda: {"workers": ("Processes.", 2), "shop_points": ("Points.", None)},
    )


def ask(method: str, path: str, given: Served, **more: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=local_api(given))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            return await browser.request(method, path, **more)

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("status", "works", "code"),
    [
        (STATUS, True, 200),
        (STATUS, False, 503),
        ({**STATUS, "lag_seconds": MAX_LAG + 1}, True, 503),
        (None, True, 503),
    ],
    ids=["well", "the working thread ended", "too late", "no database"],
)
def test_health_is_503_when_work_does_not_go_on(status: Mapping[str, Any] | None, works: bool, code: int) -> None:
    reply = ask("GET", "/healthz", served(status, works=works))
    assert (reply.status_code, reply.json()["ok"], reply.json()["instance"]) == (code, code == 200, "i")


@pytest.mark.parametrize("path", ["/status", "/metrics", "/healthz"])
def test_a_database_that_fails_is_told_and_not_thrown(path: str) -> None:
    reply = ask("GET", path, served(None))
    assert (reply.status_code, reply.json()["error"]["message"]) == (503, "the disk failed")


def test_the_metrics_are_in_prometheus_text_form() -> None:
    reply = ask("GET", "/metrics", served())
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = reply.text.splitlines()
    assert {
        'runner_runs{kind="task",state="failed"} 3',
        "runner_due 1",
        "runner_lag_seconds 0.5",
        "runner_workers 2",
        'runner_intake_total{address="shopify",outcome="duplicate"} 1',
        "# TYPE runner_intake_total counter",
    } <= set(lines)
    assert not any("shop_points" in line for line in lines), "what is not known is not told"
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("headers", "content", "code"),
    [
        ({}, b"{}", 401),
        ({"Authorization": "Bearer x"}, b"{}", 401),
        ({**TOKEN, "Origin": "https://evil.example"}, b"{}", 401),
        ({**TOKEN, "Content-Type": "text/plain"}, b"{}", 415),
        ({**TOKEN, "Content-Type": "application/json"}, b"{}", 400),
        ({**TOKEN, "Content-Type": "application/json"}, b"[", 400),
        ({**TOKEN, "Content-Type": "application/json"}, b"[" * 100_000, 400),
        ({**TOKEN, "Content-Type": "application/json"}, b'{"topic": "user/a/b"}', 200),
    ],
)
def test_writing_takes_the_token_json_and_no_web_page(headers: dict[str, str], content: bytes, code: int) -> None:
    intake = Intake()
    assert ask("POST", "/events", served(intake=intake), headers=headers, content=content).status_code == code
    assert len(intake.events) == (code == 200)


def test_an_event_that_could_not_be_kept_is_no_success() -> None:
    headers = {**TOKEN, "Content-Type": "application/json"}
    failing = served(intake=Intake(StoreError("the disk is full")))
    assert ask("POST", "/events", failing, headers=headers, content=b'{"topic": "user/a/b"}').status_code == 503
