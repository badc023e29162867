"""The processes that ``durable.py`` measures: ``python tests/bench/durable_process.py ROLE URL …``.

``work``: the engine on the durable queue. ``bare``: a workflow of DBOS that does the same in steps of its own, without
any record of ours. ``serve``: intake over HTTP alone. Each says ``ready``, and ends when its stdin does.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from runner.actions import ACTION_TYPES  # noqa: E402  after the path above
from runner.actions.base import ActionType, Outcome, Tools  # noqa: E402
from runner.engine.engine import Engine  # noqa: E402
from runner.engine.matching import EnabledTask  # noqa: E402
from runner.engine.queue.durable import DurableQueue  # noqa: E402
from runner.engine.queue.limits import QueueLimits  # noqa: E402
from runner.model.json import JSON  # noqa: E402
from runner.model.task import Task  # noqa: E402
from runner.store import Store  # noqa: E402

TOPIC = "shopify/orders/create"
SHOPS = 50
SECRET = "bench"


class WaitAction(ActionType):
    """``{"seconds": 0.05}``: stands for a call to another server."""

    name = "wait"
    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "properties": {"seconds": {"type": "number"}}}

    def validate(self, options: JSON) -> Any:
        """The seconds."""
        return options["seconds"] if isinstance(options, dict) else 0

    def perform(self, options: Any, tools: Tools) -> Outcome:
        """Wait."""
        tools.clock.sleep(options)
        return Outcome(ok=True)

    def summary(self, options: JSON) -> str:
        """One line."""
        return "wait"


def rounds(count: int) -> str:
    """Liquid that does ``count`` rounds of a loop."""
    return f"{{% for i in (1..{count}) %}}{{% assign x = i | times: 2 | plus: 1 %}}{{% endfor %}}" if count else ""


def task(loops: int = 0, seconds: float = 0) -> EnabledTask:
    """Two actions for each event after ``loops`` rounds of a loop, each of which takes ``seconds`` outside, if any."""
    action = f'{{% action "wait", seconds: {seconds} %}}' if seconds else '{% action "cache", "set", "k", 1 %}'
    script = rounds(loops) + action * 2
    document = {"name": "bench", "script": script, "subscriptions_template": TOPIC, "options": {}}
    return EnabledTask.prepare(Task.from_json(json.dumps(document)))


def shop(number: int) -> dict[str, str]:
    """The record of one of the shops."""
    return {"myshopify_domain": f"shop{number % SHOPS}.myshopify.com", "iana_timezone": "UTC"}


def engine_on(store: Store, queue: DurableQueue, number: int = 0, *, loops: int = 0, seconds: float = 0) -> Engine:
    """An engine of one of the shops on ``queue``, with the task of ``loops`` and ``seconds``."""
    types = {**ACTION_TYPES, "wait": WaitAction()}
    return Engine(store, [task(loops, seconds)], shop=shop(number), action_types=types, queue=queue)


def work(url: str, poll: str, loops: str, seconds: str, synchronous: str) -> None:
    """Work off what there is, for any shop."""
    with Store(url, synchronous=synchronous) as store:
        queue = DurableQueue(store, limits=QueueLimits(poll=float(poll)))
        engine = engine_on(store, queue, loops=int(loops), seconds=float(seconds))
        engine.start()
        wait_for_end()
        engine.stop(20)
        queue.close()


def serve(url: str) -> None:
    """Receive webhooks, and keep them."""
    from runner.web.counts import Counts
    from runner.web.guard import Bucket
    from runner.web.inbound import PATH, guarded, inbound
    from runner.web.serving import serving

    with Store(url) as store:
        queue = DurableQueue(store)
        engine = engine_on(store, queue)
        counts = Counts()
        app = inbound(engine, secrets=[SECRET], shop=shop(0)["myshopify_domain"], counts=counts)
        outer = guarded(app, hosts=["127.0.0.1"], bucket=Bucket(1e9, 1e9, lambda: 0.0), counts=counts)
        with serving(outer, port=0) as address:
            print(address + PATH, flush=True)
            wait_for_end(say=False)
        queue.close()


def bare(url: str, poll: str) -> None:
    """A workflow with three steps, which render nothing and do nothing, on the same settings."""
    from dbos import DBOS

    from tests.bench.durable_bare import launch

    launch(url, str(uuid4()), float(poll))
    wait_for_end()
    DBOS.destroy()


def wait_for_end(*, say: bool = True) -> None:
    """Until stdin ends."""
    if say:
        print("ready", flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    ended.wait()


if __name__ == "__main__":
    {"work": work, "serve": serve, "bare": bare}[sys.argv[1]](*sys.argv[2:])
