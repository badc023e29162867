"""``opt.name``: a flag that has become part of the name."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Fix, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.model.option_key import FLAGS
from runner.model.options import discover, discovered_keys, stale_keys


def check(subject: Subject) -> Iterator[Found]:
    """Keys without a double underscore that end in a word which is a flag: read ones, and stored ones of a slip."""
    for option in discover(subject.task):
        for warning in option.warnings if "__" not in option.key else ():
            at = subject.script.find(f"options.{option.key}")
            yield Found(f"option {option.key}: {warning}", SCRIPT, at if at >= 0 else None)
    yield from _stored(subject)


def _stored(subject: Subject) -> Iterator[Found]:
    """Stored keys with one underscore where the script reads two: their values are lost."""
    values, known = subject.task.options, discovered_keys(subject.task)
    for key in stale_keys(subject.task):
        for flag in FLAGS:
            better = f"{key.removesuffix('_' + flag)}__{flag}"
            if "__" in key or not key.endswith(f"_{flag}") or better not in known:
                continue
            free = values.get(better) in (None, "", [], {})
            fix = Fix(f"store its value as {better}", options={better: values[key]}, drop=(key,)) if free else None
            yield Found(
                f"the value is stored as {key}, the script reads {better}", ("options", key), None, _HINT, fix=fix
            )


_HINT = "A flag needs two underscores."


RULE = Rule(
    "opt.name",
    Severity.WARNING,
    "A word such as required stands behind a single underscore, so it is part of the option's name.",
    "The flag does nothing: the option is a plain text that may stay empty.",
    Example("{% log options.email_required %}"),
    Example("{% log options.email__required %}"),
    "tasks.md 3.2; tooling.md 7",
    check,
)
