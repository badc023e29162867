"""Pages that start tasks: links from the Shopify admin, and "run this task" (engine.md 5.7).

``GET /tasks/run?resource_type=order&ids[]=1&ids[]=2`` chooses tasks, ``GET /tasks/ID/run`` shows one. A link shows a
form and does nothing by itself: only its button does. For this machine alone, as the rest of the local address.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runner.actions.base import ShopClient
from runner.engine.matching import EnabledTask
from runner.engine.operations.sending import (
    Accepting,
    read_ids,
    records,
    resource_type,
    send_resources,
    topic_of,
)
from runner.errors import InputError, RunnerError
from runner.model.event import Event
from runner.model.json import JSON
from runner.model.options import discover, stored_values
from runner.model.run_form import FORM_TOPIC, form_options, submission
from runner.web.page import page, trouble
from runner.web.requests import Refused, Room, whole_body
from runner.web.run_form import fields, sent

TEXT_TOPIC, TRIGGER_TOPIC = "mechanic/user/text", "mechanic/user/trigger"
_MOST = 1_000_000
"""Bytes of a form."""


class Tasks(Protocol):
    """The tasks that are enabled now."""

    def __call__(self) -> Sequence[EnabledTask]: ...


class Given:
    """The fields of a request: a query, or a form that was sent."""

    def __init__(self, text: str) -> None:
        self._pairs = parse_qsl(text, keep_blank_values=True)

    def all(self, name: str) -> list[str]:
        """Every value of ``name``, in order."""
        return [value for key, value in self._pairs if key == name]

    def get(self, name: str) -> str | None:
        """The last value of ``name``."""
        return next(iter(reversed(self.all(name))), None)


@dataclass(slots=True)
class RunPages:
    """``token`` must come back with a form: nobody but these pages knows it."""

    engine: Accepting
    client: ShopClient
    tasks: Tasks
    token: str
    room: Room

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/tasks/run", self._shown(self._choose), methods=["GET"]),
            Route("/tasks/run", self._done(self._send), methods=["POST"]),
            Route("/tasks/{task_id}/run", self._shown(self._one), methods=["GET"]),
            Route("/tasks/{task_id}/run", self._done(self._start), methods=["POST"]),
        ]

    # --- what requests have in common --------------------------------------------------------------------------------

    def _shown(self, show: Callable[[Request, Given], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await run_in_threadpool(_told, show, request, Given(request.url.query))

        return answer

    def _done(self, do: Callable[[Request, Given], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
                return trouble("A form was expected.", status=415)
            try:
                async with whole_body(request, self.room, limit=_MOST) as body:
                    given = Given(body.decode("utf-8", "replace"))
            except Refused as refusal:
                return refusal.response
            if not self._is_ours(request, given):
                return trouble("This form is not of this server.", "Open the link again, and send it anew.", status=403)
            return await run_in_threadpool(_told, do, request, given)

        return answer

    def _is_ours(self, request: Request, given: Given) -> bool:
        """Whether a form comes from a page of ours: other sites can make a browser send forms here."""
        origin = request.headers.get("origin")
        here = f"{request.url.scheme}://{request.headers.get('host', '')}"
        return origin in (None, here) and hmac.compare_digest((given.get("token") or "").encode(), self.token.encode())

    # --- resources of the admin --------------------------------------------------------------------------------------

    def _choose(self, request: Request, given: Given) -> Response:
        """First which tasks and how, then, with what they need, the button."""
        resource, ids = resource_type(given.get("resource_type") or ""), read_ids(given.all("ids[]"))
        chosen, batch = self._chosen(resource, given), given.get("mode") == "batch"
        what = f"{len(ids)} {resource}{'s' if len(ids) > 1 else ''}"
        if not chosen:
            return self._choice(resource, ids, what)
        form = form_options(discover(chosen[0].task)) if len(chosen) == 1 else ()
        saved = stored_values(chosen[0].task, chosen[0].options) if form else {}
        number = 1 if batch else len(ids)
        hidden = [("resource_type", resource), ("mode", "batch" if batch else "individual"), ("token", self.token)]
        hidden += [*(("ids[]", str(each)) for each in ids), *(("task", each.id) for each in chosen)]
        names = ", ".join(each.task.name or each.id for each in chosen)
        return page(
            f"Send {what}",
            [
                f"<h1>Send {what}</h1><p class=note>to {escape(names)}</p>",
                "<form method=post action='/tasks/run'>",
                *(f"<input type=hidden name='{escape(name)}' value='{escape(value)}'>" for name, value in hidden),
                *fields(form, saved),
                f"<button>Send {number} event{'s' if number > 1 else ''}</button></form>",
            ],
        )

    def _choice(self, resource: str, ids: Sequence[int], what: str) -> Response:
        single, several = topic_of(resource, batch=False), topic_of(resource, batch=True)
        tasks = [(each, each.wants(single), each.wants(several)) for each in self.tasks()]
        wanted = [(each, one, many) for each, one, many in tasks if one or many]
        if not wanted:
            return trouble(
                f"No enabled task subscribes to {single} or {several}.",
                "Enable one with `runner tasks enable`, and open the link again.",
                status=404,
            )
        hidden = [("resource_type", resource), *(("ids[]", str(each)) for each in ids)]
        groups = []
        for mode, words, index in (("individual", "an event for each", 1), ("batch", "all in one event", 2)):
            rows = [row for row in wanted if row[index]]
            boxes = "".join(
                f"<label><input type=checkbox name=task value='{escape(row[0].id)}'> "
                f"{escape(row[0].task.name or row[0].id)}</label>"
                for row in rows
            )
            if rows:
                groups.append(
                    f"<form method=get action='/tasks/run'><fieldset><legend>{words}</legend>"
                    + "".join(f"<input type=hidden name='{escape(n)}' value='{escape(v)}'>" for n, v in hidden)
                    + f"<input type=hidden name=mode value={mode}>{boxes}<button>Go on</button></fieldset></form>"
                )
        return page(f"Send {what}", [f"<h1>Send {what}</h1><p class=note>Which tasks shall respond?</p>", *groups])

    def _send(self, request: Request, given: Given) -> Response:
        resource, ids = resource_type(given.get("resource_type") or ""), read_ids(given.all("ids[]"))
        batch = given.get("mode") == "batch"
        chosen = self._chosen(resource, given)
        if not chosen:
            raise InputError("no task is chosen", hint="open the link again, and tick one")
        found = records(self.client, resource, ids)
        inputs = _inputs(chosen[0], topic_of(resource, batch=batch), given) if len(chosen) == 1 else None
        targets = [each.id for each in chosen]
        kept = send_resources(self.engine, found, resource, batch=batch, targets=targets, inputs=inputs)
        return _kept(kept)

    def _chosen(self, resource: str, given: Given) -> list[EnabledTask]:
        """The ticked tasks, which must be enabled and subscribe to the topic. Raises InputError."""
        topic = topic_of(resource, batch=given.get("mode") == "batch")
        known = {each.id: each for each in self.tasks() if each.wants(topic)}
        wanted = list(dict.fromkeys(given.all("task")))
        missing = next((each for each in wanted if each not in known), None)
        if missing is not None:
            raise InputError(
                f"no enabled task {missing} subscribes to {topic}",
                hint="it may have been disabled: open the link again",
            )
        return [known[each] for each in wanted]

    # --- one task ----------------------------------------------------------------------------------------------------

    def _one(self, request: Request, given: Given) -> Response:
        task, topic = self._runnable(request.path_params["task_id"])
        form = form_options(discover(task.task)) if topic == FORM_TOPIC else ()
        text = f"<label>Text<textarea name=data>{escape(given.get('data') or '')}</textarea></label>"
        name = task.task.name or task.id
        return page(
            name,
            [
                f"<h1>{escape(name)}</h1><p class=note><code>{topic}</code></p>",
                "<form method=post>",
                f"<input type=hidden name=token value='{escape(self.token)}'>",
                text if topic == TEXT_TOPIC else "",
                *fields(form, stored_values(task.task, task.options)),
                "<button>Run task</button></form>",
            ],
        )

    def _start(self, request: Request, given: Given) -> Response:
        task, topic = self._runnable(request.path_params["task_id"])
        data: JSON = given.get("data") or "" if topic == TEXT_TOPIC else None
        event = Event(topic, data, source="user", targets=frozenset({task.id}))
        kept = self.engine.accept(event, inputs=_inputs(task, topic, given))
        return _kept([str(kept)])

    def _runnable(self, task_id: str) -> tuple[EnabledTask, str]:
        """The task and the topic by which a person starts it. Raises InputError."""
        task = next((each for each in self.tasks() if each.id == task_id), None)
        if task is None:
            raise InputError(f"no enabled task has the id {task_id}", hint="`runner tasks list` shows them")
        topic = next((each for each in (FORM_TOPIC, TEXT_TOPIC, TRIGGER_TOPIC) if task.wants(each)), None)
        if topic is None:
            raise InputError(
                f"nobody can run {task.task.name} by hand",
                hint=f"it subscribes to none of {TRIGGER_TOPIC}, {TEXT_TOPIC} and {FORM_TOPIC}",
            )
        return task, topic


def _inputs(task: EnabledTask, topic: str, given: Given) -> dict[str, object] | None:
    asked = form_options(discover(task.task))
    saved = stored_values(task.task, task.options)
    return submission(Event(topic), task.task, saved=saved, inputs=sent(asked, given.get))


def _kept(ids: Sequence[str]) -> Response:
    rows = [f"<li><code>{escape(each)}</code></li>" for each in ids]
    more = "<p>What comes of them: <code>runner events show ID</code></p>"
    return page("Sent", [f"<h1>{len(ids)} event{'s' if len(ids) != 1 else ''} sent</h1><ul>", *rows, "</ul>", more])


def _told(answer: Callable[[Request, Given], Response], request: Request, given: Given) -> Response:
    """The answer, or the page of its error."""
    try:
        return answer(request, given)
    except InputError as fault:
        return trouble(fault.message, fault.hint)
    except RunnerError as fault:
        return trouble(fault.message, fault.hint, status=503)


def link(base: str, resource: str, ids: Sequence[int]) -> str:
    """The address that a link of the admin leads to."""
    query = [("resource_type", resource), *(("ids[]", str(each)) for each in ids)]
    return f"{base}/tasks/run?{urlencode(query, safe='[]')}"
