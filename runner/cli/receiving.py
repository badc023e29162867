"""Mail that `runner serve` receives: the mailbox it looks into, the address where mail may be posted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from runner.errors import ConfigError, RunnerError

if TYPE_CHECKING:
    from runner.cli.target import Target
    from runner.config import Settings
    from runner.engine.engine import Engine
    from runner.mail.imap import MailboxReader
    from runner.mail.inbox import Inbox
    from runner.web.mail_hook import MailAddress

LONGEST = 600.0
"""Seconds between two looks at most, while they fail."""
_PATIENCE = 5.0
"""Seconds that stopping waits for a look under way; it may be cut off at any point without harm."""

_log = logging.getLogger(__name__)


class MailWatch:
    """Calls ``look`` every ``seconds`` while the block lasts; less often while that fails, which is logged."""

    def __init__(self, look: Callable[[], int], seconds: float) -> None:
        self._look = look
        self._seconds = seconds
        self._said = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="runner-mailbox", daemon=True)

    def __enter__(self) -> MailWatch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(_PATIENCE)

    def _go_on(self) -> None:
        wait = self._seconds
        while True:
            wait = self._seconds if self._looked() else min(wait * 2, max(LONGEST, self._seconds))
            if self._stopping.wait(wait):
                return

    def _looked(self) -> bool:
        """Whether the mailbox could be read. What went wrong is logged when it is not what went wrong before."""
        words = ""
        try:
            taken = self._look()
        except RunnerError as fault:
            words = f"the mailbox cannot be read: {fault}" + (f" ({fault.hint})" if fault.hint else "")
            if words != self._said:
                _log.error("%s", words)
        except Exception as fault:  # noqa: BLE001  a fault of ours must not end the only thread that reads mail
            words = f"the mailbox cannot be read, for a fault of ours: {type(fault).__name__}"
            if words != self._said:
                _log.exception("%s", words)
        else:
            if self._said:
                _log.warning("the mailbox can be read again")
            if taken:
                _log.info("%s mail(s) received", taken)
        self._said = words
        return not words


def mailbox(settings: Settings) -> Inbox | None:
    """The mailbox of the settings, None when they name none. Raises ConfigError for one without a login."""
    if settings.email_inbox is None:
        return None
    from runner.mail.inbox import read_inbox

    user = settings.email_inbox_user or settings.email_user
    password = settings.email_inbox_password or settings.email_password
    if user is None or password is None:
        raise ConfigError(
            f"email_inbox is set, and its {'user' if user is None else 'password'} is not",
            hint="set email_inbox_user and RUNNER_EMAIL_INBOX_PASSWORD, or those of email_server",
        )
    return read_inbox(settings.email_inbox, user, password)


@contextmanager
def receiving(settings: Settings, target: Target, engine: Engine) -> Iterator[None]:
    """Takes new mail of the mailbox in, if there is one, while the block lasts."""
    inbox = mailbox(settings)
    if inbox is None:
        yield
        return
    with MailWatch(_reader(settings, inbox, target, engine).look, float(settings.email_poll)):
        yield


def _reader(settings: Settings, inbox: Inbox, target: Target, engine: Engine) -> MailboxReader:
    from runner.mail.imap import MailboxReader
    from runner.services import load_network
    from runner.store.kept import KeptValues

    return MailboxReader(
        inbox,
        load_network(settings),
        engine.accept,
        KeptValues(target.store.database, "mailbox"),
        target.clock,
        own=own_addresses(settings),
    )


def mail_address(settings: Settings) -> MailAddress | None:
    """Where mail may be posted; None when the settings have no secret for that."""
    if settings.email_hook_secret is None:
        return None
    from runner.web.mail_hook import MailAddress

    return MailAddress(settings.email_hook_secret, own_addresses(settings))


def own_addresses(settings: Settings) -> frozenset[str]:
    """The addresses that tasks send from, in lower case."""
    from runner.mail.addresses import read_mailbox

    sender = read_mailbox(settings.email_from or "")
    return frozenset() if sender is None else frozenset({sender.address.lower()})
