"""Events in files: exported and imported as JSON lines, captured as samples and cases of tests."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from runner.cli.output import Output
from runner.errors import InputError, Where

if TYPE_CHECKING:
    from runner.cli.operating import Operating
    from runner.store import Wanted
    from runner.store.archive import Archive

_PART = 200
"""Lines that are kept in one transaction."""


def export(output: Output, it: Operating, wanted: Wanted, path: str) -> None:
    """Write the events that fit to ``path``, one JSON document a line; ``-``: standard output."""
    from runner.store.archive import Archive

    archive = Archive(it.store.database, it.store.clock)
    number = 0
    with _writing(path) as stream:
        for record in archive.records(wanted):
            stream.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
            number += 1
    output.note(f"{number} event(s) written{'' if path == '-' else f' to {path}'}")
    if path != "-":
        output.document({"events": number, "file": path})


@contextmanager
def _writing(path: str) -> Iterator[TextIO]:
    """The file, which appears whole or not at all; errors in our words."""
    if path == "-":
        yield sys.stdout
        return
    from runner.whole_files import whole_file

    with whole_file(Path(path)) as made:
        stream = io.TextIOWrapper(made, encoding="utf-8", newline="\n")
        yield stream
        stream.flush()
        stream.detach()


def import_lines(output: Output, it: Operating, path: str, *, run: bool) -> None:
    """Keep the events of a file that are not there yet: as history, or with ``run`` as events to be worked on."""
    from runner.store.archive import Archive

    archive = Archive(it.store.database, it.store.clock)
    engine = it.engine() if run else None
    new = known = 0
    part: list[tuple[int, dict[str, Any]]] = []

    def flush() -> None:
        nonlocal new, known
        if engine is None:
            kept = _keep(archive, it, part, path)
        else:
            kept = sum(_accept(engine, record, path, line) for line, record in part)
        new, known = new + kept, known + len(part) - kept
        part.clear()

    for line, record in _records(path, it):
        part.append((line, record))
        if len(part) >= _PART:
            flush()
    flush()
    output.say(f"{new} event(s) {'accepted' if run else 'imported'}, {known} known already")
    output.document({"imported": new, "known": known, "run": run})


def _keep(archive: Archive, it: Operating, part: list[tuple[int, dict[str, Any]]], path: str) -> int:
    kept = 0
    with it.store.write() as transaction:
        for line, record in part:
            try:
                kept += archive.keep(transaction, record)
            except InputError as fault:
                where = Where(file=path, line=line)
                raise InputError(fault.message, code=fault.code, where=where, hint=fault.hint or _FORM) from fault
    return kept


def _accept(engine: Any, record: Mapping[str, Any], path: str, line: int) -> bool:
    """Hand an event of a file to the engine; False when it is there already."""
    from runner.model.event import Event

    given = record["event"]
    targets = given.get("targets")
    event = Event(
        given["topic"],
        given.get("data"),
        id=given["id"],
        created_at=given.get("created_at"),
        source=given.get("source"),
        shopify_topic=given.get("shopify_topic"),
        targets=None if targets is None else frozenset(targets),
    )
    try:
        return engine.accept(event, dedupe=given.get("dedupe")) is not None
    except InputError as fault:
        raise InputError(fault.message, code=fault.code, where=Where(file=path, line=line), hint=fault.hint) from fault


_FORM = 'a line is what `runner events export` writes, or an event such as {"topic": "user/a/b", "data": 1}'


def _records(path: str, it: Operating) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, record) of each line that is not blank. ``InputError`` with the line for one that is no event."""
    from runner.cli.inputs import read_bytes

    for number, text in enumerate(read_bytes(path, "file of events").splitlines(), start=1):
        if not text.strip():
            continue
        where = Where(file=path, line=number)
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as fault:
            raise InputError(_not_json(fault), code="input.json", where=where, hint=_FORM) from fault
        if isinstance(found, dict) and isinstance(found.get("topic"), str):
            found = _from_bare(found, text, it)
        event = found.get("event") if isinstance(found, dict) else None
        if (
            not isinstance(event, dict)
            or not isinstance(event.get("topic"), str)
            or not isinstance(event.get("id"), str)
        ):
            raise InputError("the line holds no event", code="input.event", where=where, hint=_FORM)
        yield number, found


def _not_json(fault: Exception) -> str:
    match fault:
        case UnicodeDecodeError():
            return f"the line is not UTF-8 (byte {fault.start})"
        case json.JSONDecodeError():
            return f"the line is not JSON: {fault.msg}, column {fault.colno}"
        case _:
            return "the line is nested too deep"


def _from_bare(found: dict[str, Any], text: bytes, it: Operating) -> dict[str, Any]:
    """A record of an event that stands alone: the same line is the same event."""
    from runner.actions.base import derived_id
    from runner.clock import iso_utc

    now = found.get("created_at") or iso_utc(it.store.clock.now())
    event_id = found.get("id") or derived_id("import", text.decode("utf-8", "replace").strip())
    native = found["topic"] if found["topic"].startswith("shopify/") else None
    given = {"shop": it.domain, "shopify_topic": native, "run_at": now, **found}
    return {"event": given | {"id": event_id, "created_at": now}, "runs": []}
