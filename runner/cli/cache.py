"""``runner cache``: what tasks remember between runs."""

from __future__ import annotations

import json
from typing import Any

import click

from runner.cli.grouping import CommandGroup
from runner.cli.output import ExitCode, Output
from runner.errors import InputError

_LONGEST = 5_184_000
"""Sixty days in seconds: as long as the platform keeps a value."""


@click.group("cache", cls=CommandGroup)
def command() -> None:
    """List, read, set and delete values of the cache."""


@command.command("list")
@click.argument("start", metavar="[PREFIX]", default="")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(start: str, limit: int, as_json: bool) -> None:
    """List keys that begin with PREFIX, with their values and ends."""
    from runner.cli.moments import shown
    from runner.cli.operating import operating
    from runner.cli.output import brief
    from runner.clock import iso_utc

    output = Output(as_json=as_json)
    with operating() as it:
        found = it.store.cache.entries(it.domain, start, limit=limit + 1)
        rows = [
            (each.key, brief(each.value, compact=True, limit=60), shown(each.expires_at, it.zone))
            for each in found[:limit]
        ]
    if rows:
        output.table(("key", "value", "until"), rows)
    else:
        output.say("the cache holds no such key" if start else "the cache is empty")
    if len(found) > limit:
        output.note("There are more: give a PREFIX, or a greater --limit")
    entries = [{"key": each.key, "value": each.value, "expires_at": iso_utc(each.expires_at)} for each in found[:limit]]
    output.document({"cache": entries, "more": len(found) > limit})


@command.command("get")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def get(key: str, as_json: bool) -> int:
    """Print the value of KEY as JSON. Exit code 1 when there is none."""
    from runner.cli.operating import operating

    output = Output(as_json=as_json)
    with operating() as it:
        found = it.store.cache.entry(it.domain, key)
    if found is None:
        output.note(f'the cache holds no "{key}"')
        output.document({"key": key, "found": False})
        return ExitCode.FAILED
    output.say(json.dumps(found.value, ensure_ascii=False))
    output.document({"key": key, "found": True, "value": found.value})
    return ExitCode.DONE


@command.command("set")
@click.argument("key")
@click.argument("value", metavar="JSON")
@click.option(
    "--ttl", type=click.IntRange(1, _LONGEST), default=_LONGEST, show_default=True, help="Seconds to keep it."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def set_(key: str, value: str, ttl: int, as_json: bool) -> None:
    """Keep a value under KEY: JSON, so that text needs quotes."""
    from runner.cli.operating import accepting

    output = Output(as_json=as_json)
    try:
        parsed: Any = json.loads(value)
    except ValueError as fault:
        raise InputError(
            f"the value is not JSON: {fault}",
            code="input.json",
            hint=f"text is written with quotes: '\"{value[:20]}\"'",
        ) from fault
    with accepting() as it:
        it.store.cache.put(it.domain, key, parsed, ttl)
    output.say(f"{key} is set")
    output.document({"key": key, "value": parsed, "ttl": ttl})


@command.command("delete")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def delete(keys: tuple[str, ...], as_json: bool) -> None:
    """Delete keys."""
    from runner.cli.operating import operating

    output = Output(as_json=as_json)
    with operating() as it, it.store.write() as transaction:
        writer = it.store.cache.writer(transaction, it.domain)
        gone = [key for key in keys if writer.delete(key)]
    output.say(f"{len(gone)} key(s) deleted")
    output.document({"deleted": gone})


@command.command("clear")
@click.argument("start", metavar="[PREFIX]", default="")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def clear(start: str, yes: bool, as_json: bool) -> None:
    """Delete every key that begins with PREFIX; without one, the whole cache."""
    from runner.cli.operating import confirm, operating

    output = Output(as_json=as_json)
    with operating() as it:
        number = len(it.store.cache.entries(it.domain, start))
        if number:
            confirm(output, f"Delete {number} key(s) of the cache?", yes=yes)
        gone = it.store.cache.clear(it.domain, start) if number else 0
    output.say(f"{gone} key(s) deleted")
    output.document({"deleted": gone})
