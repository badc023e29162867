"""A worker process for tests that kill it: ``python -m tests.engine.queue.worker URL``; its stdin keeps it alive."""

from __future__ import annotations

import sys
from uuid import uuid4

from runner.engine.queue.durable import DurableQueue
from runner.engine.queue.limits import QueueLimits
from runner.model.run import RunState
from runner.store import Store

LIMITS = QueueLimits(worker=4, poll=0.02, heartbeat=5.0)


def main(url: str) -> None:
    """Works until stdin ends: each run takes a tenth of a second between its claim and its end."""
    with Store(url) as store:

        def work(run_id: str, dispatch_no: int) -> None:
            with store.write() as tx:
                run = store.runs.claim(tx, run_id, dispatch_no, str(uuid4()))
            if run is None:
                return
            store.clock.sleep(0.1)
            with store.write() as tx:
                store.runs.end(tx, run, RunState.SUCCEEDED)

        queue = DurableQueue(store, limits=LIMITS)
        queue.start(work)
        print("ready", flush=True)
        sys.stdin.read()
        queue.stop(grace=20)
        queue.close()


if __name__ == "__main__":
    main(sys.argv[1])
