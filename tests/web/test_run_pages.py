"""Links of the Shopify admin and run pages: which events they make, for whom, and what they refuse (engine.md 5.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from runner import Event, Task
from runner.clock import SystemClock
from runner.engine.matching import EnabledTask
from runner.engine.operations.sending import MOST_RESOURCES
from runner.shopify.client import ShopifyClient
from runner.web.guard import Guard
from runner.web.requests import Room
from runner.web.run_pages import RunPages, link
from runner.web.serving import serving

ORDERS = {7: {"id": 7, "name": "#7"}, 8: {"id": 8, "name": "#8"}}


class Intake:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.kept: list[tuple[Event, Any]] = []

    def accept(self, event: Event, *, inputs: Any = None) -> str | None:
        self.kept.append((event, inputs))
        return f"event-{len(self.kept)}"


def shop(request: httpx.Request) -> httpx.Response:
    found = re.search(r"/orders/(\d+)\.json$", request.url.path)
    order = ORDERS.get(int(found[1])) if found else None
    return httpx.Response(200, json={"order": order}) if order else httpx.Response(404, json={"errors": "Not Found"})


def task(name: str, topics: str, **options: Any) -> EnabledTask:
    script = "".join(f"{{{{ options.{key} }}}}" for key in options)
    made = Task.from_json({"name": name, "script": script, "subscriptions_template": topics, "options": options})
    return EnabledTask.prepare(made, id=f"id-{name.lower()}")


TASKS = [
    task("Tag", "mechanic/user/order\nmechanic/user/orders"),
    task("Note", "mechanic/user/order", words__userform_required="before", loud__userform_boolean=True),
    task("Sort", "mechanic/user/product"),
    task("Go", "mechanic/user/trigger"),
    task("Read", "mechanic/user/text"),
    task("Ask", "mechanic/user/form", when__userform_date=None, kinds__userform_array=["a", "b"]),
    task("Silent", "shopify/orders/create"),
]


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.fixture
def browser(intake: Intake) -> Iterator[httpx.Client]:
    with httpx.Client(transport=httpx.MockTransport(shop)) as http:
        client = ShopifyClient("example.myshopify.com", "shpat_x", http=http, clock=SystemClock())
        pages = RunPages(intake, client, lambda: TASKS, "the-token", Room())
        with (
            serving(Guard(Starlette(routes=pages.routes()), hosts=[])) as url,
            httpx.Client(base_url=url) as browser,
        ):
            yield browser


def form_of(html: str) -> dict[str, list[str]]:
    """The fields of the last form: hidden ones, boxes that are ticked, texts."""
    found: dict[str, list[str]] = {}
    form = html.rpartition("<form")[2]
    for field in re.findall(r"<input [^>]*>", form):
        name = re.search(r"name='?([^' >]+)", field)
        value = re.search(r"value='([^']*)'|value=(\w+)", field)
        if name and ("checkbox" not in field or "checked" in field):
            found.setdefault(name[1], []).append((value[1] or value[2] or "") if value else "")
    for name, value in re.findall(r"<textarea name='?([^' >]+)'?[^>]*>([^<]*)", form):
        found.setdefault(name, []).append(value)
    return found


def post(browser: httpx.Client, path: str, fields: dict[str, list[str]], **headers: str) -> httpx.Response:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return browser.post(path, content=urlencode(fields, doseq=True), headers={**kind, **headers})


def opened(browser: httpx.Client, resource: str, ids: list[int], **more: Any) -> httpx.Response:
    return browser.get(f"{link('', resource, ids)}&{urlencode(more, doseq=True)}")


def test_a_link_offers_the_tasks_that_respond_and_does_nothing(browser: httpx.Client, intake: Intake) -> None:
    shown = opened(browser, "order", [7, 8])
    assert shown.status_code == 200
    assert "Send 2 orders" in shown.text
    single, _, several = shown.text.partition("all in one event")
    assert ("> Tag<" in single, "> Note<" in single, "> Tag<" in several, "> Note<" in several) == (
        True,
        True,
        True,
        False,
    )
    assert "Sort" not in shown.text
    assert intake.kept == []


def test_individually_each_resource_is_an_event_with_its_record_for_the_chosen_tasks(
    browser: httpx.Client, intake: Intake
) -> None:
    shown = opened(browser, "order", [7, 8], task=["id-tag", "id-note"], mode="individual")
    assert "Send 2 events" in shown.text
    assert "words" not in shown.text.lower(), "the form of one task comes with that task alone"
    assert "event-2" in post(browser, "/tasks/run", form_of(shown.text)).text
    events = [event for event, _ in intake.kept]
    assert [(event.topic, event.data) for event in events] == [
        ("mechanic/user/order", ORDERS[7]),
        ("mechanic/user/order", ORDERS[8]),
    ]
    assert {event.targets for event in events} == {frozenset({"id-tag", "id-note"})}
    assert {event.source for event in events} == {"user"}


def test_in_batch_all_are_one_event_with_a_list(browser: httpx.Client, intake: Intake) -> None:
    shown = opened(browser, "order", [8, 7], task="id-tag", mode="batch")
    assert "Send 1 event<" in shown.text
    assert post(browser, "/tasks/run", form_of(shown.text)).status_code == 200
    ((event, _),) = intake.kept
    assert (event.topic, event.data) == ("mechanic/user/orders", [ORDERS[8], ORDERS[7]])


def test_products_are_sent_with_their_ids_alone(browser: httpx.Client, intake: Intake) -> None:
    shown = opened(browser, "product", [5], task="id-sort", mode="individual")
    post(browser, "/tasks/run", form_of(shown.text))
    ((event, _),) = intake.kept
    assert event.data == {"id": 5, "admin_graphql_api_id": "gid://shopify/Product/5"}


def test_one_tasks_form_is_shown_filled_and_its_values_go_with_every_event(
    browser: httpx.Client, intake: Intake
) -> None:
    shown = opened(browser, "order", [7, 8], task="id-note", mode="individual")
    fields = form_of(shown.text)
    assert fields["input.words__userform_required"] == ["before"]
    assert fields["input.loud__userform_boolean"] == ["true"]
    fields["input.words__userform_required"] = ["after"]
    del fields["input.loud__userform_boolean"]
    post(browser, "/tasks/run", fields)
    for _, inputs in intake.kept:
        assert (inputs["words"], inputs["loud"]) == ("after", False)
    assert len(intake.kept) == 2


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/tasks/run?resource_type=order", "0 resources are named"),
        ("/tasks/run?resource_type=orders&ids[]=1", "is no resource that can be sent"),
        ("/tasks/run?ids[]=1", "is no resource that can be sent"),
        ("/tasks/run?resource_type=order&ids[]=gid://1", "is no id"),
        ("/tasks/run?resource_type=order&ids[]=" + "&ids[]=".join(map(str, range(MOST_RESOURCES + 1))), "51 resources"),
        ("/tasks/run?resource_type=customer&ids[]=1", "No enabled task subscribes to mechanic/user/customer"),
        ("/tasks/run?resource_type=order&ids[]=1&task=id-sort", "no enabled task id-sort subscribes"),
        ("/tasks/nothing/run", "no enabled task has the id nothing"),
        ("/tasks/id-silent/run", "nobody can run Silent by hand"),
    ],
)
def test_a_wrong_link_says_what_is_wrong(browser: httpx.Client, path: str, words: str) -> None:
    shown = browser.get(path)
    assert 400 <= shown.status_code < 500
    assert words in shown.text


def test_a_resource_that_the_shop_lost_sends_nothing(browser: httpx.Client, intake: Intake) -> None:
    shown = opened(browser, "order", [7, 9], task="id-tag", mode="individual")
    answer = post(browser, "/tasks/run", form_of(shown.text))
    assert (answer.status_code, "the shop has no order 9" in answer.text) == (400, True)
    assert intake.kept == []


def test_a_form_from_elsewhere_is_refused(browser: httpx.Client, intake: Intake) -> None:
    fields = form_of(browser.get("/tasks/id-go/run").text)
    assert post(browser, "/tasks/id-go/run", fields, Origin="https://evil.example").status_code == 403
    assert post(browser, "/tasks/id-go/run", {**fields, "token": ["guessed"]}).status_code == 403
    assert post(browser, "/tasks/id-go/run", {}).status_code == 403
    assert browser.post("/tasks/id-go/run", json=fields).status_code == 415
    assert post(browser, "/tasks/id-go/run", {**fields, "x": ["y" * 1_100_000]}).status_code == 413
    assert browser.get("/tasks/id-go/run", headers={"Host": "evil.example"}).status_code == 421
    assert intake.kept == []


@pytest.mark.parametrize(
    ("path", "given", "topic", "data"),
    [
        ("/tasks/id-go/run", {}, "mechanic/user/trigger", None),
        ("/tasks/id-read/run?data=a%26b", {}, "mechanic/user/text", "a&amp;b"),
        ("/tasks/id-read/run", {"data": ["two\r\nlines"]}, "mechanic/user/text", "two\r\nlines"),
    ],
)
def test_a_run_page_starts_its_task_alone(
    browser: httpx.Client, intake: Intake, path: str, given: dict[str, list[str]], topic: str, data: Any
) -> None:
    fields = form_of(browser.get(path).text)
    assert post(browser, path.partition("?")[0], {**fields, **given}).status_code == 200
    ((event, _),) = intake.kept
    assert (event.topic, event.data, event.targets) == (topic, data, frozenset({path.split("/")[2].partition("?")[0]}))


def test_a_form_page_sends_its_values_by_kind(browser: httpx.Client, intake: Intake) -> None:
    fields = form_of(browser.get("/tasks/id-ask/run").text)
    assert fields["input.kinds__userform_array"] == ["a\nb"]
    fields |= {"input.kinds__userform_array": ["c\r\n\r\nd"], "input.when__userform_date": ["2026-03-04"]}
    post(browser, "/tasks/id-ask/run", fields)
    ((event, inputs),) = intake.kept
    assert event.topic == "mechanic/user/form"
    assert (inputs["kinds"], inputs["when"]) == (["c", "d"], "2026-03-04")


def test_names_and_texts_from_outside_are_escaped(browser: httpx.Client) -> None:
    shown = browser.get("/tasks/id-read/run", params={"data": "</textarea><script>alert(1)</script>"})
    assert "<script" not in shown.text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "<script" not in browser.get("/tasks/%3Cscript%3E/run").text
