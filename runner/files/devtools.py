"""A Chromium process, and the DevTools protocol over two pipes: JSON messages that end with a zero byte."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from runner.errors import ActionError
from runner.network import Deadline

_FLAGS = (
    *("--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--no-default-browser-check", "--disable-extensions", "--disable-sync", "--disable-background-networking"),
    *("--disable-component-update", "--disable-default-apps", "--mute-audio", "--hide-scrollbars"),
    # The browser must not connect to anything by itself, whatever a page tries: names lead nowhere, addresses to a
    # proxy that is not there, and calls from browser to browser have no other way.
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>"),
    *("--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--disable-quic", "--dns-prefetch-disable"),
)
_CHUNK = 1 << 20


class Devtools:
    """Calls and events of one browser. ``session`` is the page that calls are about, None for the browser itself.

    ``on_event`` is told each event while a call waits for its answer.
    """

    def __init__(self, read: int, write: int, deadline: Deadline, where: str) -> None:
        self._read = read
        self._write = write
        self._deadline = deadline
        self._where = where
        self._rest = bytearray()
        self._last = 0
        self._answers: dict[int, Mapping[str, Any]] = {}
        self.session: str | None = None
        self.on_event: Callable[[str, Mapping[str, Any]], None] = lambda method, params: None

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The answer to a call. Raises ActionError when it is refused or does not come in time."""
        number = self.tell(method, params or {})
        self.wait(lambda: number in self._answers)
        answer = self._answers.pop(number)
        if "error" in answer:
            raise broken(self._where, f"{method}: {answer['error'].get('message')}")
        found: Mapping[str, Any] = answer["result"]
        return found

    def tell(self, method: str, params: Mapping[str, Any]) -> int:
        """Send a call without waiting for its answer; its number."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self.session is not None:
            message["sessionId"] = self.session
        self._send(json.dumps(message).encode() + b"\0")
        return self._last

    def wait(self, until: Callable[[], bool]) -> None:
        """Take in what the browser says until ``until`` holds."""
        while not until():
            for message in self._messages():
                self._take(message)

    def _take(self, message: Mapping[str, Any]) -> None:
        if "id" in message:
            self._answers[message["id"]] = message
        elif "method" in message:
            self.on_event(message["method"], message.get("params") or {})

    def _messages(self) -> list[Mapping[str, Any]]:
        self._ready([self._read], [])
        chunk = os.read(self._read, _CHUNK)
        if not chunk:
            raise broken(self._where, "it ended by itself")
        self._rest += chunk
        *whole, rest = self._rest.split(b"\0")
        self._rest = bytearray(rest)
        return [json.loads(text) for text in whole]

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            readable, _ = self._ready([self._read], [self._write])
            if readable:
                # Both sides may have much to say: read on, or both would wait for the other.
                chunk = os.read(self._read, _CHUNK)
                if not chunk:
                    raise broken(self._where, "it ended by itself")
                self._rest += chunk
            else:
                try:
                    view = view[os.write(self._write, view) :]
                except BrokenPipeError as fault:
                    raise broken(self._where, "it ended by itself") from fault

    def _ready(self, reads: list[int], writes: list[int]) -> tuple[list[int], list[int]]:
        left = self._deadline.left()
        found: tuple[list[int], list[int], list[int]] = ([], [], [])
        if left > 0:
            found = select.select(reads, writes, [], left)
        if not found[0] and not found[1]:
            raise ActionError(
                f'the file "{self._where}": its page was not done in time',
                hint="A script may never end, or what the page shows take too long to load.",
                code="files.pdf",
            )
        return found[0], found[1]


@contextmanager
def browser_at_work(program: Path, profile: Path, seconds: float, where: str) -> Iterator[Devtools]:
    """A Chromium with an empty ``profile``, which is gone with all of its processes when the block is left."""
    from_us, to_browser = _pipe()
    from_browser, to_us = _pipe()
    try:
        process = _started(program, [*_FLAGS, f"--user-data-dir={profile}", *_sandbox()], profile, (from_us, to_us))
    except OSError as fault:
        os.close(to_browser)
        os.close(from_browser)
        raise broken(where, str(fault)) from fault
    finally:
        os.close(from_us)
        os.close(to_us)
    os.set_blocking(to_browser, False)
    try:
        yield Devtools(from_browser, to_browser, Deadline(seconds), where)
    finally:
        os.close(to_browser)
        os.close(from_browser)
        _end(process)


def _pipe() -> tuple[int, int]:
    """(reading end, writing end), their numbers beyond those that the browser's ends get in its process."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


def _started(program: Path, flags: list[str], home: Path, pipes: tuple[int, int]) -> int:
    """The id of the process, which leads a group of its own. Chromium wants its ends of the pipes as 3 and 4."""
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    ends = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(pipes, start=3)]
    # Nothing of ours: the environment may hold secrets.
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(home)}
    words = [str(program), *flags]
    return os.posix_spawn(words[0], words, environment, file_actions=[*nowhere, *ends], setpgroup=0)


def _sandbox() -> tuple[str, ...]:
    """Chromium refuses to start as root with its sandbox, as in many containers."""
    return ("--no-sandbox",) if os.geteuid() == 0 else ()


def _end(process: int) -> None:
    """The browser and its children are a group of their own."""
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)


def broken(where: str, what: str) -> ActionError:
    """The error for a browser that does not work."""
    return ActionError(
        f'the file "{where}": Chromium cannot print its page: {what}',
        hint="Try `chromium --headless --dump-dom about:blank` as the user that runs this.",
        code="files.browser",
        transient=True,
    )
