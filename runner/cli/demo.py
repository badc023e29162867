"""``runner demo``: a sale in a simulated store, and a task that keeps the other variants in sync."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from runner.cli.output import ExitCode, Output

if TYPE_CHECKING:
    from runner.cli.steps import Steps
    from runner.cli.target import Target
    from runner.engine.engine import Engine
    from runner.model.event import Event
    from runner.simulator.server import RunningShop

SEED = "prints"
TASK = "keep-inventory-levels-in-sync-within-products"
TOPIC = "inventory_levels/update"
SOLD = "HD-OAK"
PLACE = "Gallery"
_MOST_WEBHOOKS = 50
"""So many webhooks in a row mean that something loops."""


@dataclass(frozen=True, slots=True)
class Levels:
    """What is available of each variant of one product: a row a variant, a column a location, None: not stocked."""

    product: str
    locations: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[int | None, ...]], ...]
    """(variant, SKU, available at each location)"""

    @property
    def in_sync(self) -> bool:
        """True when every location has one number for all variants."""
        return all(len({row[2][at] for row in self.rows}) == 1 for at in range(len(self.locations)))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: SKU -> location -> available."""
        return {sku: dict(zip(self.locations, levels, strict=True)) for _, sku, levels in self.rows}


@click.command("demo")
@click.option("--verbose", is_flag=True, help="Show whole actions and logs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(verbose: bool, as_json: bool) -> int:
    """Watch a task keep a simulated store's inventory in sync.

    A store of limited prints starts on this machine; one framed print is sold. The store sends its webhooks over HTTP,
    as Shopify does; the task's actions become calls to the store's Admin API. Nothing outside this machine is touched.
    """
    from runner.cli.steps import Steps
    from runner.cli.target import simulated_target

    output = Output(as_json=as_json)
    shops: list[RunningShop] = []

    def origin(event: Event) -> str | None:
        return _origin(shops[0], event) if event.source == "shopify" and shops else None

    steps = Steps(output, verbose=verbose, origin=origin)
    with simulated_target(SEED, log=steps.called) as target:
        assert target.simulated is not None
        shops.append(target.simulated)
        before, after = _sell(output, target, target.simulated, steps)
        _finish(output, target.simulated, steps, before, after)
    return ExitCode.DONE if after.in_sync and not steps.tally.failed else ExitCode.FAILED


def _sell(output: Output, target: Target, shop: RunningShop, steps: Steps) -> tuple[Levels, Levels]:
    """The whole story; the levels before and after."""
    from runner.engine.engine import Engine
    from runner.engine.matching import EnabledTask
    from runner.project import load_task, shipped
    from runner.web.inbound import PATH, inbound
    from runner.web.serving import serving

    task = load_task(shipped("tasks") / f"{TASK}.json")
    enabled = EnabledTask.prepare(task, shop=target.record, clock=target.clock)
    engine = Engine(target.store, [enabled], shop=target.record, client=target.client, observer=steps.occurred)
    with serving(inbound(engine, secrets=[shop.secret], shop=shop.domain)) as address:
        shop.subscribe(TOPIC, address + PATH)
        output.say(f"{shop.domain} runs at {shop.url}; its webhooks go to {address}{PATH}")
        output.say(f"Task: {task.name}")
        before = levels(shop, SOLD)
        _table(output, before)
        shop.do("sell", sku=SOLD, location=PLACE, quantity=1)
        output.say(f"One {SOLD} is sold at {PLACE}: its own level falls, those of the other framings do not know.")
        _table(output, levels(shop, SOLD))
        _settle(output, shop, engine)
    return before, levels(shop, SOLD)


def _settle(output: Output, shop: RunningShop, engine: Engine) -> None:
    """Deliver each webhook and work off its event, until the store is quiet."""
    for _ in range(_MOST_WEBHOOKS):
        pending = shop.webhooks()["pending"]
        if not pending:
            return
        shop.deliver([pending[0]["number"]])
        engine.drain()
    output.note(f"Still not quiet after {_MOST_WEBHOOKS} webhooks.", style="red")


def _origin(shop: RunningShop, event: Event) -> str:
    """A webhook in words: which level it tells of."""
    data: dict[str, Any] = event.data if isinstance(event.data, dict) else {}
    objects = shop.state()["objects"]
    items = {_number(gid): fields.get("sku") for gid, fields in objects.get("InventoryItem", {}).items()}
    places = {_number(gid): fields.get("name") for gid, fields in objects.get("Location", {}).items()}
    item, location = int(data.get("inventory_item_id") or 0), int(data.get("location_id") or 0)
    return f"webhook: {items.get(item)} at {places.get(location)} is now {data.get('available')}"


def _number(gid: str) -> int:
    return int(gid.rsplit("/", 1)[-1].partition("?")[0])


def levels(shop: RunningShop, sku: str) -> Levels:
    """The levels of all variants of the product that ``sku`` belongs to."""
    objects = shop.state()["objects"]
    variants = objects["ProductVariant"]
    product = next(fields["product"] for fields in variants.values() if fields["sku"] == sku)
    places = {gid: fields["name"] for gid, fields in objects["Location"].items()}
    stock = {
        (fields["item"], fields["location"]): int(fields["_quantities"]["available"])
        for fields in objects["InventoryLevel"].values()
    }
    rows = tuple(
        (fields["title"], fields["sku"], tuple(stock.get((fields["inventoryItem"], place)) for place in places))
        for fields in variants.values()
        if fields["product"] == product
    )
    return Levels(objects["Product"][product]["title"], tuple(places.values()), rows)


def _table(output: Output, found: Levels) -> None:
    output.say()
    output.say(f"{found.product}, available:", style="bold")
    numbers = range(2, 2 + len(found.locations))
    rows = [(variant, sku, *("-" if n is None else str(n) for n in counts)) for variant, sku, counts in found.rows]
    output.table(("variant", "SKU", *found.locations), rows, numbers=tuple(numbers))
    output.say()


def _finish(output: Output, shop: RunningShop, steps: Steps, before: Levels, after: Levels) -> None:
    tally = steps.tally
    _table(output, after)
    verdict = "In sync" if after.in_sync else "NOT in sync"
    output.say(f"{verdict}.", style="green" if after.in_sync else "red")
    output.say(
        f"It took {tally.calls} calls and {tally.points:g} points. Of {tally.events} webhooks, {tally.quiet_runs} were "
        "echoes of the task's own writing, and ignored."
    )
    output.document(
        {
            "shop": shop.domain,
            "before": before.to_dict(),
            "after": after.to_dict(),
            "in_sync": after.in_sync,
            "events": steps.to_dict(),
            "totals": tally.to_dict() | {"echoes_ignored": tally.quiet_runs},
        }
    )
