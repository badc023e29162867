"""Keeps a shop's state across restarts: one file of JSON lines, appended to after every call that changed something.

The first line is the state when the file was last written whole; each further line is what one call changed: objects
put
and deleted, the clock, pending webhooks, and the modules' notes. Opening applies the lines and writes the file whole
again. A last line cut short by a crash is the one call that is lost. SQLite would be one more place with SQL for no
gain:
there is one writer and nothing is ever queried (style.md 4.9).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.clock import iso_utc
from runner.errors import ConfigError
from runner.simulator.clock import VirtualClock
from runner.simulator.graph import Graph
from runner.simulator.webhooks import Webhooks

FORMAT = 1


class StateFile:
    """The file of one shop, made from one seed."""

    def __init__(self, path: Path, seed_name: str) -> None:
        self.path = path
        self.seed_name = seed_name
        self._saved_changes = 0
        self._saved: tuple[Any, ...] = ()

    def restore(self, graph: Graph, clock: VirtualClock, webhooks: Webhooks) -> int | None:
        """Load what the file holds into a shop made from the seed. Returns the number of the last call, None when there
        is no file yet.

        ``ConfigError`` when it is not ours, or of another seed.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise self._refusal("is not UTF-8") from error
        except OSError as error:
            raise self._refusal(f"cannot be read: {error.strerror}") from error
        lines = text.split("\n")
        complete, torn = lines[:-1], lines[-1]
        try:
            rows = [json.loads(line) for line in complete]
        except (ValueError, RecursionError) as error:
            raise self._refusal(f"is damaged: {error}") from error
        if not rows or not isinstance(rows[0], dict) or rows[0].get("format") != FORMAT:
            raise self._refusal("is not the state of a simulated shop" + (" (it is cut short)" if torn else ""))
        if rows[0]["seed"] != self.seed_name:
            raise self._refusal(f"holds a shop made from the seed {rows[0]['seed']!r}, not {self.seed_name!r}")
        _apply(rows, graph, clock, webhooks)
        return int(rows[-1]["calls"])

    def write(self, graph: Graph, clock: VirtualClock, webhooks: Webhooks, calls: int) -> None:
        """Write the file whole; ``calls`` is the number of the last call."""
        first = {
            "format": FORMAT,
            "seed": self.seed_name,
            "graph": graph.dump(),
            "clock": iso_utc(clock.now()),
            "webhooks": webhooks.dump(),
            "calls": calls,
        }
        beside = self.path.with_name(self.path.name + ".new")
        try:
            beside.write_text(_line(first), encoding="utf-8")
            os.replace(beside, self.path)
        except OSError as error:
            raise self._refusal(f"cannot be written: {error.strerror}") from error
        self._saved_changes = len(graph.changes)
        self._saved = _position(graph, clock, webhooks)

    def append(self, graph: Graph, clock: VirtualClock, webhooks: Webhooks, calls: int) -> None:
        """Add what has changed since the last time, if anything: objects, the time of a still clock, keys, webhooks."""
        position = _position(graph, clock, webhooks)
        if position == self._saved:
            return
        touched = list(dict.fromkeys(change.id for change in graph.changes[self._saved_changes :]))
        nodes = {node_id: graph.get(node_id) for node_id in touched}
        row = {
            "put": [{"type": node.type, "id": node.id, "fields": node.fields} for node in nodes.values() if node],
            "deleted": [node_id for node_id, node in nodes.items() if node is None],
            **graph.dump_rest(),
            "clock": iso_utc(clock.now()),
            "webhooks": webhooks.dump(),
            "calls": calls,
        }
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(_line(row))
        except OSError as error:
            raise self._refusal(f"cannot be written: {error.strerror}") from error
        self._saved_changes = len(graph.changes)
        self._saved = position

    def _refusal(self, message: str) -> ConfigError:
        return ConfigError(
            f"the state file {self.path} {message}",
            hint="give another path with --state, or remove the file to start from the seed",
            code="simulator.state",
        )


def _position(graph: Graph, clock: VirtualClock, webhooks: Webhooks) -> tuple[Any, ...]:
    """What is another one whenever there is something to save."""
    moment = None if clock.ticking else clock.now()
    return graph.last_change, moment, graph.noted, webhooks.hold, tuple(webhooks.pending)


def _apply(rows: list[Mapping[str, Any]], graph: Graph, clock: VirtualClock, webhooks: Webhooks) -> None:
    state = dict(rows[0]["graph"])
    nodes = {row["id"]: row for row in state["nodes"]}
    last = rows[-1]
    for row in rows[1:]:
        for node in row["put"]:
            nodes[node["id"]] = node
        for node_id in row["deleted"]:
            nodes.pop(node_id, None)
        state.update({name: row[name] for name in ("counters", "changes", "notes")})
    state["nodes"] = list(nodes.values())
    graph.load(state)
    clock.set(datetime.fromisoformat(last["clock"]))
    webhooks.load(last["webhooks"])


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
