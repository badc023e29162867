"""Sends webhooks over HTTP, from one thread, one at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

import httpx

from runner.simulator.webhooks import Delivery, Webhooks

TIMEOUT = 5.0
"""Seconds a receiver has (simulator.md 5)."""
_LOG = logging.getLogger(__name__)


class Courier:
    """Delivers what is due in ``webhooks()``, which is read anew each time since a reset replaces it.

    ``lock`` is the shop's: it is held while choosing and recording, never while sending.
    """

    def __init__(self, webhooks: Callable[[], Webhooks], lock: threading.RLock) -> None:
        self._webhooks = webhooks
        self._changed = threading.Condition(lock)
        self._stopping = False
        self._sending = False
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)
        self._thread = threading.Thread(target=self._run, name="simulator-courier", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the delivery under way, at most ``TIMEOUT`` seconds later."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        self._client.close()

    def poke(self) -> None:
        """Look again: something was queued, or the clock moved."""
        with self._changed:
            self._changed.notify_all()

    def drain(self, timeout: float) -> bool:
        """Wait until nothing is due; False when that took longer than ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(self._idle, timeout)

    def send(self, delivery: Delivery, headers: Mapping[str, str] | None = None) -> str:
        """One attempt: the status as text, or the name of what went wrong. Does not touch the queue."""
        try:
            reply = self._client.post(
                str(delivery.address), content=delivery.body.encode(), headers=dict(headers or delivery.headers)
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            _LOG.info("webhook %s to %s failed: %s", delivery.topic, delivery.address, error)
            return type(error).__name__
        return str(reply.status_code)

    def _idle(self) -> bool:
        wait = self._webhooks().seconds_to_next()
        return not self._sending and (wait is None or wait > 0)

    def _run(self) -> None:
        while True:
            with self._changed:
                delivery = self._next()
                if delivery is None:
                    return
                webhooks, self._sending = self._webhooks(), True
            answer = self.send(delivery)
            with self._changed:
                self._sending = False
                webhooks.settle(delivery, answer)
                self._changed.notify_all()

    def _next(self) -> Delivery | None:
        """Wait for a delivery that is due; None when stopping."""
        while not self._stopping:
            webhooks = self._webhooks()
            delivery = webhooks.due()
            if delivery is not None:
                return delivery
            wait = webhooks.seconds_to_next()
            self._changed.wait(wait if wait is not None and webhooks.clock.ticking else None)
        return None
