"""The engine as it runs in a simulated store: what actions would send to others is made and thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, Protocol

from runner.actions.base import ShopClient
from runner.engine.engine import Engine
from runner.engine.matching import EnabledTask
from runner.engine.observe import Observer
from runner.engine.rendering import Render
from runner.liquid.render import render as render_task
from runner.model.shop_values import ShopValues
from runner.outbox import NoOutbox, kept_types
from runner.services import quiet_services
from runner.store import Store


class Surroundings(Protocol):
    """The store that the engine works in, as ``Stage`` has it: its REST shop record, and who calls it."""

    @property
    def record(self) -> Mapping[str, Any]: ...

    @property
    def client(self) -> ShopClient: ...


def live_engine(
    store: Store,
    tasks: Iterable[EnabledTask],
    around: Surroundings,
    *,
    observer: Observer,
    render: Render = render_task,
    values: ShopValues | None = None,
) -> Engine:
    """An engine that takes steps when told to, with ids that are the same each time. Its clock is that of ``store``."""
    numbers = count(1)
    return Engine(
        store,
        tasks,
        shop=around.record,
        client=around.client,
        ids=lambda: f"id-{next(numbers)}",
        observer=observer,
        render=render,
        values=values,
        action_types=kept_types(NoOutbox()),
        services=quiet_services(shop=around.record, clock=store.clock),
    )
