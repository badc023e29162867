"""Cases read from text: what they mean, and where their mistakes are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.errors import InputError
from runner.model.event import Event
from runner.testing.fixtures import EVENT_ID, Case, Expectation, is_case, parse_case, read_case

PATH = Path("/project/fixtures/echo/one.yml")
EVENT = "event: {topic: user/thing/happened}\n"


def case(text: str, *, event: str = EVENT) -> Case:
    return parse_case(event + text, PATH)


def test_a_case_needs_an_event_and_nothing_else() -> None:
    found = case("")
    assert found.event == Event("user/thing/happened", id=EVENT_ID)
    assert (found.handle, found.root) == ("echo", Path("/project"))
    assert (found.shop, found.reads, found.perform, found.clock, dict(found.options)) == (None, None, False, None, {})


def test_a_previewed_event_has_no_id_so_that_scripts_fall_back_on_the_task() -> None:
    found = parse_case("event: {topic: user/thing/happened, preview: true}", PATH)
    assert found.event == Event("user/thing/happened", preview=True)


def test_an_event_has_everything_an_event_may_have() -> None:
    found = case(
        "",
        event="""
event:
  topic: shopify/orders/create
  data: {id: 1}
  id: e1
  preview: true
  created_at: 2026-03-02T10:00:00-05:00
  source: shopify
  parent: {topic: user/thing/happened, data: [1]}
""",
    )
    assert found.event == Event(
        "shopify/orders/create",
        {"id": 1},
        preview=True,
        id="e1",
        created_at=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
        parent=Event("user/thing/happened", [1]),
        source="shopify",
        shopify_topic="shopify/orders/create",
    )


def test_the_event_may_be_the_sample_of_a_topic() -> None:
    found = case("", event="event: {sample: shopify/orders/create, preview: true}\n")
    assert (found.sample, found.event.topic, found.event.preview) == (True, "shopify/orders/create", True)


def test_verbs_faults_and_calls_are_kept_in_their_order() -> None:
    found = case(
        """
shop: prints
perform: true
before:
  - sell: {sku: HD-OAK, quantity: 2}
  - graphql: "mutation { shop { id } }"
meanwhile:
  - restock: {sku: HD-OAK}
faults:
  - {kind: lost_reply, count: 1}
