"""A server beside the shop that counts what reaches it: what was posted twice shows here, whatever our records say."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """``url`` takes posts of ``{"order": n}``. ``counts`` says how often each order came.

    ``lost`` is the share of posts that are taken, and whose reply is never sent: the sender cannot know. An answer
    takes ``seconds``.
    """

    def __init__(self, lost: float, seed: int, seconds: float = 0) -> None:
        self.counts: Counter[int] = Counter()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        receiver = self

        class Requests(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if receiver.take(int(body["order"])) < lost:
                    self.close_connection = True
                    return
                time.sleep(seconds)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/orders"

    def take(self, order: int) -> float:
        """Count a post; the number that decides whether it is answered."""
        with self._lock:
            self.counts[order] += 1
            return self._chance.random()

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def receiving(*, lost: float, seed: int, seconds: float = 0) -> Iterator[Receiver]:
    """A receiver, for as long as the block lasts."""
    receiver = Receiver(lost, seed, seconds)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()
