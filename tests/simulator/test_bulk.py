"""Bulk operations of the simulated store: what runs, what the files hold, how they end (actions.md 4.6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]

RUN = """mutation Run($inner: String!, $group: Boolean! = false) {
  bulkOperationRunQuery(query: $inner, groupObjects: $group) {
    bulkOperation { id status }
    userErrors { field message code }
  }
}"""
READ = """query Read($id: ID!) { node(id: $id) { ... on BulkOperation {
  id type status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl query } } }"""
VARIANTS = "{ products { edges { node { id __typename title variants { edges { node { id __typename sku } } } } } } }"


def start(ask: Ask, query: str = VARIANTS, **variables: Any) -> str:
    payload = ask(RUN, inner=query, **variables)["data"]["bulkOperationRunQuery"]
    assert payload["userErrors"] == []
    assert payload["bulkOperation"]["status"] == "CREATED"
    return str(payload["bulkOperation"]["id"])


def read(ask: Ask, gid: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(READ, id=gid)["data"]["node"]
    return found


def ended(ask: Ask, gid: str) -> dict[str, Any]:
    for _ in range(5):
        found = read(ask, gid)
        if found["status"] not in ("CREATED", "RUNNING", "CANCELING"):
            return found
    pytest.fail("the operation does not end")


def lines(operation: dict[str, Any]) -> list[dict[str, Any]]:
    reply = httpx.get(operation["url"], trust_env=False)
    assert reply.status_code == 200
    return [json.loads(line) for line in reply.text.splitlines()]


def result(ask: Ask, query: str, **variables: Any) -> list[dict[str, Any]]:
    return lines(ended(ask, start(ask, query, **variables)))


def test_an_operation_is_created_runs_and_ends_as_time_passes(ask: Ask, shop: RunningShop) -> None:
    gid = start(ask)
    running = read(ask, gid)
    assert running["status"] == "RUNNING"
    assert (running["url"], running["completedAt"], running["objectCount"]) == (None, None, "0")
    done = ended(ask, gid)
    assert (done["status"], done["type"], done["query"]) == ("COMPLETED", "QUERY", VARIANTS)
    found = lines(done)
    assert done["objectCount"] == str(len(found))
    assert done["rootObjectCount"] == str(sum("__parentId" not in line for line in found))
    assert done["fileSize"] == str(len(httpx.get(done["url"], trust_env=False).content))


def test_each_node_is_a_line_and_a_child_names_its_parent(ask: Ask) -> None:
    found = result(ask, VARIANTS)
    products = {line["id"]: line for line in found if line["__typename"] == "Product"}
    variants = [line for line in found if line["__typename"] == "ProductVariant"]
    assert all("variants" not in line and "__parentId" not in line for line in products.values())
    assert variants
    assert {line["__parentId"] for line in variants} <= set(products)


@pytest.mark.parametrize("grouped", [True, False])
def test_children_follow_their_parent_only_when_lines_are_grouped(ask: Ask, grouped: bool) -> None:
    found = result(ask, VARIANTS, group=grouped)
    behind = [
        previous["id"] == line["__parentId"] or previous.get("__parentId") == line["__parentId"]
        for previous, line in pairwise(found)
        if "__parentId" in line
    ]
    assert all(behind) is grouped


def test_lines_are_grouped_in_versions_before_2026(http: httpx.Client) -> None:
    def ask(query: str, **variables: Any) -> dict[str, Any]:
        body: dict[str, Any] = http.post(
            "/admin/api/2025-10/graphql.json", json={"query": query, "variables": variables}
        ).json()
        return body

    found = result(ask, VARIANTS)
    assert "__parentId" in found[1]


def test_a_connection_inside_an_object_belongs_to_the_node_around_it(ask: Ask) -> None:
    query = """{ productVariants { edges { node { id inventoryItem { inventoryLevels { edges { node {
        __typename location { name } } } } } } } } }"""
    found = result(ask, query)
    levels = [line for line in found if line.get("__typename") == "InventoryLevel"]
    assert levels
    assert all(line["__parentId"].startswith("gid://shopify/ProductVariant/") for line in levels)
    assert found[0]["inventoryItem"] == {}


def test_nodes_without_edges_aliases_and_fragments_are_unrolled_alike(ask: Ask) -> None:
    plain = result(ask, VARIANTS)
    query = """query { all: products(first: 1) { nodes { ...P v: variants(first: 1) { nodes { id __typename sku } } } }
        }
        fragment P on Product { id __typename title }"""
    assert result(ask, query) == plain


def test_search_and_order_count_and_pages_do_not(ask: Ask) -> None:
    titles = [line["title"] for line in result(ask, "{ products(first: 1) { edges { node { id title } } } }")]
    reverse = "{ products(first: 1, sortKey: TITLE, reverse: true) { edges { node { id title } } } }"
    assert [line["title"] for line in result(ask, reverse)] == sorted(titles, key=str.lower, reverse=True)
    some = result(ask, f"{{ products(query: \"title:'{titles[0]}'\") {{ edges {{ node {{ id title }} }} }} }}")
    assert [line["title"] for line in some] == [titles[0]]


def test_nothing_found_is_completed_without_a_file(ask: Ask) -> None:
    done = ended(ask, start(ask, '{ products(query: "title:nonesuch") { edges { node { id } } } }'))
    assert (done["status"], done["url"], done["objectCount"], done["fileSize"]) == ("COMPLETED", None, "0", None)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ shop { name } }", "at least one connection"),
        ("{ products { edges { node { idd } } } }", "Field 'idd' doesn't exist on type 'Product'"),
        ("{ products {", "Invalid bulk query"),
        ('{ node(id: "gid://shopify/Product/1") { id } products { nodes { id } } }', "top-level"),
        ("{ products { edges { node { title variants { edges { node { id } } } } } } }", "must select the 'id' field"),
        ("query Q($q: String) { products(query: $q) { edges { node { id } } } }", "variables"),
        ('mutation { productDelete(input: {id: "gid://shopify/Product/1"}) { deletedProductId } }', "query operation"),
        ("{ " + " ".join(f"p{n}: products {{ edges {{ node {{ id }} }} }}" for n in range(6)) + " }", "more than 5"),
    ],
)
def test_what_cannot_be_run_in_bulk_is_a_user_error(ask: Ask, query: str, words: str) -> None:
    payload = ask(RUN, inner=query)["data"]["bulkOperationRunQuery"]
    [error] = payload["userErrors"]
    assert payload["bulkOperation"] is None
    assert (error["field"], error["code"]) == (["query"], "INVALID")
    assert words in error["message"]


def test_five_operations_run_at_a_time_and_a_sixth_is_refused(ask: Ask, shop: RunningShop) -> None:
    for _ in range(5):
        shop.do("bulk", id=start(ask), status="running")
    [error] = ask(RUN, inner=VARIANTS)["data"]["bulkOperationRunQuery"]["userErrors"]
    assert error["code"] == "LIMIT_REACHED"


def test_before_2026_one_runs_at_a_time(http: httpx.Client) -> None:
    def run() -> dict[str, Any]:
        body = {"query": RUN, "variables": {"inner": VARIANTS}}
        payload: dict[str, Any] = http.post("/admin/api/2025-10/graphql.json", json=body).json()
        return dict(payload["data"]["bulkOperationRunQuery"])

    gid = run()["bulkOperation"]["id"]
    [error] = run()["userErrors"]
    assert error["code"] == "OPERATION_IN_PROGRESS"
    assert gid in error["message"]


def test_a_canceled_operation_is_canceling_first_and_has_no_result(ask: Ask) -> None:
    gid = start(ask)
    cancel = "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }"
    assert ask(cancel, id=gid)["data"]["bulkOperationCancel"]["bulkOperation"]["status"] == "CANCELING"
    done = ended(ask, gid)
    assert (done["status"], done["url"], done["completedAt"]) == ("CANCELED", None, None)
    assert ask(cancel, id=gid)["data"]["bulkOperationCancel"]["userErrors"]


def test_a_failed_operation_has_an_error_code_and_what_was_found_until_then(ask: Ask, shop: RunningShop) -> None:
    gid = start(ask)
    shop.do("bulk", status="failed", error_code="timeout", partial=2)
    done = read(ask, gid)
    assert (done["status"], done["errorCode"], done["url"]) == ("FAILED", "TIMEOUT", None)
    assert len(httpx.get(done["partialDataUrl"], trust_env=False).text.splitlines()) == 2


def test_a_result_is_gone_after_a_week(ask: Ask, shop: RunningShop) -> None:
    gid = start(ask)
    done = ended(ask, gid)
    shop.advance(7 * 86_400 + 1)
    gone = read(ask, gid)
    assert (gone["status"], gone["url"]) == ("EXPIRED", None)
    assert httpx.get(done["url"], trust_env=False).status_code == 403


def test_the_end_is_told_by_a_webhook_once_and_not_before(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("bulk_operations/finish")
    shop.hold()
    gid = start(ask)
    ended(ask, gid)
    [sent] = shop.webhooks()["pending"]
    assert sent["payload"]["admin_graphql_api_id"] == gid
    assert (sent["payload"]["status"], sent["payload"]["type"]) == ("completed", "query")
    assert sent["payload"]["completed_at"] == sent["due"].replace(".000", "")


def test_a_canceled_operation_is_not_told_as_completed(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("bulk_operations/finish")
    shop.hold()
    start(ask)
    shop.do("bulk", status="canceled")
    assert [each["payload"]["status"] for each in shop.webhooks()["pending"]] == ["canceled"]


def test_the_current_operation_is_the_newest_of_its_type(ask: Ask) -> None:
    start(ask)
    newest = start(ask)
    found = ask("{ currentBulkOperation { id } other: currentBulkOperation(type: MUTATION) { id } }")["data"]
    assert found == {"currentBulkOperation": {"id": newest}, "other": None}


STAGE = """mutation { stagedUploadsCreate(input: [{resource: BULK_MUTATION_VARIABLES, filename: "tags.jsonl",
  mimeType: "text/jsonl", httpMethod: POST}]) { stagedTargets { url resourceUrl parameters { name value } }
  userErrors { message } } }"""
BULK_TAGS = """mutation($mutation: String!, $path: String!) {
  bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path) {
    bulkOperation { id status } userErrors { field message code } } }"""
TAG = "mutation($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) { node { id } userErrors { message } } }"


def upload(ask: Ask, rows: list[Any]) -> str:
    [target] = ask(STAGE)["data"]["stagedUploadsCreate"]["stagedTargets"]
    fields = {each["name"]: each["value"] for each in target["parameters"]}
    content = "\n".join(json.dumps(row) for row in rows)
    reply = httpx.post(target["url"], data=fields, files={"file": ("tags.jsonl", content)}, trust_env=False)
    assert reply.status_code == 201
    return fields["key"]


def test_a_bulk_mutation_runs_once_a_line_and_answers_each(ask: Ask, shop: RunningShop) -> None:
    ids = [line["id"] for line in result(ask, "{ products { edges { node { id } } } }")][:2]
    missing = "gid://shopify/Product/1"
    path = upload(ask, [{"id": gid, "tags": ["bulk"]} for gid in (*ids, missing)])
    payload = ask(BULK_TAGS, mutation=TAG, path=path)["data"]["bulkOperationRunMutation"]
    assert payload["userErrors"] == []
    done = ended(ask, payload["bulkOperation"]["id"])
    assert (done["type"], done["status"]) == ("MUTATION", "COMPLETED")
    found = lines(done)
    assert [line["__lineNumber"] for line in found] == [0, 1, 2]
    assert [line["data"]["tagsAdd"]["node"] for line in found[:2]] == [{"id": gid} for gid in ids]
    assert found[2]["data"]["tagsAdd"]["userErrors"]
    tagged = [node for node in shop.state()["objects"]["Product"].values() if "bulk" in node["tags"]]
    assert len(tagged) == 2


def test_a_bulk_mutation_without_its_file_is_a_user_error(ask: Ask) -> None:
    [error] = ask(BULK_TAGS, mutation=TAG, path="tmp/none")["data"]["bulkOperationRunMutation"]["userErrors"]
    assert (error["field"], error["code"]) == (["stagedUploadPath"], "NO_SUCH_FILE")


def test_a_file_that_is_no_jsonl_fails_the_operation(ask: Ask) -> None:
    path = upload(ask, [["no object"]])
    payload = ask(BULK_TAGS, mutation=TAG, path=path)["data"]["bulkOperationRunMutation"]
    assert ended(ask, payload["bulkOperation"]["id"])["status"] == "FAILED"


def test_a_file_for_a_key_that_was_not_asked_for_is_refused(shop: RunningShop) -> None:
    reply = httpx.post(f"{shop.url}/staged-uploads/", data={"key": "x"}, files={"file": b"{}"}, trust_env=False)
    assert reply.status_code == 403
