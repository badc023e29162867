"""Looking into a simulated shop and meddling with it: what ``/_sim/…`` does, and what tests call directly.

Both ways end in the same methods, each of which holds the shop's lock. All arguments and results are JSON.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from runner.clock import iso_utc
from runner.errors import InputError
from runner.shopify.schema import DEFAULT_VERSION, load
from runner.simulator.courier import Courier
from runner.simulator.rest.body import arguments as shaped_arguments
from runner.simulator.seed import Seed, Seeds
from runner.simulator.shop import SimulatedShop
from runner.simulator.verbs import VERBS
from runner.simulator.webhooks import State, enum_topic


class Control:
    """The control side of one shop."""

    def __init__(self, shop: SimulatedShop, courier: Courier, seeds: Seeds | None = None) -> None:
        self.shop = shop
        self.courier = courier
        self.seeds = seeds or Seeds()

    def about(self) -> dict[str, Any]:
        """What is being simulated."""
        with self.shop.lock:
            return {
                "seed": self.shop.seed.name,
                "shop": self.shop.seed.domain,
                "api_version": DEFAULT_VERSION,
                "strict": self.shop.options.strict,
                "clock": self.clock(),
                "last_change": self.shop.graph.changes[-1].sequence if self.shop.graph.changes else 0,
                "objects": {name: self.shop.graph.count(name) for name in self.shop.graph.types()},
                "verbs": sorted(VERBS),
            }

    def verbs(self) -> dict[str, str]:
        """Every verb of ``do``, with what it does and takes."""
        return {name: inspect.getdoc(verb) or "" for name, verb in sorted(VERBS.items())}

    def state(self, kind: str | None = None) -> dict[str, Any]:
        """Every object, or those of one type: ``{"clock", "objects": {type: {gid: fields}}}``.

        ``InputError`` for a type that the shop has no object of.
        """
        with self.shop.lock:
            graph = self.shop.graph
            kinds = graph.types()
            if kind is not None and kind not in kinds:
                close = get_close_matches(kind, kinds, n=1)
                hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(kinds))}"
                raise InputError(f"the shop has no object of type {kind!r}", hint=hint)
            wanted = kinds if kind is None else [kind]
            objects = {name: {node.id: dict(node.fields) for node in graph.of_type(name)} for name in wanted}
            return {"clock": iso_utc(self.shop.clock.now()), "objects": objects}

    def changes(self, since: int = 0) -> list[dict[str, Any]]:
        """The changes after number ``since``, with before, after, cause and time."""
        with self.shop.lock:
            return [change.to_dict() for change in self.shop.graph.changes if change.sequence > since]

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """The calls after number ``since``, with cost, outcome, guesses and faults."""
        with self.shop.lock:
            return [record.to_dict() for record in self.shop.requests if record.number > since]

    def do(self, verb: str, arguments: Mapping[str, Any] | None = None, /, **more: Any) -> Any:
        """Let a shopper or the staff do something: ``shop.do("sell", sku="HD-OAK", location="Workshop")``.

        ``InputError`` for an unknown verb or what cannot be done.
        """
        call = VERBS.get(verb)
        if call is None:
            close = get_close_matches(verb, VERBS, n=1)
            raise InputError(
                f"there is no verb {verb!r}",
                hint=f"did you mean {close[0]!r}?" if close else f"verbs: {', '.join(sorted(VERBS))}",
            )
        wanted = shaped_arguments({**(arguments or {}), **more})
        with self.shop.lock:
            self.shop.number += 1
            before = len(self.shop.graph.changes)
            context = self.shop.context(f"do/{verb}")
            with self.shop.graph.caused_by(context.cause), self.shop.graph.transaction():
                answer = call(context, wanted)
            self.shop.after_call(before)
        return answer

    def reset(self, seed: str | Path | Mapping[str, Any] | Seed | None = None) -> dict[str, Any]:
        """Start anew, from the seed it had or another one."""
        self.shop.reset(None if seed is None else self.seeds.load(seed))
        self.courier.poke()
        return self.about()

    # time

    def clock(self) -> dict[str, Any]:
        """The shop's time, and whether it moves by itself."""
        return {"now": iso_utc(self.shop.clock.now()), "ticking": self.shop.clock.ticking}

    def advance(self, seconds: float) -> dict[str, Any]:
        """Move the clock on; what becomes due is sent."""
        with self.shop.lock:
            self.shop.clock.advance(seconds)
            self.shop.webhooks.clock_moved()
            self.shop.save()
        return self.clock()

    def set_clock(self, moment: datetime) -> dict[str, Any]:
        """Set the clock to an aware moment."""
        with self.shop.lock:
            self.shop.clock.set(moment)
            self.shop.webhooks.clock_moved()
            self.shop.save()
        return self.clock()

    # faults

    def faults(self) -> list[dict[str, Any]]:
        """The faults that are set, with their hits."""
        with self.shop.lock:
            return [fault.to_dict() for fault in self.shop.faults.rules]

    def add_fault(self, wanted: Mapping[str, Any] | None = None, /, **more: Any) -> list[dict[str, Any]]:
        """Set a fault (``faults.py``): ``shop.add_fault(kind="lost_reply", operation="inventoryAdjust", count=1)``."""
        with self.shop.lock:
            return [fault.to_dict() for fault in self.shop.faults.add({**(wanted or {}), **more})]

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        with self.shop.lock:
            self.shop.faults.clear()

    # webhooks

    def subscriptions(self) -> list[dict[str, Any]]:
        """Who gets which webhooks."""
        with self.shop.lock:
            return [{"id": node.id, **node.fields} for node in self.shop.graph.of_type("WebhookSubscription")]

    def subscribe(self, topic: str, address: str | None = None, include_fields: Iterable[str] = ()) -> dict[str, Any]:
        """Subscribe ``address`` to ``inventory_levels/update``; without one, deliveries wait to be taken."""
        name = enum_topic(topic)
        known = load(DEFAULT_VERSION).enum_values("WebhookSubscriptionTopic")
        if name not in known:
            close = get_close_matches(name, known, n=1)
            raise InputError(
                f"there is no webhook topic {topic!r}", hint=f"did you mean {close[0].lower()!r}?" if close else None
            )
        with self.shop.lock, self.shop.graph.caused_by("subscriptions"):
            now = self.shop.graph.now()
            fields = {
                "topic": name,
                "uri": address,
                "format": "JSON",
                "filter": None,
                "includeFields": list(include_fields),
                "metafieldNamespaces": [],
                "createdAt": now,
                "updatedAt": now,
            }
            before = len(self.shop.graph.changes)
            node = self.shop.graph.create("WebhookSubscription", fields)
            self.shop.after_call(before)
            return {"id": node.id, **node.fields}

    def unsubscribe(self, subscription: str | None = None) -> None:
        """End one subscription, or all of them."""
        with self.shop.lock, self.shop.graph.caused_by("subscriptions"):
            before = len(self.shop.graph.changes)
            for node in self.shop.graph.of_type("WebhookSubscription"):
                if subscription in (None, node.id):
                    self.shop.graph.delete(node.id)
            self.shop.after_call(before)

    def webhooks(self) -> dict[str, Any]:
        """``{"hold", "pending", "finished"}``, each delivery with headers and payload."""
        with self.shop.lock:
            queue = self.shop.webhooks
            return {
                "hold": queue.hold,
                "pending": [delivery.to_dict() for delivery in queue.pending.values()],
                "finished": [delivery.to_dict() for delivery in queue.finished],
            }

    def hold(self, hold: bool = True) -> None:
        """Hold all webhooks back, or let them go."""
        with self.shop.lock:
            self.shop.webhooks.set_hold(hold)
            self.shop.save()

    def take(self, numbers: Iterable[int] | None = None) -> list[dict[str, Any]]:
        """Collect deliveries instead of receiving them; they count as delivered."""
        with self.shop.lock:
            taken = self.shop.webhooks.take(numbers)
            self.shop.save()
        return taken

    def deliver(self, numbers: Iterable[int] | None = None, bad_signature: bool = False) -> list[dict[str, Any]]:
        """Send pending webhooks now, in the order given; a number given twice is sent twice. Waits for the answers."""
        with self.shop.lock:
            queue = self.shop.webhooks
            wanted = list(queue.pending) if numbers is None else list(numbers)
            chosen = [queue.find(number) for number in wanted]
            for delivery in chosen:
                if delivery.address is None:
                    raise InputError(f"webhook {delivery.number} has no address", hint="take it: /_sim/webhooks/take")
                delivery.state = State.SENDING
        sent = []
        for delivery in chosen:
            with self.shop.lock:
                headers = queue.forge_signature(delivery) if bad_signature else None
            answer = self.courier.send(delivery, headers)
            with self.shop.lock:
                queue.settle(delivery, answer)
            sent.append({"number": delivery.number, "id": delivery.id, "answer": answer})
        return sent

    def drain(self, timeout: float = 10.0) -> bool:
        """Wait until no webhook is due; False when that took longer than ``timeout`` real seconds."""
        return self.courier.drain(timeout)
