"""Figures in the text form that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runner.web.counts import Counts

MEDIA_TYPE = "text/plain; version=0.0.4"

_GAUGES = (
    ("due", "Runs whose time has come and that nobody has begun."),
    ("later", "Runs that wait for their time."),
    ("lag_seconds", "Seconds that the oldest due run has waited."),
    ("events", "Events kept."),
)


def metrics(
    status: Mapping[str, Any],
    runs: Iterable[tuple[str, str, int]],
    counts: Counts,
    gauges: Mapping[str, tuple[str, float | None]],
) -> str:
    """The whole text. ``runs`` are (kind, state, number); ``gauges`` further ones: name -> (help, value).

    A gauge without a value is left out: nothing is known yet.
    """
    lines = _head("runs", "gauge", "Runs kept, by kind and state.")
    lines += [_line("runs", number, kind=kind, state=state) for kind, state, number in runs]
    for name, about in _GAUGES:
        lines += [*_head(name, "gauge", about), _line(name, status[name])]
    for name, (about, value) in gauges.items():
        if value is not None:
            lines += [*_head(name, "gauge", about), _line(name, value)]
    lines += _head("intake_total", "counter", "Requests received since the start, by address and what became of them.")
    lines += [_line("intake_total", number, address=a, outcome=o) for a, o, number in counts.rows()]
    return "\n".join(lines) + "\n"


def _head(name: str, kind: str, about: str) -> list[str]:
    return [f"# HELP runner_{name} {about}", f"# TYPE runner_{name} {kind}"]


def _line(name: str, value: float, **labels: str) -> str:
    shown = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"runner_{name}{{{shown}}} {value:g}" if shown else f"runner_{name} {value:g}"
