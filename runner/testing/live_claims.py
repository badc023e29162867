"""Whether the claims of a live case hold, and what its runs said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from runner.testing.expectations import COUNTS, LIVE_COUNTS, Expectation
from runner.testing.readable import readable

_WORDS = {"failed": "failed runs", "later": "runs due later", "loops": "loops stopped"}


def broken_claims(expect: Expectation, document: Mapping[str, Any]) -> Iterator[str]:
    """A line for each claim that does not hold of the document of a live case."""
    totals = document["totals"]
    for key in (*COUNTS, *LIVE_COUNTS):
        wanted, found = getattr(expect, key), totals[key]
        if wanted is not None and wanted != found:
            yield f"{_WORDS.get(key, key)}: expected {wanted}, found {found}"
    if expect.quiet is not None and expect.quiet != document["quiet"]:
        yield "it did not become quiet" if expect.quiet else "it became quiet, which was not expected"
    errors = [_text(run["liquid_error"]) for run in _runs(document) if run.get("liquid_error")]
    if expect.renders and errors:
        yield f"liquid_error: expected null, found {errors[0]!r}"
    if expect.liquid_error is not None and not any(expect.liquid_error in error for error in errors):
        yield f"liquid_error: expected {expect.liquid_error!r} in it, found {errors[0] if errors else None!r}"
    if expect.performed:
        yield from _different("performed", readable({"of": list(expect.performed)})["of"], document["performed"])
    for name, wanted in readable(expect.store).items():  # texts and lists as the document has them
        yield from _different(name, wanted, document["store"][name])
    for sku, places in expect.levels.items():
        for place, number in places.items():
            held = document["levels"][sku][place]
            if held != number:
                yield f"{sku} at {place}: expected {number} available, found {held}"


def script_failures(document: Mapping[str, Any]) -> Iterator[str]:
    """What runs of a live case said of their failure, which mostly explains the rest."""
    for run in _runs(document):
        for key in ("liquid_error", "error"):
            if run.get(key):
                yield f"{run['run']}: {_text(run[key])}"
                break
        for action in run.get("actions") or ():
            if isinstance(action, Mapping) and action.get("error"):
                yield f"{run['run']}: {action['type']}: {_text(action['error'])}"


def _runs(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The runs of all steps; where a list is shortened, those that are shown."""
    for step in document.get("steps") or ():
        for run in (step.get("runs") or ()) if isinstance(step, Mapping) else ():
            if isinstance(run, Mapping):
                yield run


def _different(path: str, wanted: Any, found: Any) -> Iterator[str]:
    """Only what is claimed counts; numbers and texts are compared as they are."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for name, value in wanted.items():
            yield from _different(f"{path} {name}", value, found.get(name))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for at, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _different(f"{path}[{at}]", one, other)
    elif wanted != found:
        yield f"{path}: expected {_short(wanted)}, found {_short(found)}"


def _text(value: Any) -> str:
    """A text as it was before it was cut into lines."""
    return "\n".join(value["lines"]) if isinstance(value, Mapping) else str(value)


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
