"""``runner globals`` and ``runner secrets``: what is told, what is never told, and a server that takes changes up."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import httpx
import pytest

from runner.simulator.server import simulator
from tests.cli.conftest import Command
from tests.cli.made import task_file
from tests.cli.test_serve import serving, until

VALUE = "s3cret+/value"


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (tmp_path / "tasks").mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("SHOPIFY_SHOP", "example.myshopify.com")


def typed(monkeypatch: pytest.MonkeyPatch, value: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(value)))


def test_a_secret_is_set_listed_without_its_value_and_deleted(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, VALUE.encode() + b"\n")
    set_ = run("secrets", "set", "token", "--from-stdin")
    assert (set_.code, "token is set" in set_.out) == (0, True)
    listed = run("secrets", "list", "--json")
    assert listed.document == {"secrets": [{"key": "token", "origin": "file"}]}
    monkeypatch.setenv("NEW", "other")
    assert run("secrets", "set", "token", "--value-env", "NEW").code == 2
    assert run("secrets", "set", "token", "--value-env", "NEW", "--force").code == 0
    assert run("secrets", "delete", "token").code == 2
    assert run("secrets", "delete", "token", "--force").code == 0
    gone = run("secrets", "delete", "token", "--force")
    assert (gone.code, "none yet" in run("secrets", "list").out) == (2, True)
    assert all(VALUE not in each.out + each.err for each in (set_, listed, gone))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "a"), "--from-stdin"),
        (("set", "a", VALUE), "unexpected extra argument"),
        (("set", "a", "--value-env", "NOT_THERE"), "not set"),
        (("set", "a b", "--value-env", "HOME"), "key"),
    ],
)
def test_a_secret_never_comes_from_the_command_line(run: Command, words: tuple[str, ...], said: str) -> None:
    ran = run("secrets", *words)
    assert (ran.code, said in ran.err.lower() + ran.err) == (2, True)


def test_the_environment_wins_and_that_is_told(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNNER_SECRET_TOKEN", "x")
    monkeypatch.setenv("NEW", "other")
    assert "environment sets token too" in run("secrets", "set", "token", "--value-env", "NEW").err
    assert run("secrets", "list", "--json").document == {"secrets": [{"key": "token", "origin": "environment"}]}


def test_globals_are_texts_or_json(run: Command, tmp_path: Path) -> None:
    assert run("globals", "set", "rate", "2").code == 0
    assert run("globals", "set", "tiers", "--json", '{"gold": [5]}').code == 0
    (tmp_path / "runner.yml").write_text("globals: {tiers: own}\n", encoding="utf-8")
    assert run("globals", "list", "--json").document == {
        "globals": {"rate": "2", "tiers": "own"},
        "origins": {"rate": "mechanic.globals.json", "tiers": "runner.yml"},
    }
    assert "runner.yml sets tiers too" in run("globals", "set", "tiers", "x").err
    assert run("globals", "delete", "rate", "--force").code == 0
    assert run("globals", "delete", "rate", "--force").code == 2


@pytest.mark.parametrize("words", [("a",), ("a", "1", "--json", "1"), ("a", "--json", "{"), ("a", "--json", "NaN")])
def test_a_global_that_is_no_value_is_refused(run: Command, words: tuple[str, ...]) -> None:
    assert run("globals", "set", *words).code == 2


def test_a_server_takes_new_values_up_without_a_restart(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = '{% action "cache", "set", "seen", globals.rate %}{% log secrets.token %}'
    task_file(tmp_path / "tasks", script, subscriptions_template="user/form/sent")
    with simulator("prints") as shop:
        monkeypatch.setenv("SHOPIFY_SHOP", shop.url)
        monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", shop.token)
        monkeypatch.setenv("RUNNER_MODE", "live")
        run("tasks", "enable", "made")
        address = run("webhooks", "secret", "create", "user/form/sent", "--json").document["address"]
        cached = run("webhooks", "secret", "create", "--cache", "seen", "--json").document["address"]
        with serving(tmp_path) as (served, _):
            for rate in ("1", "2"):
                run("globals", "set", "rate", rate)

                def is_seen(rate: str = rate) -> bool:
                    httpx.post(served["inbound"] + address)
                    return bool(httpx.get(served["inbound"] + cached).json() == rate)

                until(is_seen)
