"""Tools about events that happened: they are listed, and rendered once more without any effect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from runner.assistant.desk import Desk, Tool
from runner.clock import SystemClock
from runner.errors import InputError, RunnerError
from runner.model.event import Event
from runner.model.shop_values import ShopValues
from runner.model.task import Task
from runner.shop_values import load_values

if TYPE_CHECKING:
    from runner.store.events import EventRows
    from runner.store.search import Search

State = Literal["unscheduled", "scheduled", "due", "started", "succeeded", "failed", "cancelled", "dry"]


def history_tools(desk: Desk) -> list[Tool]:
    """The tools, in the order in which they are listed."""
    archive = Archive(desk)
    return [archive.list_events, archive.replay_event]


class Archive:
    """The tools. The database is only looked at: nothing is made, brought up to date or written."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def list_events(
        self,
        topic: Annotated[
            str | None, Field(description="Events of this topic; shopify/orders/* for all so begun.")
        ] = None,
        state: Annotated[State | None, Field(description="Events with a run in this state, such as failed.")] = None,
        text: Annotated[str | None, Field(description="Text anywhere in data, actions, results and errors.")] = None,
        limit: Annotated[int, Field(ge=1, le=50, description="How many events at most, the newest first.")] = 10,
        data: Annotated[bool, Field(description="Give the data of each event too.")] = False,
    ) -> dict[str, Any]:
        """List events that this project's engine has kept, the newest first, with their runs by state."""
        from runner.cli.event_text import jsonable
        from runner.store.search import Wanted

        with self._opened() as (search, rows):
            wanted = Wanted(topic=topic, states=(state,) if state else (), text=text)
            found = [jsonable(row) for row in search.events(wanted, limit=limit)]
            if data:
                found = [{**each, "data": _data(rows, each["id"])} for each in found]
        return {"events": found}

    def replay_event(
        self,
        event: Annotated[str, Field(min_length=4, description="The id of the event, or its beginning.")],
        task: Annotated[
            str | None, Field(description="Render this task alone; else each of the project that wants the topic.")
        ] = None,
        shop: Annotated[
            str | None,
            Field(description="Render live, reading a simulated store made from this seed, such as prints."),
        ] = None,
    ) -> dict[str, Any]:
        """Render tasks of the project, as they are now, for an event that was kept: a dry run, nothing is performed.

        Without shop it is a preview with the data of that event: stubs of the script count, nothing is read. With it,
        the script runs as for a live event and reads a simulated store on this machine.
        """
        with self._opened() as (search, rows):
            found = search.events_beginning(event)
            if len(found) != 1:
                hint = f"such as {', '.join(found[:3])}" if found else "list_events shows those that are kept"
                raise InputError(
                    f'{"several events have" if found else "no event has"} an id that begins with "{event}"',
                    code="input.missing",
                    hint=hint,
                )
            row = rows.get(found[0])
        if row is None or row.cleared_at is not None:
            raise InputError("the data of this event were deleted", hint="retention: get_doc doc:operating")
        chosen = self._chosen(row.event, task)
        return {
            "event": {"id": row.event.id, "topic": row.event.topic},
            "performed": False,
            "tasks": [self._replayed(handle, each, row.event, shop) for handle, each in chosen],
        }

    def _chosen(self, event: Event, word: str | None) -> list[tuple[str, Task]]:
        from runner.cli.diff_cases import subscriptions

        tasks = {handle: task for handle, _, task in self._desk.project_tasks() if isinstance(task, Task)}
        if word is None:
            return [
                (handle, task)
                for handle, task in tasks.items()
                if event.topic in {each.topic for each in subscriptions(task)}
            ]
        if word not in tasks:
            near = get_close_matches(word, tasks, n=1)
            hint = f'did you mean "{near[0]}"?' if near else "list_tasks shows the tasks of the project"
            raise InputError(f'there is no task "{word}" in the project', code="input.missing", hint=hint)
        return [(word, tasks[word])]

    def _replayed(self, handle: str, task: Task, event: Event, shop: str | None) -> dict[str, Any]:
        from runner.testing.fixtures import FOLDER, Case
        from runner.testing.play import play

        values = load_values(self._desk.settings)
        case = Case(
            self._desk.root / FOLDER / handle / "replay.yml",
            replace(event, preview=shop is None),
            values=ShopValues(values.globals, values.without_values()),
            shop=shop,
        )
        try:
            return {"task": handle, **play(case, task)}
        except RunnerError as fault:
            return {"task": handle, "error": fault.to_dict()}

    @contextmanager
    def _opened(self) -> Iterator[tuple[Search, EventRows]]:
        """The database of the settings. ``InputError`` when there is none yet."""
        url = self._desk.settings.database_url()
        if url.startswith("sqlite") and not Path(url.partition(":///")[2]).is_file():
            raise InputError(
                "there is no database yet, so no event was kept",
                hint="`runner serve`, `runner run` or `runner events import` make one",
                code="input.missing",
            )
        from runner.store.database import Database
        from runner.store.events import EventRows
        from runner.store.search import Search

        database = Database(url)
        try:
            yield Search(database), EventRows(database, SystemClock())
        finally:
            database.close()


def _data(rows: EventRows, event_id: str) -> Any:
    row = rows.get(event_id)
    return None if row is None or row.cleared_at is not None else row.event.data
