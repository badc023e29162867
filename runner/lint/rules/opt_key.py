"""``opt.key``: option keys that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.model.option_key import Option
from runner.model.options import discover, validate

_KEY_CODES = frozenset({"option.key", "option.secret_userform"})


def check(subject: Subject) -> Iterator[Found]:
    """Faults of the keys themselves, whatever their values are; flags that mean nothing are warnings."""
    for option in discover(subject.task):
        at = subject.script.find(f"options.{option.key}")
        offset = at if at >= 0 else None
        faults = list(_faults(option))
        for message in faults:
            yield Found(message, SCRIPT, offset, "`runner docs options` shows every flag.")
        for warning in option.warnings if not faults else ():
            if not _is_slip(option):
                yield Found(
                    f"option {option.key}: {warning}",
                    SCRIPT,
                    offset,
                    "`runner docs options` shows every flag.",
                    None if warning.startswith("unknown flag") else Severity.WARNING,
                )


def _faults(option: Option) -> Iterator[str]:
    """What is wrong with the key, told without a value."""
    for error in validate([option], {}):
        if error.code in _KEY_CODES or (error.code in ("option.choice", "option.picker", "option.range")):
            yield error.message


def _is_slip(option: Option) -> bool:
    """A key without flags can only be warned about by ``opt.name``."""
    return "__" not in option.key


RULE = Rule(
    "opt.key",
    Severity.ERROR,
    "An option key with an unknown flag, a malformed list of choices, an unknown picker, a range without bounds, or a "
    "secret on the run form.",
    "The option cannot be shown or saved, or is a plain text where something else was meant.",
    Example("{% log options.mode__select_test_live %}{% log options.days__numbr %}"),
    Example("{% log options.mode__select_o1_test_o2_live %}{% log options.days__number %}"),
    "tasks.md 3.2, 3.7; tooling.md 7",
    check,
)
