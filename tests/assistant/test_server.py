"""``runner mcp`` as a client sees it: the real process, driven by the client of the official SDK (tooling.md 3).

One conversation for all of it: a process takes seconds to start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, MCPError, StdioServerParameters, stdio_client

from runner.model.event import Event
from runner.store import Store

TOOLS = {
    *("search_tasks", "search_docs", "get_task", "get_doc", "similar_tasks", "refresh_index"),
    *("search_task_examples", "list_tasks", "build_task_export", "lint_task", "preview_task"),
    *("test_task", "diff_actions", "list_events", "replay_event"),
}
TAGS = """{% action "shopify" %}
mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "x") { userErrors { message } } }
{% endaction %}"""
SCRIPT = """{% action "cache", "set", "total", order.total_price %}
{% if order.total_price == "7" %}
{% log token: options.token__secret, name: shop.name %}
{% endif %}"""
SECRET = "made-up-and-never-shown"
TOPIC = "shopify/orders/create"
SEEN = "e1000000-0000-4000-8000-000000000001"


def export(name: str, script: str = SCRIPT, topic: str = TOPIC, **more: Any) -> dict[str, Any]:
    given = {"name": name, "script": script, "subscriptions": [topic], "subscriptions_template": topic, "options": {}}
    return {**given, "tags": ["Orders"], "docs": f"{name}: an example.", **more}


MINE = export("Mine", options={"token__secret": "token"})
FILES = {
    "tasks/mine.json": json.dumps(MINE),
    "tasks/broken.json": "{",
    "fixtures/mine/one.yml": f"event: {{topic: {TOPIC}, data: {{total_price: '5'}}}}\n",
    "fixtures/mine/one.json": '{"actions": []}\n',
    "library/tasks/remember-totals.json": json.dumps(export("Remember totals", tags=["Orders", "Cache"])),
    "library/tasks/remember-tags.json": json.dumps(export("Remember tags", TAGS)),
    "library/tasks/odd.json": json.dumps(export("Odd one", "{% log 1 %}", "user/a/b", tags=["Demo"])),
    "runner.yml": "library: library\ndatabase: sqlite:///runner.db\nshop: prints.myshopify.com\n",
}


@dataclass(frozen=True)
class Talk:
    """A conversation with the server, from tests that are not asynchronous."""

    home: Path
    portal: BlockingPortal
    client: Client

    def ask(self, tool: str, **arguments: Any) -> Any:
        """The answer of a tool, which must not be an error."""
        result = self._called(tool, arguments)
        assert not result.is_error, result.content[0].text
        assert json.loads(result.content[0].text) == result.structured_content
        return result.structured_content

    def refusal(self, tool: str, arguments: Mapping[str, Any]) -> str:
        """The words of the error that a tool answers with."""
        result = self._called(tool, arguments)
        assert result.is_error, result.content[0].text
        return str(result.content[0].text)

    def _called(self, tool: str, arguments: Mapping[str, Any]) -> Any:
        return self.portal.call(self.client.call_tool, tool, dict(arguments))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project: a task, and a broken one; a case that differs from its snapshot; a library of three; two events."""
    made = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    with Store(f"sqlite:///{made / 'runner.db'}") as store, store.write() as transaction:
        for number, topic in enumerate((TOPIC, "user/c/d"), start=1):
            event = Event(topic, {"total_price": "7"}, id=f"{SEEN[:-1]}{number}", created_at=store.clock.now())
            store.events.add(transaction, event, shop="prints.myshopify.com", run_at=store.clock.now())
    return made


def settings() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RUNNER_", "PYTEST_", "SHOPIFY_"))}
    return {**kept, "RUNNER_SECRET_TOKEN": SECRET}


@pytest.fixture(scope="module")
def talk(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    words = ["-m", "runner", "mcp", "--folder", str(home)]
    server = StdioServerParameters(
        command=sys.executable, args=words, env=settings(), cwd=str(tmp_path_factory.mktemp("x"))
    )
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(stdio_client(server))) as client:
        yield Talk(home, portal, client)


def test_the_tools_are_those_of_the_platform_and_ours_and_none_of_them_writes(talk: Talk) -> None:
    tools = talk.portal.call(talk.client.list_tools).tools
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools)
    schema = {tool.name: tool.input_schema for tool in tools}
    assert set(schema["search_tasks"]["properties"]) == {
        *("query", "limit", "offset", "tags", "subscriptions", "fuzzy", "fuzzyMaxEdits", "fuzzyMaxCandidates"),
    }
    for name, (default, most) in {"limit": (10, 50), "fuzzyMaxEdits": (1, 2), "fuzzyMaxCandidates": (3, 5)}.items():
        parameter = schema["search_tasks"]["properties"][name]
        assert (parameter["default"], parameter["maximum"]) == (default, most)
        assert parameter == schema["search_docs"]["properties"][name]
    limit = schema["similar_tasks"]["properties"]["limit"]
    assert (limit["default"], limit["maximum"]) == (5, 20)


