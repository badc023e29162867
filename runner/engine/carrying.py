"""The actions that one dispatch performs, from before the first to after the last (durability.md 5.3).

Each commit ends an action and begins the next: what leaves for the outside is marked as sent in the same commit that
ended its predecessor. Local actions take no commit of their own at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from runner.actions.base import Outcome, derived_id
from runner.actions.cache import CacheAction
from runner.engine.crew import Crew, Flight, LostClaim, Step
from runner.engine.observe import ActionStarted
from runner.engine.perform import Prepared
from runner.engine.queue.port import PRIORITY
from runner.model.event import Event
from runner.model.run import CHUNK, Run, RunKind, RunState
from runner.store import Transaction, begun_run

HOLD = timedelta(seconds=1)
"""How long an Event action waits for cache actions of its run that other jobs perform, before it looks again."""
AFTER_CACHE = "after_cache"
"""Key in the payload of an Event action: its run writes the cache too, which comes first (engine.md 4.1)."""


class Carriage:
    """The actions ``waiting``, in rendered order, that the claimed ``job`` carries: a task run's first ones, or those
    that go with a dispatched action. That action itself comes first among them, begun already, unless it has ended.

    ``job`` is a task run that has just succeeded, or an action run. ``sequence``: strictly one after the other. Errors
    of the database pass through ``begin`` and ``go_on``: then the job is open still, and is taken up again.
    """

    def __init__(self, crew: Crew, job: Run, event: Event, waiting: Iterable[Run], *, sequence: bool) -> None:
        self._crew = crew
        self._job = job
        self._event = event
        self._waiting = list(waiting)
        self._flying: set[str] = set()
        self._own_again: datetime | None = None
        self._lock = threading.Lock()
        self._is_task = job.kind is RunKind.TASK
        self._sequence = sequence
        self._width = 1 if self._sequence else crew.width

    # --- commits -------------------------------------------------------------------------------------------------

    def plan(self, ended: Flight | None = None) -> list[tuple[Run, Prepared]]:
        """What the next commit may do and begin, checked; to be done outside any transaction."""
        if self._crew.queue.is_stopping:
            return []
        room = self._width - len(self._flying) + (ended is not None)
        remaining = list(self._waiting)
        planned: list[tuple[Run, Prepared]] = []
        while remaining and room > 0:
            run = _first(remaining)
            prepared = self._prepared(run)
            remaining.remove(run)
            planned.append((run, prepared))
            room -= prepared.leaves and prepared.put_off is None
        return planned

    def plan_first(self) -> list[tuple[Run, Prepared]]:
        """The same for runs that are not kept yet: those that nothing holds are to be kept as begun (``waiting``)."""
        planned: list[tuple[Run, Prepared]] = []
        for run, prepared in self.plan():
            free = (not self._sequence or not planned) and prepared.put_off is None
            free = free and not (run.payload or {}).get(AFTER_CACHE)
            if free and self._crew.performer.foregone(run, prepared, begun=False) is None:
                begun = begun_run(run, self._job, self._crew.clock.now(), sent=prepared.leaves)
                self._waiting[self._waiting.index(run)] = begun
                planned.append((begun, prepared))
            else:
                planned.append((run, prepared))
        return planned

    @property
    def waiting(self) -> Sequence[Run]:
        """What has not been planned, ended or dispatched otherwise, in rendered order."""
        return tuple(self._waiting)

    def step(
        self,
        transaction: Transaction,
        planned: Sequence[tuple[Run, Prepared]],
        ended: tuple[Flight, Outcome] | None = None,
    ) -> Step:
        """Record how an action ended, do the local ones that are ``planned``, begin the others. Changes nothing here.

        Raises LostClaim, with which the transaction must not be committed.
        """
        step = Step(list(self._waiting), set(self._flying), self._own_again)
        if ended is not None:
            flight, outcome = ended
            step.flying.discard(flight.run.id)
            self._settle(transaction, step, flight.run, flight.prepared, outcome, dry=flight.prepared.is_dry)
        for run, prepared in planned:
            if step.cut:
                break
            if not self._held(transaction, step, run, prepared.put_off):
                self._begin(transaction, step, run, prepared)
        if not step.flying and not step.is_over and (step.cut or not step.waiting or self._crew.queue.is_stopping):
            self._close(transaction, step)
        return step

    def take(self, step: Step) -> list[Flight]:
        """Go on from a committed ``step``; what is under way outside by it, to be performed by ``go_on``."""
        self._waiting = [] if step.cut else step.waiting
        self._flying = step.flying
        self._own_again = step.own_again
        return step.flights

    def begin(self) -> list[Flight]:
        """The first commit, for a job that has made none together with others. Raises StoreError."""
        return self._commit(None)

    def go_on(self, flights: Sequence[Flight]) -> None:
        """Perform what is under way and all that follows. Raises StoreError."""
        faults: list[BaseException] = []
        threads: list[threading.Thread] = []

        def lane(first: Flight) -> None:
            try:
                self._fly(first, spread)
            except BaseException as error:  # noqa: BLE001  raised again in the thread of the job
                faults.append(error)

        def spread(others: Sequence[Flight]) -> None:
            for other in others:
                threads.append(threading.Thread(target=lane, args=(other,), daemon=True))
                threads[-1].start()

        if flights:
            spread(flights[1:])
            lane(flights[0])
        for thread in threads:  # grows while it is gone through
            thread.join()
        if faults:
            raise faults[0]

    def give_up(self, outcome: Outcome) -> None:
        """End what was under way, or comes first, as failed by ``outcome``, and let the rest go on anew."""
        begun = [run for run in self._waiting if run.claim is not None] or self._waiting[:1]

        def record(transaction: Transaction) -> Step:
            step = Step(list(self._waiting), set(), None)
            for run in begun:
                step.waiting.remove(run)
                current = run
                if run.id != self._job.id:
                    found = self._crew.store.runs.begin(transaction, run, self._job, sent=False)
                    if found is None:
                        continue
                    current = found
                self._settle(transaction, step, current, self._crew.performer.prepare(run), outcome)
            if not step.is_over:
                self._close(transaction, step, again=bool(step.waiting) and not step.cut)
            return step

        self._tell(self._crew.queue.accept(record))

    # --- inside --------------------------------------------------------------------------------------------------

    def _fly(self, first: Flight, spread: Callable[[Sequence[Flight]], None]) -> None:
        flights = [first]
        while flights:
            flight, *others = flights
            spread(others)
            self._crew.holding.pause_action(flight.prepared.type)
            if not self._crew.queue.owns(self._job.id, self._job.dispatch_no):
                return  # whoever has the run now finds it begun, and decides what that means
            outcome = self._crew.performer.perform(flight.run, self._event, flight.prepared)
            flights = self._commit((flight, outcome))

    def _commit(self, ended: tuple[Flight, Outcome] | None) -> list[Flight]:
        """Plan, commit, tell; the flights that begin. None of them when the claim is lost."""
        with self._lock:
            planned = self.plan(None if ended is None else ended[0])
            try:
                step = self._crew.queue.accept(lambda tx: self.step(tx, planned, ended), patient=True)
            except LostClaim:
                self._waiting = []
                return []
            flights = self.take(step)
        self._tell(step)
        return flights

    def _tell(self, step: Step) -> None:
        for occurrence in step.told:
            self._crew.tell(occurrence)

    def _begin(self, transaction: Transaction, step: Step, run: Run, prepared: Prepared) -> None:
        step.waiting.remove(run)
        begun = self._begun(transaction, run, prepared)
        if begun is None:
            return
        attempt, foregone = begun
        if prepared.type is not None and prepared.outcome is None:
            summary = prepared.type.summary(prepared.action.options)
            step.told.append(ActionStarted(self._event, attempt, prepared.action, summary))
        if foregone is None and prepared.leaves:
            step.flights.append(Flight(attempt, prepared))
            step.flying.add(run.id)
            return
        dry = foregone is not None and foregone.ok
        if foregone is None:
            foregone = self._crew.performer.perform_local(transaction, attempt, self._event, prepared)
        self._settle(transaction, step, attempt, prepared, foregone, dry=dry)

    def _begun(self, transaction: Transaction, run: Run, prepared: Prepared) -> tuple[Run, Outcome | None] | None:
        """The run with its attempt begun, and how that ends if nothing is performed; None: it is not ours to begin."""
        store, performer = self._crew.store, self._crew.performer
        if run.state is RunState.STARTED and run.claim == self._job.claim and run.id != self._job.id:
            return run, None
        own = run.id == self._job.id
        foregone = performer.foregone(run, prepared, begun=own)
        sent = foregone is None and prepared.leaves
        if own:
            if sent and not store.runs.mark_sent(transaction, run, idem_key=run.id):
                return None
            return (replace(run, sent_at=self._crew.clock.now()) if sent else run), foregone
        begun = store.runs.begin(transaction, run, self._job, sent=sent)
        if begun is not None:
            return begun, foregone
        current = store.runs.get(run.id, within=transaction)
        if current is None or current.state.final or current.job_open:
            return None
        if current.attempt == run.attempt:
            return None  # the claim of the job is lost; what ended before may still be written
        # Begun by a process wrongly thought dead, since this job read it: it is judged by what that one left.
        return self._begun(transaction, current, prepared)

    def _settle(
        self,
        transaction: Transaction,
        step: Step,
        run: Run,
        prepared: Prepared,
        outcome: Outcome,
        *,
        dry: bool = False,
    ) -> None:
        """Record the end of an attempt, and what it means for the others."""
        own = run.id == self._job.id
        still_open = own and bool(step.waiting or step.flying)
        settled = self._crew.ending.settle(
            transaction,
            run,
            self._event,
            prepared.action,
            outcome,
            type=prepared.type,
            dry=dry,
            still_open=still_open,
        )
        if not settled.told:
            raise LostClaim
        step.told += settled.told
        if own and not still_open:
            step.is_over = True
        if settled.again is not None and own and still_open:
            step.own_again = settled.again
        if self._sequence and (settled.halted or settled.again is not None):
            step.cut = True
        elif step.is_over and self._sequence:
            self._next_chunk(transaction)

    def _prepared(self, run: Run) -> Prepared:
        """The checked action, put off while the shop's budgets are spent; not once it has begun in this job."""
        prepared = self._crew.performer.prepare(run)
        if not prepared.leaves or (run.state is RunState.STARTED and run.id != self._job.id):
            return prepared
        return replace(prepared, put_off=self._crew.holding.action_until(prepared.type))

    def _after_cache(self, transaction: Transaction, run: Run) -> datetime | None:
        """When to look again at an Event action that waits for cache actions performed elsewhere, or later."""
        if not (run.payload or {}).get(AFTER_CACHE):
            return None
        siblings = self._crew.store.runs.children(run.parent_id or "", within=transaction)
        pending = [each for each in siblings if _writes_cache(each) and not each.state.final]
        if not pending:
            return None
        return max([self._crew.clock.now(), *(each.run_at for each in pending if each.run_at is not None)]) + HOLD

    def _held(self, transaction: Transaction, step: Step, run: Run, put_off: datetime | None) -> bool:
        """Whether the action may not be begun yet: then it is dispatched by itself, with what follows in a sequence."""
        at = put_off or self._after_cache(transaction, run)
        if at is None:
            return False
        runs = self._crew.store.runs
        step.waiting.remove(run)
        step.cut = self._sequence
        if run.id != self._job.id:
            self._crew.queue.dispatch(transaction, run.id, at=at, priority=PRIORITY[RunKind.ACTION])
        elif not runs.put_back(transaction, run, at):
            raise LostClaim
        else:
            step.own_again = at
        return True

    def _close(self, transaction: Transaction, step: Step, *, again: bool = False) -> None:
        """The end of the job: of what it carried, everything has ended or waits under a dispatch of its own."""
        step.is_over = True
        handed = again or (bool(step.waiting) and not step.cut)
        at = None if handed else step.own_again
        dispatched = handed or at is not None
        if not self._crew.store.runs.close(transaction, self._job, still_open=dispatched):
            return
        if dispatched:
            self._crew.queue.dispatch(transaction, self._job.id, at=at, priority=PRIORITY[RunKind.ACTION])
        if handed:
            step.waiting.clear()
        elif self._sequence and not step.cut:
            self._next_chunk(transaction)

    def _next_chunk(self, transaction: Transaction) -> None:
        """Of a sequence, dispatch what follows this chunk, if anything does."""
        first = 0 if self._is_task else self._job.seq
        parent = self._job.id if self._is_task else self._job.parent_id or ""
        leader = action_id(parent, (first // CHUNK + 1) * CHUNK)
        self._crew.queue.dispatch(transaction, leader, priority=PRIORITY[RunKind.ACTION])


def action_id(task_run_id: str, seq: int) -> str:
    """The id of the action run that a task run's action number ``seq``, from 0 on, becomes."""
    return derived_id(task_run_id, "action", str(seq))


def leads(job: Run) -> bool:
    """Whether the dispatch of the action run ``job`` may stand for other actions too."""
    return job.sequence or (job.seq > 0 and job.seq % CHUNK == 0)


def carried(job: Run, runs: Iterable[Run]) -> list[Run]:
    """Those of a task run's action ``runs``, in rendered order, that the dispatch of ``job`` performs, itself first.

    A task run carries its first chunk; the first action of a later chunk, the rest of that; any action of a sequence,
    what follows it in its chunk. Others were dispatched by themselves, for another attempt, and carry nothing.
    """
    if job.kind is RunKind.TASK:
        first, last = 0, CHUNK
    elif leads(job):
        first, last = job.seq + 1, (job.seq // CHUNK + 1) * CHUNK
    else:
        first, last = 0, 0
    own = [] if job.kind is RunKind.TASK or job.state.final else [job]
    others = [run for run in runs if first <= run.seq < last and not run.state.final and not run.job_open]
    return own + others


def _first(remaining: Sequence[Run]) -> Run:
    """The next in rendered order; Event actions let the cache actions of their run go first."""
    if (remaining[0].payload or {}).get(AFTER_CACHE):
        return next((run for run in remaining if _writes_cache(run)), remaining[0])
    return remaining[0]


def _writes_cache(run: Run) -> bool:
    return bool((run.payload or {}).get("type") == CacheAction.name)


class ActionJob:
    """An action run that was dispatched by itself, with those that go with it."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew

    def work(self, run: Run, event: Event) -> None:
        """Perform and record, from a claimed ``run`` on. Raises StoreError; LostClaim when nothing may be written."""
        carriage = carriage_of(self._crew, run, event)
        carriage.go_on(carriage.begin())


def carriage_of(crew: Crew, job: Run, event: Event) -> Carriage:
    """What the claimed ``job`` carries by the store: an action run, or a task run that has succeeded."""
    is_task = job.kind is RunKind.TASK
    parent = job.id if is_task else job.parent_id or ""
    siblings = crew.store.runs.children(parent) if is_task or leads(job) else ()
    sequence = any(run.sequence for run in siblings) if is_task else job.sequence
    return Carriage(crew, job, event, carried(job, siblings), sequence=sequence)
