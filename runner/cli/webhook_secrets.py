"""``runner webhooks secret``: addresses whose ending is a secret: what is posted there becomes an event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from runner.cli.grouping import CommandGroup
from runner.cli.output import Output
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.store import Store
    from runner.web.addresses import Address, Addresses

_WORD = {True: "enabled", False: "disabled"}


@click.group("secret", cls=CommandGroup)
def secret() -> None:
    """Make, list, rotate and disable addresses that others post to or read from.

    Whoever knows such an address may use it: what is posted becomes an event, or the value of one cache key is read.
    An address is printed once, when it is made or rotated.
    """


@secret.command("create")
@click.argument("topic", required=False)
@click.option("--cache", "key", metavar="KEY", help="Instead of a topic: let the value of this cache key be read.")
@click.option("--name", help="What the address is for; the topic, if not given.")
@click.option(
    "--mode",
    type=click.Choice(["auto", "full"]),
    default="auto",
    show_default=True,
    help="Data of the events: the parsed body and query, or the whole request.",
)
@click.option("--url", metavar="URL", help="Public address of `runner serve`; the one it last had, if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def create(*, topic: str | None, key: str | None, name: str | None, mode: str, url: str | None, as_json: bool) -> None:
    """Make an address, and print it.

    TOPIC is the topic of the events, such as user/form/submitted.
    """
    from runner.engine.ids import fresh_id
    from runner.web.addresses import CacheAddress, Hook

    output = Output(as_json=as_json)
    if (topic is None) == (key is None):
        raise InputError(
            "give either a topic or --cache",
            code="input.usage",
            hint="runner webhooks secret create user/form/submitted, or: … create --cache stock",
        )
    _check(url)
    made: Address = CacheAddress(fresh_id(), key) if key else Hook(fresh_id(), name or str(topic), str(topic), mode)
    ending = fresh_id()
    with _opened() as (store, addresses):
        addresses.open(made, ending)
        _tell(output, store, made, ending, url)


@secret.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """List the addresses, without their secret endings."""
    output = Output(as_json=as_json)
    with _opened() as (_, addresses):
        hooks, cached = addresses.hooks(), addresses.cache_addresses()
    rows = [(hook.id[:8], "webhook", hook.name, hook.topic, hook.mode, _WORD[hook.enabled]) for hook in hooks]
    rows += [(each.id[:8], "cache", each.key, "-", "-", _WORD[each.enabled]) for each in cached]
    if rows:
        output.table(("id", "kind", "name or key", "topic", "mode", "state"), rows)
    else:
        output.say("none yet: `runner webhooks secret create TOPIC`")
    output.document({"webhooks": [each.to_dict() for each in hooks], "cache": [each.to_dict() for each in cached]})


@secret.command("rotate")
@click.argument("start", metavar="ID")
@click.option("--url", metavar="URL", help="Public address of `runner serve`; the one it last had, if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def rotate(start: str, url: str | None, as_json: bool) -> None:
    """Give an address a new ending, and print it; the old one stops working at once."""
    from runner.engine.ids import fresh_id

    _check(url)
    ending = fresh_id()
    with _opened() as (store, addresses):
        found = addresses.find(start)
        addresses.rotate(found, ending)
        _tell(Output(as_json=as_json), store, found, ending, url)


@secret.command("disable")
@click.argument("start", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def disable(start: str, as_json: bool) -> None:
    """Drop what is posted to an address from now on; senders do not notice."""
    _switch(start, as_json, on=False)


@secret.command("enable")
@click.argument("start", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def enable(start: str, as_json: bool) -> None:
    """Let a disabled address work again."""
    _switch(start, as_json, on=True)


@secret.command("delete")
@click.argument("start", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def delete(start: str, as_json: bool) -> None:
    """Remove an address for good."""
    output = Output(as_json=as_json)
    with _opened() as (_, addresses):
        found = addresses.find(start)
        addresses.close(found)
    output.say(f"{found.id[:8]} is removed")
    output.document({"removed": found.to_dict()})


def _switch(start: str, as_json: bool, *, on: bool) -> None:
    output = Output(as_json=as_json)
    with _opened() as (_, addresses):
        found = addresses.switch(addresses.find(start), on=on)
    output.say(f"{found.id[:8]} is {_WORD[on]}")
    output.document({"address": found.to_dict()})


@contextmanager
def _opened() -> Iterator[tuple[Store, Addresses]]:
    from runner.cli.target import open_kept
    from runner.config import load_settings
    from runner.web.addresses import Addresses

    with open_kept(load_settings()) as store:
        yield store, Addresses(store)


def _check(url: str | None) -> None:
    """``ConfigError`` for a public address that is none, before anything is made at it."""
    from runner.web.guard import public_host

    if url is not None:
        public_host(url)


def _tell(output: Output, store: Store, address: Address, ending: str, url: str | None) -> None:
    """Print the address: alone on stdout, so that scripts can take it; everything else goes to stderr."""
    from runner.store.kept import KeptValues
    from runner.web.addresses import Hook

    base = url or KeptValues(store.database, "server").get("public")
    path = f"/{'webhooks' if isinstance(address, Hook) else 'cache'}/{ending}"
    whole = f"{base.rstrip('/')}{path}" if base else path
    output.say(whole)
    if not base:
        output.note("Put the public address of `runner serve` before it.")
    output.note(f"It is not shown again. To replace it: runner webhooks secret rotate {address.id[:8]}")
    output.document({"id": address.id, "address": whole, **address.to_dict()})
