"""``runner lint`` and ``runner upgrade-check`` as somebody calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.cli import invoke

GOOD = {"name": "Good", "script": "{% log 'hi' %}", "subscriptions_template": "mechanic/user/trigger", "options": {}}
BAD = {**GOOD, "name": "Bad", "script": "{% log 'hi' | upcasee %}"}
WARNS = {**GOOD, "name": "Warns", "script": "{% log nothing_sets_this %}"}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tasks").mkdir()
    return tmp_path


def put(name: str, document: object) -> Path:
    file = Path("tasks") / f"{name}.json"
    file.write_text(json.dumps(document, indent=2) + "\n")
    return file


def test_without_a_task_all_of_the_project_are_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    put("good", GOOD)
    put("bad", BAD)
    assert invoke(["lint"]) == 1
    shown = capsys.readouterr().out
    assert "bad.json" in shown
    assert "good.json" not in shown
    assert "script 1:15              error    liquid.filter" in shown
    assert 'Hint: Did you mean "upcase"?' in shown
    assert "2 tasks: 1 error, 0 warnings, 0 advice." in shown


@pytest.mark.parametrize(
    ("flags", "code"), [([], 0), (["--strict"], 1), (["--ignore", "liquid.variable", "--strict"], 0)]
)
def test_warnings_fail_on_request_only(flags: list[str], code: int) -> None:
    assert invoke(["lint", str(put("warns", WARNS)), *flags]) == code


def test_one_document_is_printed_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["lint", str(put("bad", BAD)), "--json", "--rule", "liquid.filter"]) == 1
    document = json.loads(capsys.readouterr().out)
    (finding,) = document["findings"]
    assert document["ok"] is False
    assert document["summary"] == {"tasks": 1, "errors": 1, "warnings": 0, "advice": 0, "fixed": 0}
    assert (finding["rule"], finding["file"], finding["line"]) == ("liquid.filter", "tasks/bad.json", 3)
    assert finding["fix"] == "write upcase in place of upcasee"


def test_fix_corrects_the_file_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    file = put("bad", BAD)
    assert invoke(["lint", str(file), "--fix"]) == 0
    assert file.read_text() == json.dumps({**BAD, "script": "{% log 'hi' | upcase %}"}, indent=2) + "\n"
    assert "corrected" in capsys.readouterr().out


def test_a_task_that_cannot_be_read_is_told_and_the_others_are_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    put("bad", BAD)
    Path("tasks/broken.json").write_text("{")
    assert invoke(["lint"]) == 2
    captured = capsys.readouterr()
    assert "broken.json" in captured.err
    assert "liquid.filter" in captured.out


def test_settings_silence_rules_for_all_tasks_or_one(capsys: pytest.CaptureFixture[str]) -> None:
    put("bad", BAD)
    put("warns", WARNS)
    Path("runner.yml").write_text("lint_ignore: liquid.variable, bad:liquid\n")
    assert invoke(["lint", "--strict"]) == 0
    Path("runner.yml").write_text("lint_ignore: warns:liquid\n")
    assert invoke(["lint"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--rule", "gql.shema"],
        ["--ignore", "nonsense"],
        ["--explain", "gql"],
        ["--severity", "fatal"],
        ["no-such-task"],
    ],
)
def test_usual_mistakes_are_told_in_words(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    put("good", GOOD)
    assert invoke(["lint", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("Error: ")
    assert "Traceback" not in captured.err


def test_a_wrong_rule_in_the_settings_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    put("good", GOOD)
    Path("runner.yml").write_text("lint_ignore: gql.shema\n")
    assert invoke(["lint"]) == 2
    assert "did you mean gql.schema?" in capsys.readouterr().err


def test_no_project_and_no_task_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tasks").rmdir()
    assert invoke(["lint"]) == 2
    assert "runner lint tasks/my-task.json" in capsys.readouterr().err


def test_explain_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["lint", "--explain", "pre.false"]) == 0
    shown = capsys.readouterr().out
    assert "Wrong:" in shown
    assert "{% unless event.preview %}" in shown


def test_annotations_for_github_escape_what_would_end_them(capsys: pytest.CaptureFixture[str]) -> None:
    put("bad", {**BAD, "script": "{% log 1 | a100 %}"})
    assert invoke(["lint", "--github", "--rule", "liquid.filter"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("::error file=tasks/bad.json,line=3,col=")
    assert "title=liquid.filter in bad%2C script 1%3A12::there is no filter" in line


def test_the_sarif_file_names_rules_places_and_levels() -> None:
    put("bad", BAD)
    put("warns", WARNS)
    assert invoke(["lint", "--sarif", "out.sarif"]) == 1
    document = json.loads(Path("out.sarif").read_text())
    (run,) = document["runs"]
    names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert document["version"] == "2.1.0"
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        ("liquid.filter", "error"),
        ("liquid.variable", "warning"),
    ]
    for result in run["results"]:
        assert names[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].startswith("tasks/")
        assert place["region"]["startLine"] == 3


def test_least_severity_leaves_out_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    put("warns", {**WARNS, "options": {"gone": 1}})
    invoke(["lint", "--severity", "warning", "--json"])
    assert {each["rule"] for each in json.loads(capsys.readouterr().out)["findings"]} == {"liquid.variable"}


RULES_OF_COLLECTION = """{% capture q %}query { collection(id: 1) { ruleSet { appliedDisjunctively } } }{% endcapture %}
{% assign result = q | shopify %}{% log result: result.data.collection %}"""


def test_upgrade_check_tells_what_becomes_deprecated(capsys: pytest.CaptureFixture[str]) -> None:
    put("collections", {**GOOD, "script": RULES_OF_COLLECTION, "shopify_api_version": "2026-04"})
    assert invoke(["upgrade-check", "--to", "2026-10"]) == 0
    shown = capsys.readouterr().out
    assert "Collection.ruleSet is deprecated in 2026-10" in shown
    assert "1 tasks to 2026-10: 0 would break, 1 use what becomes deprecated" in shown


def test_upgrade_check_says_nothing_of_what_is_wrong_already(capsys: pytest.CaptureFixture[str]) -> None:
    put("shop", {**GOOD, "script": "{% assign r = 'query { shop { nme } }' | shopify %}"})
    assert invoke(["upgrade-check", "--to", "2026-10", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tasks"] == []


def test_upgrade_check_refuses_what_is_no_version(capsys: pytest.CaptureFixture[str]) -> None:
    put("good", GOOD)
    assert invoke(["upgrade-check", "--to", "2026-13"]) == 2
    assert "not a version" in capsys.readouterr().err
