"""The edge of the program: usage, faults of ours, interruption, closed pipes, what is loaded when."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from runner.cli import COMMANDS, root
from runner.errors import SafetyError
from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]
CONTEXT = click.Context(root)


def test_no_command_prints_the_help_and_is_wrong_usage(run: Command) -> None:
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert "Commands:" in ran.err


def test_help_is_a_result(run: Command) -> None:
    ran = run("--help")
    assert ran.code == 0
    assert "preview" in ran.out


@pytest.mark.parametrize(
    "group", [name for name in COMMANDS if isinstance(root.get_command(CONTEXT, name), click.Group)]
)
def test_the_help_of_a_group_tells_its_commands_in_whole_sentences(run: Command, group: str) -> None:
    ran = run(group, "--help")
    assert ran.code == 0
    assert "Commands:" in ran.out
    assert "..." not in ran.out.partition("Commands:")[2]


def test_an_unknown_command_names_the_nearest(run: Command) -> None:
    ran = run("previw", "x")
    assert ran.code == 2
    assert 'there is no command "previw"' in ran.err
    assert "`runner preview`" in ran.err
    assert ran.out == ""


def test_wrong_usage_points_at_the_help(run: Command) -> None:
    ran = run("version", "--jsn")
    assert ran.code == 2
    assert "`runner version --help`" in ran.err
    assert "Traceback" not in ran.err


def test_wrong_usage_with_json_is_one_document(run: Command) -> None:
    ran = run("preview", "--json", "--nonsense")
    assert ran.code == 2
    assert ran.document["error"]["code"] == "input.usage"
    assert ran.err == ""


def test_a_fault_of_ours_says_so_without_a_traceback(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root, "get_command", _failing(KeyError("lost")))
    ran = run("version")
    assert ran.code == 70
    assert "fault of runner itself" in ran.err
    assert "KeyError: 'lost'" in ran.err
    assert "--debug" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", [("--debug", "version"), ("version", "--debug")])
def test_debug_shows_the_traceback_from_any_position(
    run: Command, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(root, "get_command", _failing(KeyError("lost")))
    ran = run(*words)
    assert ran.code == 70
    assert "Traceback" in ran.err


@pytest.mark.parametrize(("fault", "code"), [(KeyboardInterrupt(), 130), (SafetyError("no"), 4)])
def test_how_a_command_ends_is_its_exit_code(
    run: Command, monkeypatch: pytest.MonkeyPatch, fault: BaseException, code: int
) -> None:
    monkeypatch.setattr(root, "get_command", _failing(fault))
    assert run("version").code == code


def _failing(fault: BaseException) -> object:
    @click.command("version")
    def command() -> None:
        raise fault

    return lambda context, name: command


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("RUNNER_", "SHOPIFY_"))}


FOR_THE_SHOP = ("httpx", "graphql", "jsonschema", "yaml", "sqlalchemy", "starlette", "uvicorn", "rich")


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        (["--help"], (*FOR_THE_SHOP, "liquid", "asyncio")),
        (["preview", "--help"], (*FOR_THE_SHOP, "liquid", "asyncio")),
        (["run", "--help"], (*FOR_THE_SHOP, "liquid", "asyncio")),
        (["docs", "cli"], (*FOR_THE_SHOP, "liquid", "asyncio")),
        # Its scopes need the parser of graphql-core, nothing of a shop.
        (["preview", "keep-inventory-levels-in-sync-within-products"], tuple(set(FOR_THE_SHOP) - {"graphql"})),
    ],
)
def test_a_command_loads_only_what_it_needs(words: list[str], unwanted: tuple[str, ...]) -> None:
    code = (
        "import sys\n"
        "from runner.cli import invoke\n"
        f"assert invoke({words!r}) == 0\n"
        f"print([name for name in {unwanted!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=_environment())
    assert done.stderr.strip() == "[]"


def test_python_m_runner_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "runner", "--version"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0
    assert done.stdout.startswith("runner ")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m runner docs settings | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, env=_environment())
    assert done.stdout.strip() in {"0", "141"}
    assert done.stderr == ""


def test_an_interrupted_command_says_so_and_leaves_130() -> None:
    code = (
        "import os, signal, click\n"
        "from runner import cli\n"
        "@click.command('version')\n"
        "def command():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    signal.pause()\n"
        "cli.root.get_command = lambda context, name: command\n"
        "cli.run(['version'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=30)
    assert (done.returncode, done.stderr.strip()) == (130, "interrupted")
    assert signal.SIGINT == 2


def test_words_after_two_dashes_are_arguments_not_options(run: Command) -> None:
    ran = run("docs", "--", "--json")
    assert ran.code == 2
    assert 'no page "--json"' in ran.err


def test_every_page_of_the_manual_can_be_printed(run: Command) -> None:
    listed = run("docs", "--json").document["pages"]
    for topic in listed:
        assert run("docs", topic).out.startswith("# ")


def test_an_unknown_page_names_the_nearest(run: Command) -> None:
    ran = run("docs", "setings")
    assert ran.code == 2
    assert "`runner docs settings`" in ran.err


def test_config_show_tells_values_and_origins_and_hides_secrets(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "runner.yml").write_text("mode: live\naccess_token: shpat_secret\n")
    monkeypatch.setenv("SHOPIFY_SHOP", "example.myshopify.com")
    ran = run("config", "show", "--json")
    settings = ran.document["settings"]
    assert settings["mode"] == {"value": "live", "origin": "runner.yml:1"}
    assert settings["shop"] == {"value": "example.myshopify.com", "origin": "environment SHOPIFY_SHOP"}
    assert settings["access_token"]["value"] == "(hidden)"
    assert "shpat_secret" not in ran.out + ran.err
    text = run("config", "show")
    assert "runner.yml:2" in text.out
    assert "shpat_secret" not in text.out + text.err
    assert "Warning: runner.yml:2: access_token stands in the file in clear" in text.err


def test_a_broken_settings_file_shows_its_line(run: Command, tmp_path: Path) -> None:
    (tmp_path / "runner.yml").write_text("mode: dry\nshp: a.myshopify.com\n")
    ran = run("config", "show")
    assert ran.code == 2
    assert "runner.yml, line 2, column 1" in ran.err
    assert "  | shp: a.myshopify.com\n  | ^" in ran.err
    assert "did you mean shop?" in ran.err


def test_version_is_printed_for_people_and_programs(run: Command) -> None:
    from runner import __version__

    assert run("version").out.startswith(f"runner {__version__}\n")
    assert run("version", "--json").document["runner"] == __version__
    assert json.loads(run("version", "--json").out)["shopify_api_versions"]


def test_what_the_system_refuses_is_no_fault_of_ours(run: Command) -> None:
    ran = run("preview", "x" * 300)
    assert ran.code == 2
    assert "the system refuses: file name too long" in ran.err
    assert "use a shorter name" in ran.err
