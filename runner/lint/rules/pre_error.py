"""``pre.error``: a preview that ends in an error."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.rules.liquid_syntax import found_of
from runner.lint.subject import Subject
from runner.preview import Preview


def check(subject: Subject) -> Iterator[Found]:
    """Errors of Liquid while rendering, once each, and those that the script renders by the error tag."""
    complete = subject.preview is subject.filled
    still = {_message(preview) for preview in subject.filled.previews}
    for preview in subject.preview.previews:
        error = preview.rendering.error
        if error is not None and error.code != "liquid.syntax":
            severity = None if complete else Severity.WARNING if _message(preview) in still else Severity.ADVICE
            in_script = error.where is not None and (error.where.part or "").startswith("script")
            offset = found_of(error, SCRIPT, subject.script).offset if in_script else None
            yield Found(f"the preview fails: {error.message}", SCRIPT, offset, error.hint or _HINT, severity)
        for told in preview.rendering.errors:
            severity = Severity.WARNING if complete else Severity.ADVICE
            yield Found(f"the preview renders an error: {_text(told)}", hint=_HINT, severity=severity)


_HINT = "`runner preview` shows the whole of it; mostly an option is to be filled in or corrected."


def _message(preview: Preview) -> str | None:
    return preview.rendering.error.message if preview.rendering.error is not None else None


def _text(told: object) -> str:
    text = told.get("message", told) if isinstance(told, dict) else told
    return " ".join(str(text).split())


RULE = Rule(
    "pre.error",
    Severity.ERROR,
    "A preview with the stored options fails while rendering.",
    "The platform does not save such a task. Where options are not filled in yet it is a warning, or advice when the "
    "preview is well with other values; what the script itself reports by the error tag counts less, too.",
    Example("{% assign x = 1 | divided_by: 0 %}"),
    Example("{% assign x = 1 | divided_by: 1 %}{% log x %}"),
    "tasks.md 3.7, 4.5",
    check,
)
