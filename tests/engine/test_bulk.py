"""Bulk operations from the action that starts one to the event about its end, over a simulated store (5.6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from runner.engine import Behaviour
from runner.engine.bulk import BulkOperations
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.shopify.client import ShopifyClient, open_http
from runner.simulator.server import RunningShop, simulator
from runner.store.tables import BULK_OPERATIONS
from tests.engine.world import World

TOPIC = "mechanic/shopify/bulk_operation"
BOTH = f"user/a/b\n{TOPIC}"
QUERY = "{ products { edges { node { id __typename title variants { edges { node { id __typename sku } } } } } } }"
START = """{%% action "shopify" %%}
  mutation { %s: bulkOperationRunQuery(query: %s) { %s userErrors { field message } } }
{%% endaction %%}"""
TELL = """{% if event.topic == "mechanic/shopify/bulk_operation" %}{% log
  parent: event.parent.topic, told: bulkOperation.status, size: bulkOperation.objects.size, data: event.data %}
{% else %}START{% endif %}"""
READS_STATUS = TELL.replace("told: bulkOperation.status, ", 'told: bulkOperation["status"], ')
BLIND = TELL.replace("told: bulkOperation.status, ", "")


def start(selection: str = "bulkOperation { id status }", alias: str = "bulkOperationRunQuery") -> str:
    return START % (alias, json.dumps(QUERY), selection)


@pytest.fixture(scope="module")
def served() -> Iterator[RunningShop]:
    with simulator("prints") as shop:
        yield shop


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    served.reset("prints")
    return served


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with open_http() as http:
        yield http


class Bulk:
    """A world whose shop is simulated, and who looks after its operations."""

    def __init__(self, world: World, shop: RunningShop, http: httpx.Client) -> None:
        self.world = world
        self.shop = shop
        self.http = http
        self.client = ShopifyClient(shop.domain, shop.token, http=http, clock=world.clock, base_url=shop.url)
        world.client = self.client
        self.restart()

    def restart(self) -> None:
        """A new process on the same database."""
        self.watcher = BulkOperations(self.world.reopened(), self.client)

    def begin(
        self, script: str = TELL, subscriptions: str = BOTH, *, starts: str | None = None, **changes: Any
    ) -> None:
        self.world.task(script.replace("START", starts or start()), subscriptions, **changes)
        self.world.run()

    def look(self, seconds: float = 2.0) -> int:
        """The next look, so much later."""
        self.world.clock.advance(seconds)
        return self.watcher.look()

    def finish(self) -> None:
        """Look until nothing is waited for, then do what follows."""
        for _ in range(12):
            self.look(30)
            if not self.watcher.open:
                break
        else:
            pytest.fail("the operation is still waited for")
        self.world.engine.drain()

    def events(self) -> list[Event]:
        return list(self.world.store.events.all(topic=TOPIC))

    def task_runs(self) -> list[Run]:
        return self.world.runs(RunKind.TASK, TOPIC)


@pytest.fixture
def bulk(make_world: Callable[..., World], shop: RunningShop, http: httpx.Client) -> Bulk:
    return Bulk(make_world(), shop, http)


def test_the_end_of_an_operation_becomes_an_event_with_its_attributes_and_objects(bulk: Bulk) -> None:
    bulk.begin()
    assert len(bulk.watcher.open) == 1
    bulk.finish()
    [log] = bulk.world.logs(TOPIC)
    data = log["data"]
    assert (log["parent"], log["told"]) == ("user/a/b", "COMPLETED")
    assert set(data) == {
        "id", "type", "status", "errorCode", "createdAt", "completedAt", "objectCount", "rootObjectCount",
        "fileSize", "url", "partialDataUrl", "query",
    }  # fmt: skip
    assert log["size"] == int(data["objectCount"]) > 0
    assert data["query"] == QUERY
    [event] = bulk.events()
    assert (event.source, event.targets) == ("bulk_operation", frozenset({"task"}))


def test_only_the_task_that_started_it_answers(bulk: Bulk) -> None:
    bulk.world.task("{% log 1 %}", TOPIC, name="other")
    bulk.begin()
    bulk.finish()
    assert [run.task_id for run in bulk.task_runs()] == ["task"]


def test_nothing_happens_for_a_task_that_does_not_subscribe_to_it(bulk: Bulk) -> None:
    bulk.begin(subscriptions="user/a/b")
    bulk.finish()
    assert bulk.events() == []
    assert bulk.world.store.bulk.size() == 0


def test_an_operation_is_found_under_any_name(bulk: Bulk) -> None:
    bulk.begin(starts=start("op: bulkOperation { state: status gid: id }", alias="run"))
    bulk.finish()
    assert [log["told"] for log in bulk.world.logs(TOPIC)] == ["COMPLETED"]


@pytest.mark.parametrize("selection", ["bulkOperation { status }", ""])
def test_an_operation_whose_id_was_not_asked_for_is_the_newest_of_its_type(bulk: Bulk, selection: str) -> None:
    bulk.begin(starts=start(selection))
    bulk.finish()
    assert [log["size"] > 0 for log in bulk.world.logs(TOPIC)] == [True]


def test_a_refused_operation_fails_the_action_and_is_not_waited_for(bulk: Bulk) -> None:
    bulk.begin(starts=START % ("bulkOperationRunQuery", '"{ shop { name } }"', "bulkOperation { id }"))
    assert bulk.world.states() == [RunState.FAILED]
    assert bulk.watcher.open == ()


def test_reading_or_cancelling_an_operation_starts_none(bulk: Bulk) -> None:
    query = 'mutation { bulkOperationCancel(id: \\"gid://shopify/BulkOperation/1\\") { bulkOperation { id } } }'
    bulk.begin(starts=f'{{% action "shopify" %}}"{query}"{{% endaction %}}')
    assert bulk.watcher.open == ()


def test_of_two_operations_the_one_that_was_started_is_waited_for_though_the_other_was_refused(bulk: Bulk) -> None:
    refused = '"{ shop { name } }"'
    document = f"""{{% action "shopify" %}}mutation {{
      good: bulkOperationRunQuery(query: {json.dumps(QUERY)}) {{ bulkOperation {{ id }} userErrors {{ message }} }}
      bad: bulkOperationRunQuery(query: {refused}) {{ bulkOperation {{ id }} userErrors {{ message }} }}
    }}{{% endaction %}}"""
    bulk.begin(starts=document)
    assert bulk.world.states() == [RunState.FAILED]
    bulk.finish()
    assert len(bulk.events()) == 1


def test_looks_come_at_growing_distances_up_to_thirty_seconds(bulk: Bulk) -> None:
    bulk.begin()
    bulk.shop.do("bulk", status="running")
    distances = []
    for _ in range(12):
        [watch] = bulk.watcher.open
        assert watch.look_at is not None
        wait = (watch.look_at - bulk.world.clock.now()).total_seconds()
        distances.append(wait)
        before = len(bulk.shop.requests())
        bulk.look(wait - 0.001)
        assert len(bulk.shop.requests()) == before
        bulk.look(0.001)
        assert len(bulk.shop.requests()) == before + 1
    assert distances[0] == 2
    assert distances == sorted(distances)
    assert distances[-1] == 30


def test_word_of_the_end_by_webhook_shortens_the_wait(bulk: Bulk) -> None:
    bulk.begin()
    bulk.shop.do("bulk", status="running")
    bulk.look()
    [watch] = bulk.watcher.open
    bulk.shop.do("bulk", status="completed")
    assert bulk.look(0) == 0
    bulk.world.send("shopify/bulk_operations/finish", {"admin_graphql_api_id": watch.operation_id})
    assert bulk.look(0) == 1


@pytest.mark.parametrize("times", [1, 3])
def test_word_of_the_end_during_the_download_does_not_begin_it_anew(bulk: Bulk, times: int) -> None:
    """As it mostly comes: looks find the end first, and the webhook follows while the result is being fetched."""
    fetched: list[str] = []

    class Told(ShopifyClient):
        """Tells of the end in the middle of a download, whereupon another process looks."""

        @contextmanager
        def result_lines(self, url: str) -> Iterator[Iterator[bytes]]:
            fetched.append(url)
            with super().result_lines(url) as lines:
                kept = list(lines)
                yield between(kept)

    def between(lines: list[bytes]) -> Iterator[bytes]:
        yield lines[0]
        if len(fetched) == 1:
            [watch] = bulk.watcher.open
            for _ in range(times):
                bulk.world.send("shopify/bulk_operations/finish", {"admin_graphql_api_id": watch.operation_id})
                other.look()
        yield from lines[1:]

    shop = bulk.shop
    bulk.client = Told(shop.domain, shop.token, http=bulk.http, clock=bulk.world.clock, base_url=shop.url)
    other = BulkOperations(bulk.world.engine, bulk.client)
    bulk.restart()
    bulk.begin()
    bulk.finish()
    [log] = bulk.world.logs(TOPIC)
    assert (len(fetched), len(bulk.events()), log["told"]) == (1, 1, "COMPLETED")
    assert log["size"] == int(log["data"]["objectCount"]) > 1


def test_a_restart_goes_on_waiting(bulk: Bulk) -> None:
    bulk.begin()
    bulk.look()
    bulk.restart()
    bulk.finish()
    assert len(bulk.world.logs(TOPIC)) == 1


def test_two_processes_make_one_event(bulk: Bulk) -> None:
    other = BulkOperations(bulk.world.engine, bulk.client)
    bulk.begin()
    for _ in range(6):
        bulk.world.clock.advance(30)
        before = len(bulk.shop.requests())
        due = len(bulk.watcher.open)
        bulk.watcher.look()
        other.look()
        assert len([each for each in bulk.shop.requests()[before:] if each["roots"] == ("node",)]) <= due
    bulk.world.engine.drain()
    assert len(bulk.events()) == 1


def test_a_process_that_died_between_event_and_note_makes_no_second_event(bulk: Bulk) -> None:
    bulk.begin()
    bulk.finish()
    with bulk.world.store.write() as tx:
        tx.execute(update(BULK_OPERATIONS).values(look_at=bulk.world.clock.now(), ended_at=None))
    bulk.finish()
    assert len(bulk.events()) == 1
    assert len(bulk.task_runs()) == 1


@pytest.mark.parametrize("status", ["failed", "canceled", "expired"])
def test_a_script_that_reads_the_status_hears_of_every_end(bulk: Bulk, status: str) -> None:
    bulk.begin(READS_STATUS)
    bulk.shop.do("bulk", status=status, partial=1)
    bulk.finish()
    [log] = bulk.world.logs(TOPIC)
    assert (log["told"], log["size"]) == (status.upper(), 0)
    assert (log["data"]["partialDataUrl"] is None) is (status == "expired")


@pytest.mark.parametrize("status", ["failed", "canceled", "expired"])
def test_a_script_that_does_not_read_the_status_fails_rather_than_seeing_an_empty_shop(bulk: Bulk, status: str) -> None:
    bulk.begin(BLIND)
    bulk.shop.do("bulk", status=status, error_code="timeout" if status == "failed" else None)
    bulk.finish()
    [run] = bulk.task_runs()
    assert run.state is RunState.FAILED
    assert status.upper() in (run.error or "")
    assert (run.failure or {})["code"] == "engine.bulk_failed"
    assert ("TIMEOUT" in (run.error or "")) is (status == "failed")


def test_a_shop_that_does_not_answer_is_asked_again(bulk: Bulk) -> None:
    bulk.begin()
    bulk.shop.add_fault(kind="error", status=502, operation="BulkOperationById", count=2)
    bulk.look()
    [watch] = bulk.watcher.open
    assert "502" in (watch.error or "")
    bulk.finish()
    assert len(bulk.task_runs()) == 1


@pytest.mark.parametrize("kind", ["truncated", "refused"])
def test_a_result_that_breaks_off_is_fetched_anew(bulk: Bulk, kind: str) -> None:
    bulk.begin()
    bulk.shop.add_fault(kind=kind, path="/bulk-results/", count=1)
    bulk.finish()
    assert [log["size"] for log in bulk.world.logs(TOPIC)] == [int(bulk.events()[0].data["objectCount"])]


def test_a_result_nobody_fetched_in_time_counts_as_expired(bulk: Bulk) -> None:
    bulk.begin(READS_STATUS)
    bulk.shop.add_fault(kind="error", status=503, path="/bulk-results/")
    bulk.look(10)
    bulk.look(10)
    bulk.shop.clear_faults()
    bulk.shop.advance(8 * 86_400)
    bulk.world.clock.advance(8 * 86_400)
    bulk.finish()
    assert [log["told"] for log in bulk.world.logs(TOPIC)] == ["EXPIRED"]


def test_a_spent_budget_puts_looks_off(bulk: Bulk) -> None:
    bulk.begin()
    bulk.client.throttle.rest.settle({}, retry_after=60)
    before = len(bulk.shop.requests())
    bulk.look(10)
    assert len(bulk.shop.requests()) == before
    bulk.finish()
    assert len(bulk.events()) == 1


def test_a_dry_run_waits_for_nothing(make_world: Callable[..., World], shop: RunningShop, http: httpx.Client) -> None:
    bulk = Bulk(make_world(behaviour=Behaviour(dry_run=True)), shop, http)
    bulk.begin()
    assert bulk.watcher.open == ()


def test_older_versions_are_asked_in_their_own_version(bulk: Bulk) -> None:
    bulk.begin(api_version="2025-10")
    bulk.finish()
    asked = [each["api_version"] for each in bulk.shop.requests() if each["roots"] == ("node",)]
    assert len(bulk.task_runs()) == 1
    assert set(asked) == {"2025-10"}
