"""The command line: a table of commands, each loaded only when it is called.

``run`` is the edge: here every error becomes a message and an exit code, and Python's tracebacks stay hidden unless
``--debug`` is given.
"""

from __future__ import annotations

import difflib
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from runner import __version__
from runner.cli.output import ExitCode, Output, ReaderGone, exit_code
from runner.errors import InputError, RunnerError, Where

COMMANDS: dict[str, tuple[str, str]] = {
    "cache": ("runner.cli.cache", "List, read, set and delete values of the cache."),
    "completion": ("runner.cli.completion", "Print what makes a shell complete commands, options and names of tasks."),
    "config": ("runner.cli.config", "Show the settings in force and where each came from."),
    "connect": ("runner.cli.connect", "Connect accounts at Google, Slack and Airtable; list and remove them."),
    "demo": ("runner.cli.demo", "Watch a task keep a simulated store's inventory in sync."),
    "diff": (
        "runner.cli.diff",
        "Compare what two versions of TASK do, over its fixtures, previews and stored events; then their text.",
    ),
    "docs": ("runner.cli.docs", "Print a page of the manual."),
    "events": ("runner.cli.events", "List, show, export, import and capture events."),
    "export": ("runner.cli.exporting", "Write tasks in the form that the platform imports."),
    "explain": ("runner.cli.explain", "Show where in the script an action came from, and from which fields."),
    "globals": ("runner.cli.globals", "List, set and delete the globals of tasks, kept in mechanic.globals.json."),
    "import": (
        "runner.cli.importing",
        "Take tasks into the project's folder tasks/, disabled until they are enabled.",
    ),
    "init": ("runner.cli.init", "Begin a project in FOLDER: settings, a first task, two cases that test it."),
    "library": ("runner.cli.library", "Find tasks of the public library, and add them to the project."),
    "lint": ("runner.cli.lint", "Find mistakes in tasks, without running them."),
    "lsp": ("runner.cli.lsp", "Help an editor with tasks: findings, completion, hover, corrections as you type."),
    "mcp": (
        "runner.cli.mcp",
        "Serve the task library, the manual and the engine to assistants, over standard input and output.",
    ),
    "preview": ("runner.cli.preview", "Show what a task would do, offline; nothing is performed."),
    "profile": ("runner.cli.profile", "Show what a script spends its time on: lines, filters, and reads of the shop."),
    "purge": ("runner.cli.purge", "Delete what is kept of a customer, or for too long."),
    "replay": ("runner.cli.replay", "Make new events of old ones, for tasks to answer anew."),
    "run": ("runner.cli.run", "Run a task on an event and perform its actions, dry by default."),
    "runs": ("runner.cli.runs", "List, show, retry and cancel runs of events, tasks and actions."),
    "schedule": ("runner.cli.schedule", "Show when the schedule runs which tasks next."),
    "secrets": ("runner.cli.secrets", "List, set and delete the secrets of tasks."),
    "send": ("runner.cli.send", "Accept an event for the enabled tasks."),
    "serve": ("runner.cli.serve", "Receive webhooks and run the enabled tasks until stopped."),
    "shop": ("runner.cli.shop", "Serve a simulated Shopify store, look into it and change it; check and record seeds."),
    "status": ("runner.cli.status", "Show what runs, what waits, and what failed last."),
    "tasks": ("runner.cli.tasks", "List the project's tasks, make and edit their files, enable and disable them."),
    "test": ("runner.cli.test", "Run the cases of tasks, and compare what they render with their snapshots."),
    "upgrade-check": ("runner.cli.upgrade_check", "Show what another version of the Admin API would change for tasks."),
    "version": ("runner.cli.version", "Print the versions of the engine and of what it speaks."),
    "webhooks": ("runner.cli.webhooks", "Register Shopify's webhooks; make addresses that others post to."),
    "worker": ("runner.cli.worker", "Work on runs of the database, beside `runner serve` or alone."),
}
"""Command -> (module whose ``command`` it is, its line in the help). The line is checked against the module's own."""


