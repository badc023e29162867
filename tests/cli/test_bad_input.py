"""What every command says to what it cannot use: what, where, what next; nothing written, no traceback (style.md 4.5).

The commands come from the table of commands, so that a new one that takes a file or a task fails here until it is told.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Command, Ran
from tests.cli.leaves import leaves

TOPIC = "mechanic/user/trigger"
TASK = {"name": "Mine", "script": "{% log 1 %}", "subscriptions_template": TOPIC, "options": {}}
LEAVES = {" ".join(words): command for words, command in leaves()}
BAD = {
    "empty.json": b"",
    "broken.json": b'{"topic": "a",}',
    "list.json": b"[]",
    "not-utf8.json": b'{"name": "\xff"}',
    "utf16.json": '{"name": "x"}'.encode("utf-16"),
    "nul.json": b"\0\0\0",
    "deep.json": b"[" * 100_000,
    "page.json": b"<!doctype html>",
    "wrong.json": b'{"name": 1, "script": [], "shop": []}',
    "mit leerzeichen ü.json": b"{oops",
    "../above.json": b"{oops",
}
"""File -> content. A folder, a file that is missing, and a link to nowhere come in addition."""
MISSING = ("folder.json", "missing.json", "link.json", "no/such/folder.json", "x" * 300 + ".json")
RUN = ("run", "mine", "--topic", TOPIC, "--shop", "prints")
READING = {
    "connect google --client-file": ("connect", "google", "--no-browser", "--client-file"),
    "connect google --service-account": ("connect", "google", "--service-account"),
    "diff TASK": ("diff", "{}", "good.json"),
    "diff OTHER": ("diff", "mine"),
    "docs build TASKS": ("docs", "build"),
    "docs build --library": ("docs", "build", "--library"),
    "events import FILE": ("events", "import"),
    "export TASKS": ("export",),
    "import PATHS": ("import",),
    "import --into": ("import", "good.json", "--into"),
    "lint TASKS": ("lint",),
    "preview TASKS": ("preview",),
    "preview --event": ("preview", "mine", "--event"),
    "preview --input": ("preview", "mine", "--input"),
    "preview --options": ("preview", "mine", "--options"),
    "preview --shop": ("preview", "mine", "--shop"),
    "profile TASK": ("profile",),
    "profile --event": ("profile", "mine", "--event"),
    "profile --options": ("profile", "mine", "--options"),
    "profile --shop": ("profile", "mine", "--topic", TOPIC, "--shop"),
    "run TASK": ("run", "{}", *RUN[2:]),
    "run --event": ("run", "mine", "--shop", "prints", "--event"),
    "run --input": (*RUN, "--input"),
    "run --options": (*RUN, "--options"),
    "run --shop": (*RUN[:-1],),
    "send --data": ("send", "user/a/b", "--data"),
    "send --input": ("send", "mechanic/user/form", "--task", "mine", "--input"),
    "shop serve --seed": ("shop", "serve", "--port", "0", "--seed"),
    "shop seed check NAMES": ("shop", "seed", "check"),
    "tasks bundle TASKS": ("tasks", "bundle"),
    "tasks status TASKS": ("tasks", "status"),
    "tasks unbundle TASK": ("tasks", "unbundle"),
    "test TASKS": ("test",),
    "upgrade-check TASKS": ("upgrade-check", "--to", "2026-10"),
}
"""Parameter -> the words before (or around ``{}``) what it is given."""
ALLOWED = {
    "events import": {"empty.json"},  # no event is no mistake
    "send --data": {"list.json", "wrong.json"},  # data may be any JSON
    "preview --shop": {"empty.json"},
    "profile --shop": {"empty.json"},
    "run --shop": {"empty.json"},  # a store may hold nothing
    "shop serve": {"empty.json"},
    "shop seed": {"empty.json"},
}
TOLD_ALONG = ("shop seed check", "tasks status", "upgrade-check")
"""These go on with the next one and tell what is wrong beside the result."""
WRITING = {
    "docs build --output": ("docs", "build", "--output"),
    "events export FILE": ("events", "export"),
    "export --output": ("export", "mine", "--output"),
    "init FOLDER": ("init",),
    "lint --sarif": ("lint", "--sarif"),
    "shop record NAME": ("shop", "record"),
    "shop serve --state": ("shop", "serve", "--seed", "prints", "--port", "0", "--state"),
    "test --junit": ("test", "--junit"),
}
UNWRITABLE = ("good.json/x.json", "/proc/nowhere/x.json", "/dev/null/x.json", "x" * 300 + ".json")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project two folders down, with a task, a case and every bad file."""
    found = tmp_path / "work" / "project"
    for folder in ("tasks", "fixtures/mine", "folder.json"):
        (found / folder).mkdir(parents=True)
    for name, content in BAD.items():
        (found / name).write_bytes(content)
    (found / "link.json").symlink_to("nowhere.json")
    topics = f"{TOPIC}\nmechanic/user/form"
    (found / "tasks" / "mine.json").write_text(json.dumps({**TASK, "subscriptions_template": topics}))
    (found / "good.json").write_text(json.dumps({**TASK, "name": "Good"}))
    (found / "fixtures" / "mine" / "one.yml").write_text(f"event: {{topic: {TOPIC}}}\n")
    (found / "runner.yml").write_text("shop: example.myshopify.com\n")
    monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", "shpat_x")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(found)
    return found


