"""A worker process for tests that stop and continue it: ``python -m tests.engine.queue.silent URL``.

Says ``begun`` when it has claimed a run, and ``sent`` where an action would be sent, if it may be.
"""

from __future__ import annotations

import os
import sys
from uuid import uuid4

from runner.engine.queue.durable import DurableQueue
from runner.engine.queue.limits import QueueLimits
from runner.model.run import RunState
from runner.store import Store

LIMITS = QueueLimits(worker=4, poll=0.02, heartbeat=1.0)
ENDED = 70


def main(url: str) -> None:
    """Works until stdin ends: each run takes a second between its claim and its sending."""
    with Store(url) as store:
        queue = DurableQueue(store, limits=LIMITS, end=lambda: os._exit(ENDED))

        def work(run_id: str, dispatch_no: int) -> None:
            with store.write() as tx:
                run = store.runs.claim(tx, run_id, dispatch_no, str(uuid4()))
            if run is None:
                return
            print("begun", flush=True)
            store.clock.sleep(1.0)
            if not queue.owns(run_id, dispatch_no):
                return
            print("sent", flush=True)
            with store.write() as tx:
                store.runs.end(tx, run, RunState.SUCCEEDED)

        queue.start(work)
        print("ready", flush=True)
        sys.stdin.read()
        queue.stop(grace=20)
        queue.close()


if __name__ == "__main__":
    main(sys.argv[1])