"""
    )
    assert [(deed.verb, dict(deed.arguments)) for deed in found.before] == [
        ("sell", {"sku": "HD-OAK", "quantity": 2}),
        ("graphql", {"query": "mutation { shop { id } }"}),
    ]
    assert [deed.verb for deed in found.meanwhile] == ["restock"]
    assert [dict(fault) for fault, _ in found.faults] == [{"kind": "lost_reply", "count": 1}]
    assert found.before[0].where.line == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("expect: {actions: 2}", Expectation(actions=2)),
        ("expect: {actions: 0, logs: 1, errors: 3}", Expectation(actions=0, logs=1, errors=3)),
        ("expect: {liquid_error: null}", Expectation(renders=True)),
        ("expect: {liquid_error: unknown tag}", Expectation(liquid_error="unknown tag")),
        ("expect: {}", Expectation()),
    ],
)
def test_claims_are_counts_and_the_error_of_the_script(text: str, expected: Expectation) -> None:
    assert case(text).expect == expected


@pytest.mark.parametrize(
    ("text", "line", "part", "message", "hint"),
    [
        ("shopp: prints", 2, "shopp", "unknown key shopp", "'shop'"),
        ("expect: {action: 1}", 2, "expect.action", "unknown key action", "'actions'"),
        ("reads: {graphq: []}", 2, "reads.graphq", "unknown key graphq", "'graphql'"),
        ("perform: maybe", 2, "perform", "expected true or false", None),
        ("clock: yesterday", 2, "clock", "expected a time such as", None),
        ("expect: {actions: some}", 2, "expect.actions", "expected a whole number", None),
        ("expect: {actions: -1}", 2, "expect.actions", "expected 0 or more", None),
        ("options: [1]", 2, "options", "expected a mapping of option keys", None),
        ("cache: text", 2, "cache", "expected a mapping of cache keys", None),
        ("cache: {a: 1, a: 2}", 2, "cache.a", "stands here twice", None),
        ("reads: {graphql: text}", 2, "reads.graphql", "expected a list of responses", None),
        ("reads: {graphql: [{shop: 1}]}", 2, "reads.graphql", "response 1: expected a mapping of data", "- data:"),
        ("reads: {}\nshop: prints", 2, "reads", "exclude each other", None),
        ("perform: true", 2, "perform", "perform needs a store", "shop: prints"),
        ("before: [{sell: {sku: A}}]", 2, "before", "before needs a store", "shop: prints"),
        ("faults: [{kind: throttled}]", 2, "faults", "faults needs a store", "shop: prints"),
        ("shop: prints\nmeanwhile: [{sell: {}}]", 3, "meanwhile", "for actions that are performed", "perform: true"),
        ("shop: prints\nexpect: {failed: 1}", 3, "expect", "counts performed runs", "perform: true"),
        ("shop: prints\nbefore: [{sell: {}, adjust: {}}]", 3, "before[0]", "expected one verb", "sell"),
        ("shop: prints\nbefore: [sell]", 3, "before[0]", "expected a mapping", None),
        ("options: {<<: {a: 1}}", 2, "options", "merging with << is not supported", "write the keys out"),
    ],
)
def test_a_mistake_names_its_line_its_key_and_what_was_expected(
    text: str, line: int, part: str, message: str, hint: str | None
) -> None:
    with pytest.raises(InputError) as caught:
        case(text)
    error = caught.value
    assert error.code == "fixture.invalid"
    assert message in error.message
    assert error.where is not None
    assert (error.where.file, error.where.line, error.where.part) == ("fixtures/echo/one.yml", line, part)
    assert hint is None or (error.hint is not None and hint in error.hint)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("", "event is missing"),
        ("event: {tpic: user/x/y}", "unknown key tpic"),
        ("event: {data: 1}", "topic is missing"),
        ("event: {topic: a/b/c, sample: a/b/c}", "sample and topic exclude each other"),
        ("event: {sample: a/b/c, data: 1}", "sample and data exclude each other"),
        ("event: {topic: a/b/c, parent: {tpic: x}}", "unknown key tpic"),
        ("event: {topic: a/b/c, preview: true}\ncache: {a: 1}", "a preview has no cache"),
        ("event: {topic: a/b/c, preview: true}\nreads: {rest: {a: 1}}", "a preview has no reads"),
        ("event: {topic: a/b/c, preview: true}\nshop: prints\nperform: true", "a preview has no perform"),
        ("- event", "expected a mapping"),
        ("event: {topic: a\n", "not YAML"),
        ("&a [*a]", "expected a mapping"),
        ("event: {topic: a/b/c, data: &a [*a]}", "nested deeper than"),
    ],
)
def test_an_event_that_cannot_be_used_is_refused(event: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        case("", event=event)
    assert caught.value.code == "fixture.invalid"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-7", -7),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("no", "no"),
        ("True", "True"),
        ("on", "on"),
        ("0012", "0012"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("2026-03-02", "2026-03-02"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("[1, a, {b: no}]", [1, "a", {"b": "no"}]),
        ("gid://shopify/Product/1", "gid://shopify/Product/1"),
    ],
)
def test_values_are_read_as_json_reads_them_and_else_are_text(written: str, read: object) -> None:
    assert case(f"cache: {{other: 1}}\noptions:\n  key: {written}\n").options.get("key") == read


def test_a_file_that_is_not_there_is_an_error_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the case cannot be read"):
        read_case(tmp_path / "fixtures" / "echo" / "none.yml")


@pytest.mark.parametrize(
    ("path", "marker", "answer"),
    [
        ("fixtures/echo/one.yml", "tasks", True),
        ("fixtures/echo/one.yaml", "tasks", True),
        ("fixtures/echo/one.yml", "runner.yml", True),
        ("fixtures/echo/one.yml", "src", False),
        ("fixtures/echo/one.json", "tasks", False),
        ("fixtures/_shops/one.yml", "tasks", False),
        ("fixtures/.hidden/one.yml", "tasks", False),
        ("fixtures/one.yml", "tasks", False),
        ("fixtures/a/b/one.yml", "tasks", False),
        ("other/echo/one.yml", "tasks", False),
    ],
)
def test_a_case_is_told_from_other_files_by_its_place(tmp_path: Path, path: str, marker: str, answer: bool) -> None:
    marked = tmp_path / marker
    marked.write_text("", encoding="utf-8") if marker.endswith(".yml") else marked.mkdir()
    assert is_case(tmp_path / path) is answer


def test_a_case_has_globals_secrets_and_values_of_the_form() -> None:
    text = "globals: {rate: 1.5, on: yes}\nsecrets: {token: '0012', hook: null}\ninput: {count: 0}\n"
    found = case(text, event="event: {topic: mechanic/user/order}\n")
    assert dict(found.values.globals) == {"rate": 1.5, "on": "yes"}
    assert dict(found.values.secrets.values) == {"token": "0012", "hook": None}
    assert found.inputs == {"count": 0}
    assert found.where("input.count").line == 4
    assert (case("").inputs, dict(case("").values.globals), dict(case("").values.secrets.values)) == (None, {}, {})


@pytest.mark.parametrize(
    ("text", "part", "words"),
    [
        ("secrets: {token: 12}\n", "secrets", "the value of the secret token is not text"),
        ("secrets: {token: [a]}\n", "secrets", "is not text"),
        ("secrets: [token]\n", "secrets", "expected a mapping of names to values"),
        ("globals: [1]\n", "globals", "expected a mapping of names to values"),
        ("input: 5\n", "input", "expected a mapping of names of options to values"),
        ("input: {count: 1}\n", "input", "no run form comes with user/thing/happened"),
        ("input: {}\n", "input", "no run form comes with user/thing/happened"),
        ("inputs: {}\n", "inputs", "unknown key inputs"),
    ],
)
def test_globals_secrets_and_values_of_the_form_have_their_shape(text: str, part: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        case(text)
    assert caught.value.where is not None
    assert (caught.value.where.line, caught.value.where.part) == (2, part)
