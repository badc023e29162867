"""``runner shop state``, ``changes``, ``do``, ``clock``, ``faults``: looking into a served store, and meddling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from runner.cli.output import Output, brief
from runner.cli.served import Served, assignments, served, url_option
from runner.errors import InputError

_NAMES = ("title", "name", "displayName", "sku", "email", "handle", "key", "code", "topic")
"""Fields that name an object to people, the best first."""
_WIDTH = 76
"""Characters of a value in a line."""


@click.command("state")
@click.argument("what", metavar="[TYPE or ID]", default="")
@url_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def state(what: str, url: str | None, as_json: bool) -> None:
    """Show what a served store holds: how many objects, those of a TYPE such as Product, or one by its ID.

    An ID is a gid, or a type and a number such as Product/80000001. With --json the objects are printed whole.
    """
    output = Output(as_json=as_json)
    store = served(url)
    kind, slash, _ = what.removeprefix("gid://shopify/").partition("/")
    found = store.get("state", type=kind or None)
    objects: dict[str, dict[str, dict[str, Any]]] = found["objects"]
    if slash:
        found["objects"] = _one(output, objects[kind], what)
    elif kind:
        output.table(("id", "name"), [(_short(gid), _name(fields)) for gid, fields in objects[kind].items()])
    else:
        rows = [(name, str(len(nodes))) for name, nodes in sorted(objects.items()) if nodes]
        output.table(("type", "objects"), rows, numbers=(1,))
        output.say(f"{store.url}, whose clock says {found['clock']}")
    output.document(found)


def _one(output: Output, nodes: Mapping[str, dict[str, Any]], what: str) -> dict[str, Any]:
    """The object that ``what`` names, shown; ``InputError`` when there is none."""
    for gid, fields in nodes.items():
        if what in (gid, _short(gid), gid.partition("?")[0], _short(gid).partition("?")[0]):
            for name, value in fields.items():
                output.say(f"{name}: {brief(value, compact=True)}")
            return {gid.split("/")[3]: {gid: fields}}
    first = _short(next(iter(nodes)))
    raise InputError(f"the shop has no object {what}", hint=f"`runner shop state {first.split('/')[0]}` lists them")


def _name(fields: Mapping[str, Any]) -> str:
    """What tells an object from others of its type."""
    found = [str(fields[name]) for name in _NAMES if fields.get(name)]
    return ", ".join(found[:2]) or brief(
        {name: value for name, value in fields.items() if value}, compact=True, limit=60
    )


def _short(gid: str) -> str:
    """``Product/80000001`` of a gid."""
    return gid.removeprefix("gid://shopify/")


@click.command("changes")
@click.option("--since", type=click.IntRange(0), default=0, show_default=True, help="Only those after this number.")
@url_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def changes(since: int, url: str | None, as_json: bool) -> None:
    """Show every change in a served store: when, what caused it, which object, which fields from what to what."""
    output = Output(as_json=as_json)
    found = served(url).get("changes", since=since)
    if not found:
        output.say(f"no changes after number {since}" if since else "no changes yet")
    cause = ""
    for change in found:
        if change["cause"] != cause:
            cause = change["cause"]
            output.say(f"{change['time']}  {cause}", style="cyan")
        for line in change_lines(change):
            output.say(line)
    output.document({"changes": found})


def change_lines(change: Mapping[str, Any]) -> list[str]:
    """A change in lines: its number, object and kind, then the fields that people care for."""
    head = f"  {change['sequence']:>4}  {change['operation']} {_short(str(change['id']))}"
    before, after = change.get("before") or {}, change.get("after") or {}
    if change["operation"] != "update":
        named = _name(after or before)
        return [f"{head}  {named}"]
    moved = [name for name in dict.fromkeys((*before, *after)) if name not in ("updatedAt", "_times")]
    return [head, *(f"        {name}: {_turn(before.get(name), after.get(name))}" for name in moved)]


def _turn(before: Any, after: Any) -> str:
    """From what to what; of mappings only what differs."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
        return ", ".join(f"{key} {_turn(before.get(key), after.get(key))}" for key in keys)
    return f"{brief(before, compact=True, limit=_WIDTH)} -> {brief(after, compact=True, limit=_WIDTH)}"


@click.command("do")
@click.argument("verb", default="")
@click.argument("words", nargs=-1, metavar="[NAME=VALUE]...")
@url_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def do(verb: str, words: tuple[str, ...], url: str | None, as_json: bool) -> None:
    """Let a shopper or the staff do something in a served store; without VERB, list what they can do.

    A VALUE is text, or JSON: `runner shop do sell sku=HD-OAK location=Gallery quantity=2`.
    """
    output = Output(as_json=as_json)
    store = served(url)
    if not verb:
        verbs = store.get("do")
        for name, words_of in verbs.items():
            output.say(name, style="bold")
            output.say("\n".join(f"  {line}".rstrip() for line in words_of.replace("``", "").splitlines()))
        output.document({"verbs": verbs})
        return
    last = _last_change(store)
    answer = store.post(f"do/{verb}", assignments(words))
    made = store.get("changes", since=last)
    for change in made:
        for line in change_lines(change):
            output.say(line)
    if not made:
        output.say("done; nothing in the store has changed")
    output.document({"answer": answer, "changes": made})


def _last_change(store: Served) -> int:
    """The number of the last change."""
    return int(store.get("")["last_change"])


@click.command("clock")
@click.option("--advance", metavar="AGE", help="Move it forward by 90s, 15m, 2h, 3d or 2w; what becomes due is sent.")
@click.option("--set", "moment", metavar="TIME", help="Set it, also back: 2026-03-02T10:00:00-05:00; else it is UTC.")
@url_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def clock(advance: str | None, moment: str | None, url: str | None, as_json: bool) -> None:
    """Show or move the clock of a served store."""
    from runner.cli.moments import parse_age

    if advance is not None and moment is not None:
        raise InputError("--advance and --set exclude each other", code="input.usage", hint="give one of them")
    output = Output(as_json=as_json)
    store = served(url)
    if advance is not None:
        found = store.post("clock", {"advance": parse_age(advance, "--advance").total_seconds()})
    elif moment is not None:
        found = store.post("clock", {"set": moment})
    else:
        found = store.get("clock")
    output.say(f"{found['now']}, {'ticking' if found['ticking'] else 'standing still'}")
    output.document(found)


@click.command("faults")
@click.argument("kind", default="")
@click.argument("words", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--clear", is_flag=True, help="Nothing goes wrong any more.")
@url_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def faults(kind: str, words: tuple[str, ...], clear: bool, url: str | None, as_json: bool) -> None:
    """Show what goes wrong in a served store, or let a KIND of fault happen: `runner docs simulator` lists them.

    `runner shop faults lost_reply operation=tagsAdd count=1` loses one reply, `runner shop faults chaos probability=0.1
    seed=7` mixes them.
    """
    if clear and kind:
        raise InputError("--clear goes without a fault", code="input.usage", hint="clear first, then set new ones")
    output = Output(as_json=as_json)
    store = served(url)
    if clear:
        store.delete("faults")
    elif kind:
        store.post("faults", {"profile" if kind == "chaos" else "kind": kind, **assignments(words)})
    found = store.get("faults")
    for fault in found:
        more = {name: value for name, value in fault.items() if name not in ("kind", "hits")}
        told = ", ".join(f"{name} {brief(value, compact=True)}" for name, value in more.items())
        output.say(f"{fault['kind']}{f' ({told})' if told else ''}: happened {fault['hits']} time(s)")
    if not found:
        output.say("nothing goes wrong on purpose")
    output.document({"faults": found})
