"""``runner webhooks secret``: addresses are shown once, and a running server knows them at once."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Command
from tests.cli.test_serve import serving, shop, until  # noqa: F401  a fixture


def test_an_address_is_printed_once_and_listed_without_its_ending(run: Command) -> None:
    made = run("webhooks", "secret", "create", "user/form/sent", "--name", "Form", "--url", "https://h.example/x/")
    address = made.out.strip()
    assert (made.code, address.startswith("https://h.example/x/webhooks/"), "not shown again" in made.err) == (
        0,
        True,
        True,
    )
    ending = address.rpartition("/")[2]
    listed = run("webhooks", "secret", "list")
    assert ("user/form/sent" in listed.out, ending in listed.out) == (True, False)
    identity = listed.out.splitlines()[2].split()[0]
    rotated = run("webhooks", "secret", "rotate", identity, "--json").document
    assert (rotated["topic"], rotated["address"].startswith("/webhooks/"), ending in rotated["address"]) == (
        "user/form/sent",
        True,
        False,
    )
    assert run("webhooks", "secret", "delete", identity).code == 0
    assert "none yet" in run("webhooks", "secret", "list").out


@pytest.mark.parametrize(
    "words",
    [
        ("create",),
        ("create", "user/a/b", "--cache", "k"),
        ("create", "shopify/orders/create"),
        ("create", "not a topic"),
        ("create", "user/a/b", "--mode", "half"),
        ("create", "user/a/b", "--url", "nowhere"),
        ("rotate", "0"),
        ("disable", "0"),
        ("delete", "0"),
    ],
)
def test_what_cannot_be_is_refused(run: Command, words: tuple[str, ...]) -> None:
    assert run("webhooks", "secret", *words).code == 2


@pytest.mark.usefixtures("shop")
def test_a_running_server_knows_a_new_address_at_once(run: Command, tmp_path: Path) -> None:
    with serving(tmp_path) as (served, _):
        made = run("webhooks", "secret", "create", "user/form/sent", "--json").document
        assert made["address"].startswith(served["inbound"])
        assert httpx.post(made["address"], json={"a": 1}).status_code == 204
        run("webhooks", "secret", "disable", made["id"])
        assert httpx.post(made["address"], json={"a": 2}).status_code == 204
        until(lambda: httpx.get(f"{served['api']}/status").json()["runs"] == {"succeeded": 1})
        cached = run("webhooks", "secret", "create", "--cache", "stock", "--json").document
        assert httpx.get(cached["address"]).json() is None
        assert httpx.get(f"{served['api']}/status").json()["intake"] == {
            "cache": {"read": 1},
            "hook": {"kept": 1, "unknown": 1},
        }