def test_pages_of_the_manual_are_resources(talk: Talk) -> None:
    listed = {each.uri: each for each in talk.portal.call(talk.client.list_resources).resources}
    assert listed["mechanic-docs://doc%3Afixtures"].mime_type == "text/markdown"
    page = talk.portal.call(talk.client.read_resource, "mechanic-docs://doc%3Afixtures").contents[0]
    assert page.text.startswith("# Cases: fixtures and snapshots")
    with pytest.raises(MCPError):
        talk.portal.call(talk.client.read_resource, "mechanic-docs://doc%3Anope")


def found(answer: Any) -> list[str]:
    return [each["id"] for each in answer["results"]]


def test_tasks_are_found_by_words_tags_and_topics_with_what_they_do(talk: Talk) -> None:
    answer = talk.ask("search_tasks", query="remember tagz")
    assert found(answer) == ["task:remember-tags", "task:remember-totals"]
    first = answer["results"][0]
    assert (first["title"], first["actions"], first["scopes"]) == ("Remember tags", ["shopify"], ["write_orders"])
    assert first["url"].endswith("/library/tasks/remember-tags.json")
    assert found(talk.ask("search_tasks", query="remember", tags=["cache", "ORDERS"])) == ["task:remember-totals"]
    assert found(talk.ask("search_tasks", query="", subscriptions=["a/b"])) == ["task:odd"]
    assert found(talk.ask("search_tasks", query="remembr", fuzzy=False)) == []
    page = talk.ask("search_tasks", query="remember", limit=1)
    assert (page["total"], page["nextOffset"]) == (2, 1)
    assert talk.ask("search_tasks", query="remember", limit=1, offset=1)["nextOffset"] is None


def test_a_task_of_the_library_is_given_whole(talk: Talk) -> None:
    given = talk.ask("get_task", id="task:remember-tags")
    assert given["script"] == TAGS
    assert (given["preview_acts"], given["subscriptions"]) == (True, [TOPIC])
    assert given == talk.ask("get_task", id="remember-tags")


def test_likeness_counts_tags_topics_and_the_first_word(talk: Talk) -> None:
    answer = talk.ask("similar_tasks", handle="remember-tags")
    assert [(each["id"], each["score"]) for each in answer["results"]] == [("task:remember-totals", 2 + 1 + 0.5)]


def test_scripts_are_found_by_texts_in_them(talk: Talk) -> None:
    answer = talk.ask("search_task_examples", patterns=["TAGSADD", "order.total_price"], match="any")
    assert found(answer) == ["task:remember-totals", "task:remember-tags"]
    excerpt = answer["results"][0]["excerpts"][0]
    assert (excerpt["line"], excerpt["lines"]) == (1, [1, 2])
    assert found(talk.ask("search_task_examples", patterns=["tagsAdd", "order.total_price"])) == []


def test_the_library_is_read_again_when_asked(talk: Talk) -> None:
    talk.ask("search_tasks", query="")
    new = talk.home / "library/tasks/zebra.json"
    new.write_text(json.dumps(export("Zebra crossing")))
    try:
        assert found(talk.ask("search_tasks", query="zebra")) == []
        assert talk.ask("refresh_index")["library"]["tasks"] == 4
        assert found(talk.ask("search_tasks", query="zebra")) == ["task:zebra"]
    finally:
        new.unlink()
        talk.ask("refresh_index")


def test_the_manual_is_searched_and_read_by_section(talk: Talk) -> None:
    first = talk.ask("search_docs", query="e164 telephone")["results"][0]
    assert (first["id"], first["section"]) == ("doc:liquid", "The filter of telephone numbers")
    assert "e164" in talk.ask("get_doc", id=first["id"], section=first["section"])["markdown"]
    assert [each["id"] for each in talk.ask("search_docs", query="", tags=["coverage"])["results"]] == ["doc:fixtures"]


def test_tasks_of_the_project_are_listed_broken_ones_too(talk: Talk) -> None:
    rows = {each["id"]: each for each in talk.ask("list_tasks")["tasks"]}
    assert rows["mine"]["subscriptions"] == [TOPIC]
    assert "error" in rows["broken"]
    assert talk.ask("list_tasks", source="library", tags=["demo"])["tasks"][0]["id"] == "task:odd"


