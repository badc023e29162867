"""What the receiving addresses share: where events go, counts, log lines, and memory for bodies."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from runner.errors import RunnerError, StoreError
from runner.model.event import Event
from runner.web.complaints import Complaints
from runner.web.counts import Counts
from runner.web.requests import RETRY_AFTER, Refused, Room


class Intake(Protocol):
    """What takes events in: the engine."""

    def accept(self, event: Event, *, dedupe: str | None = None) -> str | None:
        """Keep ``event`` durably and return its id; None when ``dedupe`` was seen before."""


@dataclass(slots=True)
class Desk:
    """``elapsed`` gives seconds; ``log`` is where lines about requests go."""

    intake: Intake
    counts: Counts
    elapsed: Callable[[], float]
    log: logging.Logger
    room: Room = field(default_factory=Room)
    complaints: Complaints = field(init=False)

    def __post_init__(self) -> None:
        self.complaints = Complaints(self.log, self.elapsed)

    def keep(self, event: Event, *, dedupe: str | None = None) -> bool:
        """Keep ``event``; False for a repeat. Raises ``Refused``, 503, when the database does not take it.

        The sender then tries again: an event is never answered with success before it is kept.
        """
        try:
            kept = self.intake.accept(event, dedupe=dedupe)
        except RunnerError as fault:
            raise self.put_off(fault) from fault
        self.complaints.well()
        return kept is not None

    def put_off(self, fault: RunnerError) -> Refused:
        """What a request gets that ``fault`` kept from being done, which is logged."""
        self.complaints.trouble(f"requests are answered 503, to be sent again: {fault}{_hint(fault)}")
        reason = "store" if isinstance(fault, StoreError) else "fault"
        return Refused(reason, 503, "it could not be kept; send it again", again=RETRY_AFTER)

    def refuse(self, address: str, refusal: Refused, words: str | None = None) -> Refused:
        """Count ``refusal``, and log it with ``words`` where they are given."""
        self.counts.add(address, f"refused:{refusal.reason}")
        if words is not None:
            self.complaints.refused(f"{address} {refusal.reason}", words)
        return refusal


def _hint(fault: RunnerError) -> str:
    return f" ({fault.hint})" if fault.hint else ""
