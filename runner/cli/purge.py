"""``runner purge``: what the database holds of a person, or for too long, leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runner.cli.output import ExitCode, Output
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.cli.operating import Operating
    from runner.store import Subject

_SHOWN = 20


@click.command("purge")
@click.option("--customer", metavar="ID", multiple=True, help="The number of a customer; may be repeated.")
@click.option("--order", metavar="ID", multiple=True, help="The number of an order; may be repeated.")
@click.option("--email", metavar="ADDRESS", multiple=True, help="An address of mail; may be repeated.")
@click.option("--phone", metavar="NUMBER", multiple=True, help="A telephone number, as it is written; may be repeated.")
@click.option(
    "--request", metavar="EVENT", help="Whom this event of Shopify asks about: customers/redact and the like."
)
@click.option("--older-than", metavar="AGE", help="Instead: everything that was complete so long ago: 36h, 30d.")
@click.option("--pending", is_flag=True, help="Cancel what still waits, to delete that as well.")
@click.option("--dry-run", is_flag=True, help="Tell what is there, and delete nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *,
    customer: tuple[str, ...],
    order: tuple[str, ...],
    email: tuple[str, ...],
    phone: tuple[str, ...],
    request: str | None,
    older_than: str | None,
    pending: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Delete what is kept of a customer, or for too long.

    Looks through data, actions, results, errors and the cache. Events that hold it lose their data and runs; that they
    happened stays known. Copies elsewhere are not reached: exports, captured samples, backups, the log of the server.

    With --request, does what Shopify asked for by webhook: customers/redact deletes, customers/data_request tells what
    is there, shop/redact deletes everything of the shop.

    Exit code: 0 all of it is gone, 1 something is still being worked on and was left.
    """
    from runner.cli.operating import operating
    from runner.store import Subject

    output = Output(as_json=as_json)
    subject = Subject(ids=(*customer, *order), texts=(*email, *phone))
    if sum((subject != Subject(), request is not None, older_than is not None)) != 1:
        raise InputError(
            "say what to delete: a person's data, a --request, or --older-than",
            code="input.usage",
            hint="runner purge --email ann@example.com --dry-run",
        )
    with operating() as it:
        if older_than is not None:
            return _old(output, it, older_than, dry_run=dry_run, yes=yes)
        if request is not None:
            return _asked(output, it, request, dry_run=dry_run, yes=yes)
        return _person(output, it, subject, pending=pending, dry_run=dry_run, yes=yes)


def _old(output: Output, it: Operating, age: str, *, dry_run: bool, yes: bool) -> int:
    from runner.cli.moments import parse_age
    from runner.cli.operating import confirm
    from runner.engine.operations.retention import prune
    from runner.store import Wanted

    before = it.store.clock.now() - parse_age(age, "--older-than")
    number = it.store.search.count_events(Wanted(until=before))
    if dry_run:
        output.say(f"{number} event(s) came before that; those that are complete since then would be deleted")
        output.document({"events": number, "dry_run": True})
        return ExitCode.DONE
    if number:
        confirm(output, f"Delete what is complete of {number} event(s)?", yes=yes)
    done = prune(it.store, before)
    output.say(f"{done.events} event(s) deleted, the data and runs of {done.cleared} more")
    output.document({"deleted": done.events, "cleared": done.cleared})
    return ExitCode.DONE


def _asked(output: Output, it: Operating, start: str, *, dry_run: bool, yes: bool) -> int:
    """What a webhook asks for, by its event."""
    from runner.cli.operating import confirm
    from runner.engine.operations.purging import (
        COMPLIANCE_TOPICS,
        CUSTOMER_DATA,
        SHOP_REDACT,
        erase_everything,
        subject_of,
    )
    from runner.store import Wanted

    row = it.store.events.get(it.event(start))
    assert row is not None, "its id was just found"
    topic = row.event.topic.removeprefix("shopify/")
    if topic not in COMPLIANCE_TOPICS or not isinstance(row.event.data, dict):
        raise InputError(
            f"the event {row.event.id} ({row.event.topic}) asks for nothing to be deleted",
            code="input.event",
            hint=f"such events are {', '.join(COMPLIANCE_TOPICS)}",
        )
    asked_of = Wanted(events=(str(row.event.id),), shop=it.domain)
    if not it.store.search.count_events(asked_of):
        raise InputError(
            f"the event {row.event.id} is of another shop in this database than {it.domain or 'the one set'}",
            code="input.event",
            hint="set SHOPIFY_SHOP, or `shop:`, to the shop that the request is about",
        )
    if topic != SHOP_REDACT:
        telling = dry_run or topic == CUSTOMER_DATA
        subject = subject_of(row.event.data)
        return _person(output, it, subject, pending=True, dry_run=telling, yes=yes, shop=it.domain)
    number = it.store.search.count_events(Wanted(shop=it.domain))
    if dry_run:
        output.say(f"{number} event(s), all there are of the shop, and its whole cache would be deleted")
        output.document({"events": number, "dry_run": True})
        return ExitCode.DONE
    confirm(output, f"Delete all {number} event(s) and the whole cache of {it.domain or 'the shop'}?", yes=yes)
    done = erase_everything(it.store, it.queue, it.domain)
    output.say(f"{done} event(s) and the cache are deleted")
    output.document({"deleted": done})
    return ExitCode.DONE


def _person(
    output: Output,
    it: Operating,
    subject: Subject,
    *,
    pending: bool,
    dry_run: bool,
    yes: bool,
    shop: str | None = None,
) -> int:
    from runner.cli.operating import confirm
    from runner.engine.operations.purging import find, purge

    held = find(it.store, subject, shop=shop)
    words = f"{len(held.events) + len(held.pending)} event(s) and {len(held.cache)} cache key(s)"
    if dry_run or not (held.events or held.pending or held.cache):
        output.say(f"{words} hold it")
        for event_id in (*held.events, *held.pending)[:_SHOWN]:
            output.say(
                f"  runner events show {event_id[:8]}{' (still being worked on)' if event_id in held.pending else ''}"
            )
        output.document({**held.to_dict(), "dry_run": dry_run})
        return ExitCode.DONE
    confirm(output, f"Delete the data of {words}?", yes=yes)
    erased, left = purge(it.store, it.queue, subject, pending=pending, shop=shop)
    output.say(f"the data and runs of {len(erased.events)} event(s) and {len(erased.cache)} cache key(s) are deleted")
    if left.pending:
        output.note(f"{len(left.pending)} event(s) are still being worked on, and were left", style="yellow")
        output.note("Hint: purge again later, or with --pending, which cancels what waits")
    output.document({**erased.to_dict(), "left": list(left.pending)})
    return ExitCode.FAILED if left.pending else ExitCode.DONE