class LazyGroup(click.Group):
    """A group whose commands are imported when called: ``runner --help`` loads none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        completing = ctx.resilient_parsing  # a mistake further left is no reason for messages at the prompt
        if args and not args[0].startswith("-") and args[0] not in COMMANDS and not completing:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean `runner {near[0]}`?" if near else f"one of: {', '.join(COMMANDS)}"
            raise InputError(f'there is no command "{args[0]}"', code="input.usage", hint=hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="runner %(version)s")
@click.option("--debug", is_flag=True, help="Show Python's traceback when something fails.")
def root(debug: bool) -> None:
    """Run tasks of the Mechanic platform for Shopify on this machine.

    Start with `runner demo`, then `runner preview TASK`. Manual: `runner docs`.
    """
    # The flag is taken out at the edge, where it counts in every position; here it stands for the help.


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with an exit code of ecosystem.md 2."""
    for stream in (sys.stdout, sys.stderr):
        # Whatever the locale, printing must not fail on a character it lacks.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = invoke(list(sys.argv[1:] if arguments is None else arguments))
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _reader_gone()
    sys.exit(code)


def invoke(arguments: list[str]) -> int:
    """Run one command; returns its exit code, having printed whatever there was to say about errors."""
    before_end = arguments[: arguments.index("--")] if "--" in arguments else arguments
    debug = "--debug" in before_end
    output = Output(as_json="--json" in before_end)
    kept = [word for word in before_end if word != "--debug"] + arguments[len(before_end) :]
    try:
        result: Any = root.main(args=kept, prog_name="runner", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        output.note("interrupted")
        return ExitCode.INTERRUPTED
    except ReaderGone:
        return _reader_gone()
    except click.exceptions.NoArgsIsHelpError as fault:
        output.note(fault.format_message())
        return ExitCode.INVALID
    except click.ClickException as fault:
        return _failed(_usage_error(fault), output, debug)
    except RunnerError as fault:
        return _failed(fault, output, debug)
    except OSError as fault:
        return _failed(_system_error(fault), output, debug) if fault.errno in _SYSTEM else _bug(fault, output, debug)
    except Exception as fault:  # noqa: BLE001 - the edge: nothing may reach the user as a bare traceback
        return _bug(fault, output, debug)
    return result if isinstance(result, int) else ExitCode.DONE


def _usage_error(fault: click.ClickException) -> RunnerError:
    context = getattr(fault, "ctx", None)
    path = context.command_path if context is not None else "runner"
    return InputError(
        fault.format_message().rstrip("."), code="input.usage", hint=f"`{path} --help` shows what it takes"
    )


_SYSTEM = {
    errno.EACCES: "check its permissions",
    errno.EPERM: "check its permissions",
    errno.EROFS: "name a place that can be written",
    errno.ELOOP: "mend the links",
    errno.ENAMETOOLONG: "use a shorter name",
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room on the disk",
    errno.EMFILE: "raise the limit of open files: `ulimit -n`",
}
"""What a system refuses whatever a program asks for, and what helps."""


def _system_error(fault: OSError) -> RunnerError:
    where = Where(file=os.fsdecode(fault.filename)) if isinstance(fault.filename, str | bytes) else None
    words = (fault.strerror or str(fault)).lower()
    return InputError(f"the system refuses: {words}", code="input.system", where=where, hint=_SYSTEM[fault.errno or 0])


def _failed(fault: RunnerError, output: Output, debug: bool) -> int:
    if debug:
        _traceback(fault)
    try:
        output.error(fault)
    except ReaderGone:
        return _reader_gone()
    return exit_code(fault)


def _bug(fault: Exception, output: Output, debug: bool) -> int:
    """A fault of ours: say so, and how to report it. ``RunnerError`` itself is the root, used for nothing else."""
    words = f"{type(fault).__name__}: {fault}".strip(": ")
    _failed(
        RunnerError(
            f"this is a fault of runner itself, not of your input ({words})",
            code="bug",
            hint="run the same command with --debug and report its output, the task and the event",
        ),
        output,
        False,
    )
    if debug:
        _traceback(fault)
    return ExitCode.BUG


def _traceback(fault: BaseException) -> None:
    import traceback

    traceback.print_exception(fault, file=sys.stderr)


def _reader_gone() -> int:
    """``runner … | head`` ended: stop quietly, and keep the interpreter from flushing into the closed pipe again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.PIPE_CLOSED