def test_a_preview_tells_what_a_task_would_do(talk: Talk) -> None:
    sample = talk.ask("preview_task", task="mine")
    assert [(each["topic"], each["source"], len(each["actions"])) for each in sample["events"]] == [
        (TOPIC, "sample", 1)
    ]
    event = {"topic": TOPIC, "data": {"total_price": "7"}}
    given = talk.ask("preview_task", export=MINE, event=event)["events"][0]
    assert (given["source"], len(given["logs"])) == ("given event", 1)
    assert SECRET not in json.dumps(given)
    library = talk.ask("preview_task", task="task:remember-tags")
    assert [each["scope"] for each in library["scopes"]["required"]] == ["read_orders", "write_orders"]
    assert talk.ask("preview_task", export=export("x", "{% if %}"))["errors"][0]["code"] == "liquid.syntax"


def test_lint_tells_lines_and_hints(talk: Talk) -> None:
    answer = talk.ask("lint_task", export=export("x", "\n{{ 1 | upcas }}"), severity="error")
    assert [(each["rule"], each["where"]["line"]) for each in answer["findings"]] == [("liquid.filter", 2)]
    assert answer["ok"] is False
    assert talk.ask("lint_task", export=export("x", "\n{{ 1 | upcas }}"), rules=["gql"])["ok"] is True


def test_cases_are_run_and_snapshots_left_as_they_are(talk: Talk) -> None:
    answer = talk.ask("test_task", task="mine", coverage=True)
    assert (answer["ok"], answer["passed"], answer["failed"]) == (False, 0, 1)
    assert [each["what"] for each in answer["cases"][0]["changes"]] == ["action cache"]
    covered = answer["coverage"][0]
    assert [(gap["line"], gap["lack"]) for gap in covered["gaps"]] == [(2, "never true")]
    assert {name: (talk.home / name).read_text() for name in FILES} == FILES
    assert sorted(each.name for each in (talk.home / "fixtures/mine").iterdir()) == ["one.json", "one.yml"]


def test_an_edited_export_is_compared_with_the_file(talk: Talk) -> None:
    assert talk.ask("diff_actions", task="mine", export=MINE)["same_actions"] is True
    edited = {**MINE, "script": SCRIPT.replace('"total"', '"sum"')}
    answer = talk.ask("diff_actions", task="mine", export=edited)
    assert {each["source"] for each in answer["different"]} == {"fixture", "sample", "stored event"}
    assert "  options[1]: total → sum" in answer["different"][0]["told"]


def test_an_export_is_built_and_checked(talk: Talk) -> None:
    answer = talk.ask("build_task_export", name="My new task", script=SCRIPT, subscriptions=[f"{TOPIC}+1.hour"])
    assert answer["file"] == "tasks/my-new-task.json"
    built = json.loads(answer["json"])
    assert built == answer["export"]
    assert (built["subscriptions_template"].split(), built["options"]) == ([f"{TOPIC}+1.hour"], {"token__secret": None})
    template = "{% if options.often__boolean %}user/a/b{% endif %}"
    other = talk.ask(
        "build_task_export", name="x", script="", subscriptions_template=template, options={"often__boolean": True}
    )
    assert (other["export"]["subscriptions"], other["ok"]) == (["user/a/b"], True)
    broken = talk.ask("build_task_export", name="x", script="{% if %}", subscriptions=["a"])
    assert broken["ok"] is False
    assert {each["code"] for each in broken["errors"]} >= {"liquid.syntax"}
    assert not (talk.home / "tasks/my-new-task.json").exists()


