"""``runner preview`` of many tasks: what is found, the table, the document, and that one broken file stops nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.cli.preview_tasks import sources
from tests.cli.conftest import Command
from tests.cli.made import TOPIC, task_file

FINE, FAILING, WRONG = "{% log 1 %}", '{% error "no" %}', "{% if %}"
SHIPPED = "keep-inventory-levels-in-sync-within-products"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """``tasks/`` with a fine and a failing task, and a helper folder."""
    made = tmp_path / "tasks"
    made.mkdir()
    task_file(made, FINE, name="b-fine")
    task_file(made, FAILING, name="a-failing")
    parts = made / "c-parts"
    parts.mkdir()
    (parts / "task.json").write_text(f'{{"name": "Parts", "subscriptions_template": "{TOPIC}"}}')
    (parts / "script.liquid").write_text(FINE)
    return made


def names(found: str | list[str]) -> list[str]:
    assert isinstance(found, list)
    return [Path(each).name for each in found]


def test_a_folder_stands_for_its_files_and_helper_folders_by_name(folder: Path) -> None:
    assert names(sources([str(folder)])) == ["a-failing.json", "b-fine.json", "c-parts"]


def test_one_task_is_no_list_but_a_folder_with_one_is(folder: Path, tmp_path: Path) -> None:
    one = task_file(tmp_path, FINE)
    assert sources([str(one)]) == str(one)
    assert sources([str(folder / "c-parts")]) == str(folder / "c-parts")
    assert sources([SHIPPED]) == SHIPPED
    single = tmp_path / "single"
    single.mkdir()
    task_file(single, FINE)
    assert names(sources([str(single)])) == ["made.json"]


def test_a_task_that_is_named_twice_is_there_once_in_its_first_place(folder: Path) -> None:
    again = folder / ".." / "tasks" / "b-fine.json"
    assert names(sources([str(folder / "b-fine.json"), str(folder), str(again)])) == [
        "b-fine.json",
        "a-failing.json",
        "c-parts",
    ]


def test_a_handle_is_meant_where_a_folder_of_that_name_holds_no_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / SHIPPED).mkdir()
    monkeypatch.chdir(tmp_path)
    assert sources([SHIPPED]) == SHIPPED


def test_files_folders_and_handles_may_be_mixed(run: Command, folder: Path, tmp_path: Path) -> None:
    other = task_file(tmp_path, FINE, name="other")
    document = run("preview", other, folder, SHIPPED, "--json").document
    assert [each["task"]["handle"] for each in document["tasks"]] == [
        "other",
        "a-failing",
        "b-fine",
        "c-parts",
        SHIPPED,
    ]


def test_the_document_holds_every_result_a_summary_and_all_scopes(run: Command, folder: Path) -> None:
    ran = run("preview", folder, "--json")
    document = ran.document
    assert (ran.code, ran.err) == (1, "")
    assert set(document) == {"tasks", "summary", "scopes", "ok"}
    assert [each["ok"] for each in document["tasks"]] == [False, True, True]
    assert all(set(each) == {"task", "previews", "scopes", "ok"} for each in document["tasks"])
    summary = document["summary"]
    assert {key: summary[key] for key in ("tasks", "ok", "failed", "invalid", "previews", "errors", "logs")} == {
        "tasks": 3,
        "ok": 2,
        "failed": 1,
        "invalid": 0,
        "previews": 3,
        "errors": 1,
        "logs": 2,
    }
    assert document["scopes"] == {"required": ["read_inventory"], "missing": []}
    assert document["ok"] is False


@pytest.mark.parametrize(
    ("scripts", "code"),
    [((FINE, FINE), 0), ((FINE, FAILING), 1), ((FAILING, WRONG), 2), ((WRONG, FINE), 2)],
)
def test_the_worst_task_is_the_exit_code(run: Command, tmp_path: Path, scripts: tuple[str, ...], code: int) -> None:
    paths = [task_file(tmp_path, script, name=f"t{number}") for number, script in enumerate(scripts)]
    assert run("preview", *paths).code == code


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b'{"name": "x",,}', "before the comma"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"name": "x"}', "script"),
        (b"[]", "broken.json"),
    ],
)
def test_a_broken_file_has_its_row_and_stops_nobody(run: Command, folder: Path, content: bytes, part: str) -> None:
    (folder / "broken.json").write_bytes(content)
    ran = run("preview", folder)
    assert ran.code == 2
    assert ran.err == ""
    row, failure = ran.out[ran.out.index("invalid") :].splitlines()[:2]
    assert row.split()[:2] == ["invalid", "broken"]
    assert part in failure
    assert "ok       c-parts" in ran.out
    document = run("preview", folder, "--json").document
    broken = next(each for each in document["tasks"] if each["task"]["handle"] == "broken")
    assert broken["task"]["errors"][0]["message"]
    assert (broken["task"]["name"], broken["previews"], broken["ok"]) == (None, [], False)
    assert document["summary"]["invalid"] == 1


def test_a_name_that_is_nothing_has_its_row_among_others(run: Command, folder: Path) -> None:
    ran = run("preview", folder, folder / "b-fin.json", "no-such-handle")
    assert ran.code == 2
    assert 'There is no file "b-fin.json"' in ran.out
    assert 'There is no task "no-such-handle"' in ran.out
    assert "ok       b-fine" in ran.out


def test_the_table_shows_counts_and_what_failed_first(run: Command, folder: Path) -> None:
    lines = run("preview", folder).out.splitlines()
    assert lines[0].split() == ["result", "task", "topics", "actions", "logs", "errors", "ms"]
    assert lines[2].split()[:6] == ["failed", "a-failing", "1", "0", "0", "1"]
    assert lines[3] == f"    {TOPIC}: no"
    assert lines[4].split()[:6] == ["ok", "b-fine", "1", "0", "1", "0"]
    assert "3 tasks: 2 ok, 1 failed, 0 invalid." in lines


def test_a_failure_inside_a_script_is_told_with_its_place(run: Command, folder: Path) -> None:
    task_file(folder, "{% log 1 %}\n{{ nothing.x | parse_json }}{% log 2 %}{{ '{' | parse_json }}", name="d")
    assert f"    {TOPIC}: script, line 2, column" in run("preview", folder).out


def test_equal_handles_are_told_apart_by_their_paths(run: Command, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        task_file(tmp_path / name, FINE, name="same")
    ran = run("preview", tmp_path / "one", tmp_path / "two")
    assert ran.code == 0
    assert str(tmp_path / "one" / "same.json") in ran.out
    assert str(tmp_path / "two" / "same.json") in ran.out


def test_verbose_shows_every_task_whole_before_the_table(run: Command, folder: Path) -> None:
    out = run("preview", folder, "--verbose").out
    assert out.index("Task a-failing") < out.index("Parts") < out.index("result ")
    assert "Scopes for all of them: read_inventory" in out


def test_scopes_that_are_not_granted_are_summed_up(run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPIFY_SCOPES", "read_orders")
    assert "Scopes not granted: read_inventory" in run("preview", folder).out
    assert run("preview", folder, "--json").document["scopes"]["missing"] == ["read_inventory"]


def test_a_folder_without_tasks_is_an_error_that_names_its_folders(run: Command, tmp_path: Path, folder: Path) -> None:
    ran = run("preview", tmp_path)
    assert ran.code == 2
    assert "There is no task in this folder." in ran.err
    assert "tasks" in ran.err
    assert run("preview", folder, tmp_path).code == 2


@pytest.mark.parametrize("flag", ["--options", "--input"])
def test_what_belongs_to_one_task_is_refused_for_several(run: Command, folder: Path, flag: str) -> None:
    ran = run("preview", folder, flag, "values.json")
    assert ran.code == 2
    assert f"{flag} goes with one task" in ran.err


def test_the_given_event_is_for_all(run: Command, folder: Path, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(f'{{"topic": "{TOPIC}", "data": 1}}')
    document = run("preview", folder, "--event", event, "--json").document
    assert {each["source"] for task in document["tasks"] for each in task["previews"]} == {"given event"}


def test_rows_are_cut_to_the_width_of_a_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from runner.cli.output import Output
    from runner.cli.preview import _preview_of
    from runner.cli.preview_tasks import preview_tasks

    class Terminal(Output):
        width = 60

    from contextlib import ExitStack

    output = Terminal()
    task_file(folder, FAILING.replace("no", "n" * 90), name="x" * 70)
    found = sources([str(folder)])
    assert isinstance(found, list)
    with ExitStack() as stack:
        preview_tasks(output, found, _preview_of(output, stack, None, no_stored=True), verbose=False)
    table = capsys.readouterr().out.split("\n\n")[0].splitlines()
    assert max(len(line) for line in table) <= 66
    assert any(line.endswith("…") for line in table)


def test_a_fault_of_ours_names_the_task_it_came_up_with(
    run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(task: object, **given: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr("runner.preview.preview_task", broken)
    ran = run("preview", folder)
    assert ran.code == 70
    assert f"while previewing {folder / 'a-failing.json'}:" in ran.err


def test_what_no_task_does_and_what_none_can_yet_is_counted(run: Command, tmp_path: Path) -> None:
    for name in ("one", "two"):
        task_file(tmp_path, "{{ options.mail__required }}", name=name)
    out = run("preview", tmp_path).out
    assert "2 previews did nothing." in out
    assert "2 tasks cannot be enabled before options are filled in or corrected." in out
