"""``runner profile``, as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.made import TOPIC, event_file, task_file

SCRIPT = (
    '{% for n in (1..3) %}\n{% assign x = n | plus: 1 %}\n{% endfor %}\n{% assign s = "{ shop { name } }" | shopify %}'
)


def test_previews_are_measured_by_line_and_filter(run: Command, tmp_path: Path) -> None:
    file = task_file(tmp_path, SCRIPT)
    document = run("profile", file, "--times", "2", "--json").document
    assert document["renders"] == 2
    assert {row["line"]: (row["count"], row["text"]) for row in document["lines"]}[2] == (
        6,
        "{% assign x = n | plus: 1 %}",
    )
    assert document["filters"]["plus"]["count"] == 6
    shown = run("profile", file).out
    assert "2: {% assign x = n | plus: 1 %}" in shown
    assert "--shop SEED" in run("profile", task_file(tmp_path, "{% log 1 %}", name="other")).out


def test_reads_of_a_simulated_store_are_measured(run: Command, tmp_path: Path) -> None:
    ran = run("profile", task_file(tmp_path, SCRIPT), "--shop", "prints", "--json")
    assert ran.code == 0, ran.err
    (read,) = ran.document["reads"]
    assert (read["kind"], read["request"], read["count"]) == ("graphql", "{ shop { name } }", 1)
    assert read["ms"] > 0


def test_a_script_that_fails_is_told_and_exits_with_1(run: Command, tmp_path: Path) -> None:
    ran = run("profile", task_file(tmp_path, "{% assign x = 1 | divided_by: 0 %}"))
    assert ran.code == 1
    assert "The script failed: " in ran.err


def test_the_event_of_a_file_is_the_only_one(run: Command, tmp_path: Path) -> None:
    file, event = task_file(tmp_path, SCRIPT), event_file(tmp_path, TOPIC, {"x": 1})
    assert run("profile", file, "--event", event, "--json").document["renders"] == 1


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--topic", TOPIC), "--topic goes with --shop"),
        (("--options", "none.json"), "none.json"),
        (("--shop", "x"), "seed"),
    ],
)
def test_mistakes_are_told(run: Command, tmp_path: Path, words: tuple[str, ...], part: str) -> None:
    refused = run("profile", task_file(tmp_path, SCRIPT), *words)
    assert refused.code == 2
    assert part in refused.err