def test_events_are_listed_and_replayed_without_effect(talk: Talk) -> None:
    before = (talk.home / "runner.db").read_bytes()
    assert [each["topic"] for each in talk.ask("list_events")["events"]] == ["user/c/d", TOPIC]
    one = talk.ask("list_events", topic="shopify/*", data=True, limit=5)["events"]
    assert [(each["id"], each["data"]) for each in one] == [(SEEN, {"total_price": "7"})]
    replayed = talk.ask("replay_event", event=SEEN)
    assert [each["task"] for each in replayed["tasks"]] == ["mine"]
    assert len(replayed["tasks"][0]["actions"]) == len(replayed["tasks"][0]["logs"]) == 1
    live = talk.ask("replay_event", event=SEEN, task="mine", shop="prints")["tasks"][0]
    assert live["logs"][0]["name"] == "Tidewater Prints"
    assert SECRET not in json.dumps([replayed, live])
    assert talk.ask("replay_event", event=f"{SEEN[:-1]}2")["tasks"] == []
    assert (talk.home / "runner.db").read_bytes() == before


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("search_tasks", {"query": "x", "limit": 51}, "less than or equal to 50"),
    ("search_tasks", {"query": "x", "limit": 0}, "greater than or equal to 1"),
    ("search_tasks", {"query": "x", "offset": -1}, "greater than or equal to 0"),
    ("search_tasks", {"query": "x", "fuzzyMaxEdits": 3}, "less than or equal to 2"),
    ("search_tasks", {}, "Field required"),
    ("search_docs", {"query": 5}, "valid string"),
    ("get_task", {"id": "remember-tag"}, 'Did you mean "remember-tags"'),
    ("get_task", {"id": "../../etc/passwd"}, "has no task"),
    ("get_doc", {"id": "doc:fixture"}, 'did you mean "doc:fixtures"?'),
    ("get_doc", {"id": "doc:../errors"}, "there is no page"),
    ("get_doc", {"id": "doc:fixtures", "section": "Runing"}, 'did you mean "Running"?'),
    ("similar_tasks", {"handle": "nope"}, "has no task"),
    ("similar_tasks", {"handle": "odd", "limit": 21}, "less than or equal to 20"),
    ("search_task_examples", {"patterns": []}, "at least 1"),
    ("search_task_examples", {"patterns": [""]}, "at least 1"),
    ("list_tasks", {"source": "moon"}, "'project' or 'library'"),
    ("preview_task", {}, "give either task or export"),
    ("preview_task", {"task": "mine", "export": {}}, "give either task or export"),
    ("preview_task", {"task": "min"}, "mine"),
    ("preview_task", {"task": "broken"}, "tasks/broken.json, line 1"),
    ("preview_task", {"export": {"name": 5}}, "name"),
    ("preview_task", {"task": "mine", "event": {"tpic": "a"}}, "topic"),
    ("preview_task", {"task": "mine", "options": {"token": "x"}}, "token__secret"),
    ("lint_task", {"task": "mine", "rules": ["gqll"]}, "gql"),
    ("lint_task", {"task": "mine", "severity": "loud"}, "'error', 'warning' or 'advice'"),
    ("test_task", {"task": "min"}, "min"),
    ("diff_actions", {"task": "min"}, 'did you mean "mine"?'),
    ("diff_actions", {"task": "mine"}, "Git"),
    ("diff_actions", {"task": "mine", "other": "x", "export": {}}, "exclude each other"),
    ("build_task_export", {"name": "", "script": ""}, "at least 1"),
    ("list_events", {"state": "lost"}, "'unscheduled'"),
    ("replay_event", {"event": "ffff0000"}, "no event has an id"),
    ("replay_event", {"event": SEEN[:-1]}, "several events have"),
    ("replay_event", {"event": SEEN, "task": "min"}, 'did you mean "mine"?'),
]


@pytest.mark.parametrize(("tool", "arguments", "words"), REFUSED)
def test_what_is_wrong_is_told_as_an_error_of_the_tool(
    talk: Talk, tool: str, arguments: dict[str, Any], words: str
) -> None:
    said = talk.refusal(tool, arguments)
    assert words in said
    assert "Traceback" not in said


def test_a_tool_that_there_is_not_is_refused(talk: Talk) -> None:
    assert "nope" in talk.refusal("nope", {})


def line(method: str, number: int | None = None, **params: Any) -> str:
    numbered = {} if number is None else {"id": number}
    return json.dumps({"jsonrpc": "2.0", **numbered, "method": method, "params": params})


def test_malformed_messages_are_survived_and_nothing_but_the_protocol_is_printed(home: Path) -> None:
    """The end of the input ends the server."""
    client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
    said = [
        *("this is no JSON", "[]", '{"jsonrpc": "2.0"}'),
        *(line("initialize", 1, **client), line("notifications/initialized"), line("no/such/method", 2)),
        *(line("tools/call", 3, name="preview_task", arguments={"task": "mine"}), line("tools/call", 4, name=7)),
        line("tools/call", 5, name="list_tasks", arguments={}),
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "runner", "mcp"],
        cwd=home,
        env=settings(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("\n".join(said) + "\n")
            process.stdin.flush()
            answers: dict[Any, Any] = {}
            while not answers.keys() >= {1, 2, 3, 4, 5}:
                answer = json.loads(process.stdout.readline())
                assert answer["jsonrpc"] == "2.0"
                answers[answer.get("id")] = answer
            rest, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    assert answers[1]["result"]["serverInfo"]["name"] == "mechanic-runner"
    assert "lint_task" in answers[1]["result"]["instructions"]
    assert "error" in answers[2]
    assert answers[3]["result"]["structuredContent"]["ok"] is True
    assert "error" in answers[4] or answers[4]["result"]["isError"]
    assert answers[5]["result"]["structuredContent"]["total"] == 2
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in errors
