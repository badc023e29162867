"""The report on live runs as a Markdown page: sums, reasons, then every export with what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_REASONS = (
    ("faults", "Faults of the engine"),
    ("refused", "Refused by the shop, by the reason"),
    ("missing", "Not simulated yet"),
    ("complaints", "User errors"),
    ("guesses", "Guesses: fields without a true answer"),
    ("stopped", "Loops that the engine stopped"),
)
_LONGEST = 120


def page(found: Mapping[str, Any], seed: str) -> str:
    """The whole page; ``found`` is export -> ``Lived``."""
    return "\n".join(_lines(found, seed)) + "\n"


def _lines(found: Mapping[str, Any], seed: str) -> Iterator[str]:
    runs = [run for each in found.values() for run in each.runs]
    yield f"# The library live, in the store {seed}\n"
    yield "| what | number |\n| --- | ---: |"
    sums = {
        "exports": len(found),
        "of these, could not be run": sum(each.refusal is not None for each in found.values()),
        "events (export x topic)": len(runs),
        "task runs": sum(run.task_runs for run in runs),
        "exports with a fault of the engine": sum(bool(each.all("faults")) for each in found.values()),
        "exports that changed the store": sum(each.changed for each in found.values()),
        "exports with a scenario": sum(each.report is not None for each in found.values()),
        "exports whose claims do not hold": sum(each.broken is not None for each in found.values()),
        "exports that performed an action": sum(any(run.actions for run in each.runs) for each in found.values()),
        "exports with a failed run": sum(bool(each.all("failures")) for each in found.values()),
        "exports that need what is not simulated yet": sum(bool(each.all("missing")) for each in found.values()),
        "exports with a refused call": sum(bool(each.all("refused")) for each in found.values()),
        "exports with a guess": sum(bool(each.all("guesses")) for each in found.values()),
        "exports that did not become quiet": sum(not each.quiet for each in found.values()),
        "calls": sum(run.calls for run in runs),
        "points": round(sum(run.points for run in runs)),
        "seconds": round(sum(run.seconds for run in runs), 1),
    }
    yield from (f"| {what} | {number} |" for what, number in sums.items())
    for name, title in _REASONS:
        yield from _reasons(found, name, title)
    yield "\n## Every export\n"
    yield "| export | topic | task runs | actions | changes | webhooks | quiet | calls | points | s | what went wrong |"
    yield "| --- | --- | ---: | --- | --- | ---: | --- | ---: | ---: | ---: | --- |"
    for export, each in found.items():
        if each.refusal is not None:
            yield f"| {export} | | | | | | | | | | {_cell(each.refusal)} |"
        if each.broken is not None:
            yield f"| {export} | | | | | | | | | | {_cell(each.broken)} |"
        yield from (_row(export, run) for run in each.runs)


def _reasons(found: Mapping[str, Any], name: str, title: str) -> Iterator[str]:
    """Each reason with the number of exports that met it, the most frequent first."""
    counts = Counter(reason for each in found.values() for reason in each.all(name))
    if counts:
        yield f"\n## {title}\n\n| reason | exports |\n| --- | ---: |"
        yield from (f"| {_cell(reason)} | {count} |" for reason, count in counts.most_common())


def _row(export: str, run: Any) -> str:
    wrong = [
        *run.faults,
        *run.failures,
        *run.stopped,
        *run.refused,
        *(f"not simulated: {each}" for each in run.missing),
    ]
    cells = (
        *(export, run.topic, str(run.task_runs), _counts(run.actions), _counts(run.changes), str(run.webhooks)),
        *("yes" if run.quiet else "NO", str(run.calls), f"{run.points:g}", f"{run.seconds:.2f}"),
        "; ".join(_cell(each) for each in wrong),
    )
    return f"| {' | '.join(cells)} |"


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in found.items())


def _cell(text: str) -> str:
    """A text that breaks no table."""
    line = " ".join(text.split()).replace("|", "\\|")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
