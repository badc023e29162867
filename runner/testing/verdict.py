"""Compares what came of a case with what it claims and with its snapshot, and words the difference."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.errors import RunnerError
from runner.testing.expectations import Expectation
from runner.testing.fixtures import Case, shown
from runner.testing.live_claims import broken_claims, script_failures

MOST_DIFF_LINES = 120
UPDATE = "--snapshot-update"


class CaseFailed(AssertionError):
    """A case whose claims or snapshot do not hold. Its text is the whole report.

    ``snapshot`` is the file in question, ``stored`` and ``found`` the texts that differ; None where it is not that.
    """

    def __init__(
        self, message: str, *, snapshot: Path | None = None, stored: str | None = None, found: str | None = None
    ) -> None:
        super().__init__(message)
        self.snapshot = snapshot
        self.stored = stored
        self.found = found


def check_claims(case: Case, document: Mapping[str, Any]) -> None:
    """``CaseFailed`` when a claim under ``expect`` does not hold."""
    wrong = list(_broken(case.expect, document))
    if wrong:
        place = case.where("expect")
        heading = f"{place}: not as expected" if case.description == "" else f"{place}: {case.description}"
        raise CaseFailed("\n".join([heading, *(f"  {line}" for line in wrong), *_reasons(document)]))


def _broken(expect: Expectation, document: Mapping[str, Any]) -> Iterator[str]:
    if "steps" in document:
        yield from broken_claims(expect, document)
        return
    for key in ("actions", "logs", "errors"):
        wanted, found = getattr(expect, key), len(document.get(key) or ())
        if wanted is not None and wanted != found:
            yield f"{key}: expected {wanted}, found {found}"
    if expect.failed is not None:
        failed = sum(1 for run in document.get("runs") or () if run["ok"] is False)
        if failed != expect.failed:
            yield f"failed runs: expected {expect.failed}, found {failed}"
    error = document.get("liquid_error")
    if expect.renders and error is not None:
        yield f"liquid_error: expected null, found {_text(error)!r}"
    if expect.liquid_error is not None and expect.liquid_error not in _text(error):
        yield f"liquid_error: expected {expect.liquid_error!r} in it, found {_text(error) or None!r}"


def _text(value: Any) -> str:
    """A text as it was before it was cut into lines."""
    return "\n".join(value["lines"]) if isinstance(value, Mapping) else str(value or "")


def _reasons(document: Mapping[str, Any]) -> Iterator[str]:
    """What the script said, which mostly explains the rest."""
    for failure in script_failures(document):
        yield f"  {_clipped(failure)}"
    for key in ("errors", "logs"):
        for said in document.get(key) or ():
            yield f"  {key.removesuffix('s')}: {_clipped(json.dumps(said, ensure_ascii=False))}"


def _clipped(text: str, width: int = 200) -> str:
    return text if len(text) <= width else f"{text[:width]}…"


def missing(case: Case, snapshot: Path, found: str, command: str) -> CaseFailed:
    """There is no snapshot yet."""
    return CaseFailed(
        f"{shown(case.path)}: it has no snapshot yet ({snapshot.name})\n"
        f"Hint: write it with `{command} {UPDATE}`, and read it before you commit it",
        snapshot=snapshot,
        found=found,
    )


def differing(case: Case, snapshot: Path, stored: str, found: str, command: str) -> CaseFailed:
    """The snapshot says something else: what, line by line."""
    lines = list(
        difflib.unified_diff(
            stored.splitlines(), found.splitlines(), f"{shown(snapshot)} (snapshot)", "what it renders now", lineterm=""
        )
    )
    left_out = len(lines) - MOST_DIFF_LINES
    if left_out > 0:
        lines = [*lines[:MOST_DIFF_LINES], f"… {left_out} more lines"]
    about = f": {case.description}" if case.description else ""
    return CaseFailed(
        "\n".join(
            [
                f"{shown(case.path)}{about}",
                "It does not render what its snapshot says:",
                *lines,
                f"Hint: if this is meant, `{command} {UPDATE}` takes it over",
            ]
        ),
        snapshot=snapshot,
        stored=stored,
        found=found,
    )


def worded(error: RunnerError) -> str:
    """An error of ours as it is shown everywhere: place and message, the line with a pointer, what to do next."""
    lines = [str(error)]
    where = error.where
    if where is not None and where.source:
        lines.append(f"  {where.source}")
        if where.column is not None:
            lines.append(f"  {' ' * (where.column - 1)}^")
    if error.hint:
        lines.append(f"Hint: {error.hint}")
    return "\n".join([*lines, f"({error.code})"])
