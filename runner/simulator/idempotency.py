"""``@idempotent(key:)``: a mutation sent twice under one key happens once (durability.md 6).

Seen: the error for a missing key, and the texts of the three user errors. Published: the key's window of 24 hours, that
a repeated request is answered from the present state of what the first one made, and that distinct requests need
distinct keys. Keys belong to one app and shop; the simulator has one of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from runner.clock import iso_utc
from runner.model.json import canonical
from runner.shopify.schema import load, named_type
from runner.simulator.contract import Context, Refusal, user_error
from runner.simulator.graph import Graph, Node

RETENTION = timedelta(hours=24)
"""How long a key is remembered, by the shop's clock."""
KEY_LENGTH = 255
NOTES = "idempotency"
"""Where ``graph.notes`` keeps the keys: ``{key: {"at", "fingerprint", "state", "payload"}}``."""

_RUNNING, _DONE, _FAILED = "running", "done", "failed"
_ERRORS = {
    "IDEMPOTENCY_CONCURRENT_REQUEST": "This request is currently in progress, please try again.",
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH": "The same idempotency key cannot be used with different operation "
    "parameters.",
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED": "A previous request with this idempotency key failed. Retry with a new "
    "idempotency key.",
}


def guard(
    context: Context, name: str, args: Mapping[str, Any], perform: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """The payload of mutation ``name``: of ``perform()``, or of the first request under ``context.idempotency_key``.

    ``perform`` runs the mutation in its transaction and returns its payload. A replayed payload names nodes by gid, so
    that the selection is answered from their present state. Raises ``Refusal`` when the version requires a key and
    there is none, or the key is blank or too long. On mutations that know no keys it only performs.
    """
    schema = load(context.api_version)
    key = context.idempotency_key
    if name not in schema.idempotent_mutations:
        return perform()
    if key is None:
        if name in schema.idempotency_required:
            raise Refusal(
                "The @idempotent directive is required for this mutation but was not provided.", "BAD_REQUEST"
            )
        return perform()
    if not key.strip() or len(key) > KEY_LENGTH:
        # By analogy: no published reply shows the refusal of such a key.
        raise Refusal(f"The idempotency key must have 1 to {KEY_LENGTH} characters and not be blank.", "BAD_REQUEST")
    keys = _living(context.graph, context.clock.now())
    fingerprint = _fingerprint(name, args)
    known = keys.get(key)
    if known is not None:
        return _repeated(known, fingerprint, name, context.api_version)
    entry = {"at": iso_utc(context.clock.now()), "fingerprint": fingerprint, "state": _RUNNING, "payload": None}
    keys[key] = entry
    try:
        payload = perform()
    except BaseException:
        del keys[key]
        raise
    context.graph.noted += 1
    entry["state"] = _FAILED if _has_errors(payload) else _DONE
    entry["payload"] = _by_gid(payload)
    return payload


def hold(graph: Graph, key: str, now: datetime) -> None:
    """Mark ``key`` as in use by a request that has not ended: provokes ``IDEMPOTENCY_CONCURRENT_REQUEST``."""
    keys = _living(graph, now)
    keys[key] = {"at": iso_utc(now), "fingerprint": None, "state": _RUNNING, "payload": None}
    graph.noted += 1


def release(graph: Graph, key: str) -> None:
    """Forget ``key``: the next request under it is the first."""
    graph.notes.get(NOTES, {}).pop(key, None)
    graph.noted += 1


def _living(graph: Graph, now: datetime) -> dict[str, Any]:
    """The keys within the window; older ones are dropped."""
    keys: dict[str, Any] = graph.notes.setdefault(NOTES, {})
    for key in [key for key, entry in keys.items() if now - datetime.fromisoformat(entry["at"]) >= RETENTION]:
        del keys[key]
    return keys


def _repeated(known: Mapping[str, Any], fingerprint: str, name: str, version: str) -> Mapping[str, Any]:
    if known["state"] == _RUNNING:
        return _refused("IDEMPOTENCY_CONCURRENT_REQUEST", name, version)
    if known["fingerprint"] != fingerprint:
        return _refused("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", name, version)
    if known["state"] == _FAILED:
        return _refused("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", name, version)
    payload: Mapping[str, Any] = known["payload"]
    return payload


def _refused(code: str, name: str, version: str) -> Mapping[str, Any]:
    schema = load(version)
    field = schema.field(schema.mutation or "Mutation", name)
    names = schema.field_names(named_type(field.type)) if field else ()
    key = next((each for each in names if each.lower().endswith("usererrors")), "userErrors")
    return {key: [user_error(None, _ERRORS[code], code)]}


def _fingerprint(name: str, args: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({"mutation": name, "arguments": args}).encode()).hexdigest()


def _has_errors(payload: Mapping[str, Any]) -> bool:
    return any(bool(value) for name, value in payload.items() if name.lower().endswith("usererrors"))


def _by_gid(value: Any) -> Any:
    """JSON of a payload: objects of the graph become their gids."""
    if isinstance(value, Node):
        return value.id
    if isinstance(value, Mapping):
        return {name: _by_gid(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_by_gid(member) for member in value]
    return value