def everything(home: Path) -> dict[str, bytes]:
    """Every file of the user, also those that stand above the project."""
    files = (each for each in home.parents[0].rglob("*") if each.is_file() and ".runner" not in each.parts)
    return {str(each): each.read_bytes() for each in files}


def check_refusal(ran: Ran, what: str, *, codes: tuple[int, ...] = (2,)) -> None:
    """It says what is wrong and what to do, in words of its own."""
    told = f"{what!r}: {ran}"
    assert ran.code in codes, told
    assert "Traceback" not in ran.err + ran.out, told
    assert "fault of runner" not in ran.err + ran.out, told
    if ran.code == 2 and not ran.out:
        assert ran.err.count("Error: ") == 1, told
        assert "  Hint: " in ran.err, told
        assert "see `runner docs errors`)" in ran.err, told
        assert "codec can't" not in ran.err, told
        assert "Errno" not in ran.err, told


@pytest.mark.parametrize("name", LEAVES)
def test_an_option_that_does_not_exist_is_refused(run: Command, name: str) -> None:
    ran = run(*name.split(), "--no-such-option")
    check_refusal(ran, name)
    assert "'--no-such-option'" in ran.err
    assert f"`runner {name} --help`" in ran.err


@pytest.mark.parametrize("name", READING)
def test_files_and_tasks_that_cannot_be_read_are_refused(run: Command, home: Path, name: str) -> None:
    before = everything(home)
    allowed = next((files for start, files in ALLOWED.items() if name.startswith(start)), set())
    for file in (*BAD, *MISSING):
        if file in allowed:
            continue
        words = READING[name]
        ran = run(*(file if word == "{}" else word for word in words), *([] if "{}" in words else [file]))
        check_refusal(ran, file, codes=(1, 2) if name in ("lint TASKS", "preview TASKS", "test TASKS") else (2,))
        assert Path(file).stem[:40] in ran.err + ran.out, (file, ran)
        assert everything(home) == before, file


@pytest.mark.parametrize("name", WRITING)
def test_places_that_cannot_be_written_are_refused(run: Command, home: Path, name: str) -> None:
    before = everything(home)
    for place in UNWRITABLE:
        ran = run(*WRITING[name], place)
        check_refusal(ran, place, codes=(2, 3) if name.startswith("shop record") else (2,))
        assert everything(home) == before, place


def test_no_command_that_takes_a_file_or_a_task_is_forgotten() -> None:
    """SEED, FILE, FOLDER, TASK and the like are what the tables above know of."""
    known = {*READING, *WRITING, *KEPT_ELSEWHERE}
    for name, command in LEAVES.items():
        for each in command.params:
            shown = each.make_metavar(click.Context(command)).strip("[].") if each.param_type_name == "argument" else ""
            kind = shown or getattr(each, "metavar", None) or ("FILE" if isinstance(each.type, click.Path) else "")
            if kind in ("FILE", "FOLDER", "PATH", "TASK", "SEED", "REV|FILE"):
                label = shown or each.opts[0]
                assert any(word.startswith(f"{name} ") and _same(word, label, each) for word in known), (name, label)


def _same(word: str, label: str, each: click.Parameter) -> bool:
    last = word.rpartition(" ")[2]
    return last == label or (each.param_type_name == "argument" and last == (each.name or "").upper())


KEPT_ELSEWHERE = {
    f"{name} {option}"
    for name in ("events export", "events list", "replay", "runs cancel", "runs list", "runs retry")
    for option in ("--task", "--for")
} | {"send --task"}
"""Names of tasks in what is kept: tests/cli/test_operating.py."""


SETTINGS = {
    "not UTF-8": b"shop: \xff",
    "a list": b"- a\n",
    "broken": b"a: [",
    "a setting that does not exist": b"nope: 1\n",
    "a value that does not fit": b"workers: many\n",
    "control characters": b"\0",
}
READS_SETTINGS = {
    "cache list": (),
    "config show": (),
    "connect list": (),
    "events list": (),
    "explain": ("x",),
    "globals list": (),
    "library tags": (),
    "lint": ("mine",),
    "preview": ("mine",),
    "purge": ("--older-than", "3d", "--dry-run"),
    "replay": ("x",),
    "run": ("mine", "--topic", TOPIC, "--shop", "prints"),
    "runs list": (),
    "schedule": (),
    "secrets list": (),
    "send": (TOPIC,),
    "serve": (),
    "shop record": ("x",),
    "status": (),
    "tasks enable": ("mine",),
    "tasks list": (),
    "upgrade-check": ("--to", "2026-10"),
    "webhooks list": (),
    "webhooks secret list": (),
    "worker": (),
}


