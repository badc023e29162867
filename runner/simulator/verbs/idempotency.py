"""``hold-key`` and ``release-key``: a request under an idempotency key that seems not to end."""

from __future__ import annotations

from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.idempotency import hold, release
from runner.simulator.verbs.finding import refuse_unknown


def hold_key(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Requests under ``{key}`` are answered ``IDEMPOTENCY_CONCURRENT_REQUEST`` until it is released."""
    hold(context.graph, _key(given, "hold-key"), context.clock.now())
    return {"held": given["key"]}


def release_key(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """The next request under ``{key}`` counts as the first."""
    release(context.graph, _key(given, "release-key"))
    return {"released": given["key"]}


def _key(given: dict[str, Any], verb: str) -> str:
    refuse_unknown(given, ("key",), verb)
    if not given.get("key"):
        raise InputError("say which key: key is missing")
    return str(given["key"])


VERBS = {"hold-key": hold_key, "release-key": release_key}
