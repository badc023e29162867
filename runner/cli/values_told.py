"""What `runner globals` and `runner secrets` say alike."""

from __future__ import annotations

from runner.cli.output import Output
from runner.errors import InputError


def tell_set(output: Output, key: str, file: str) -> None:
    """That ``key`` is kept in ``file`` now."""
    output.say(f"{key} is set, in {file}")


def check_force(force: bool, key: str) -> None:
    """``InputError`` unless ``force``: deleting breaks the tasks that use ``key``."""
    if not force:
        raise InputError(f"{key} may be used by tasks, which would then fail", code="input.usage", hint="add --force")


def missing(kind: str, key: str, why: str | None) -> InputError:
    """There is no such value in the file that can be changed; ``why`` when it comes from elsewhere."""
    hint = f"{why}: take it out there" if why else f"`runner {kind}s list` shows them"
    return InputError(f'there is no {kind} "{key}" to delete', code="input.missing", hint=hint)