@pytest.mark.parametrize("name", READS_SETTINGS)
def test_settings_that_cannot_be_read_stop_every_command(run: Command, home: Path, name: str) -> None:
    for kind, content in SETTINGS.items():
        (home / "runner.yml").write_bytes(content)
        ran = run(*name.split(), *READS_SETTINGS[name])
        check_refusal(ran, kind)
        assert "runner.yml" in ran.err, (kind, ran)
    (home / "runner.yml").unlink()
    (home / "runner.yml").mkdir()
    ran = run(*name.split(), *READS_SETTINGS[name])
    check_refusal(ran, "a folder")
    assert "runner.yml" in ran.err


def bound(home: Path, *words: str) -> Ran:
    """The command in a process to which permissions matter, whoever runs the tests."""
    dropped = "-dac_override,-dac_read_search"
    ahead = ["setpriv", f"--inh-caps={dropped}", f"--bounding-set={dropped}"] if os.geteuid() == 0 else []
    command = [*ahead, sys.executable, "-m", "runner", *words]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="nothing is unreadable for root")
def test_what_may_not_be_read_or_written_is_told(home: Path) -> None:
    (home / "tasks" / "mine.json").chmod(0)
    (home / "tasks").chmod(0o500)
    try:
        before = sorted(each.name for each in (home / "tasks").iterdir())
        for words, told in ((("preview", "mine"), "mine.json"), (("tasks", "new", "fresh"), "fresh.json")):
            ran = bound(home, *words)
            check_refusal(ran, told)
            assert "ermission denied" in ran.err
            assert told in ran.err
        assert sorted(each.name for each in (home / "tasks").iterdir()) == before
    finally:
        (home / "tasks").chmod(0o700)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("preview", "mien"), "mine"),
        (("run", "mine", "good.json"), "unexpected extra argument"),
        (("run", "twice", "--topic", TOPIC), "twice"),
        (("export", "mine", "--all"), "name tasks, or give --all"),
        (("import", "good.json", "--into", "mine", "--over"), "--into"),
        (("tasks", "new", "Two Words"), "two-words"),
        (("tasks", "new", ".."), "cannot be the name"),
        (("tasks", "new", "mine"), "--force"),
        (("library", "add", "../mine"), "library"),
        (("init", "good.json"), "good.json"),
    ],
)
def test_names_that_do_not_fit_are_told_with_what_does(
    run: Command, home: Path, words: tuple[str, ...], told: str
) -> None:
    (home / "runner.yml").write_text("library: .\n")
    before = everything(home)
    ran = run(*words)
    check_refusal(ran, " ".join(words))
    assert told in ran.err
    assert everything(home) == before


@pytest.mark.parametrize(("ends", "mark"), [("\r\n", "\ufeff"), ("\r\n", "")])
def test_marks_and_line_ends_of_windows_do_no_harm(run: Command, home: Path, ends: str, mark: str) -> None:
    text = mark + json.dumps(TASK, indent=2).replace("\n", ends)
    (home / "tasks" / "mine.json").write_bytes(text.encode())
    (home / "runner.yml").write_bytes(f"{mark}mode: dry{ends}".encode())
    (home / "event.json").write_bytes(f'{mark}{{"topic":{ends}"{TOPIC}"}}'.encode())
    for words in (("preview", "mine", "--event", "event.json"), ("lint", "mine"), ("test", "mine", "--update")):
        assert run(*words).code == 0, words
    assert (home / "tasks" / "mine.json").read_bytes() == text.encode()


@pytest.mark.parametrize("leftover", [".gitkeep", ".mine.json.x1y2.part"])
def test_a_hidden_file_in_the_folder_of_tasks_is_none_and_breaks_nothing(
    run: Command, home: Path, leftover: str
) -> None:
    """Also when nothing else is there, as after a command that was killed."""
    (home / "tasks" / leftover).write_text("{")
    assert [each["handle"] for each in run("tasks", "list", "--json").document["tasks"]] == ["mine"]
    (home / "tasks" / "mine.json").unlink()
    for words in (("tasks", "list"), ("status",), ("schedule",)):
        ran = run(*words)
        assert ran.code == 0, (words, ran)
    check_refusal(run("tasks", "enable", "mine"), "mine")


def test_the_nearest_name_is_told_when_a_task_is_switched(run: Command, home: Path) -> None:
    ran = run("tasks", "enable", "mien")
    check_refusal(ran, "mien")
    assert 'did you mean "mine"?' in ran.err
