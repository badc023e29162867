"""The run form: what a person was asked when a task was started by hand (tasks.md 3.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from runner.errors import InputError, Where
from runner.model.event import Event
from runner.model.option_key import Kind, Option, parse_key
from runner.model.options import coerce, discover
from runner.model.topic import USER_RESOURCES

if TYPE_CHECKING:
    from runner.model.task import Task

FORM_TOPIC = "mechanic/user/form"

_USER_PREFIX = "mechanic/user/"


@dataclass(frozen=True, slots=True)
class FilledForm:
    """``values`` are what ``input`` shows, by bare name; ``event`` is the event with them in its data."""

    values: Mapping[str, Any]
    event: Event


def has_run_form(topic: str) -> bool:
    """True for ``mechanic/user/form``, and for the topics of resources sent from the Shopify admin."""
    return topic == FORM_TOPIC or (
        topic.startswith(_USER_PREFIX) and topic.removeprefix(_USER_PREFIX) in USER_RESOURCES
    )


def form_options(options: Iterable[Option]) -> tuple[Option, ...]:
    """The options that the form asks for. Secrets never are: ``validate`` refuses their keys."""
    return tuple(option for option in options if option.userform and option.kind is not Kind.SECRET)


def check_inputs(task: Task, inputs: Mapping[str, Any], file: str | None = None) -> None:
    """``InputError`` at the first of ``inputs`` that the run form of ``task`` does not ask for, naming the nearest.

    They go by option key or bare name; ``file`` is where they stand.
    """
    asked = form_options(discover(task))
    known = [name for option in asked for name in (option.name, option.key)]
    for key in inputs:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            names = ", ".join(option.name for option in asked) or "nothing: no option has the flag userform"
            raise InputError(
                f'the run form does not ask for "{key}"',
                code="input.options",
                where=Where(file=file, part=key),
                hint=f"did you mean {near[0]}?" if near else f"it asks for {names}",
            )


def submission(
    event: Event, task: Task, *, saved: Mapping[str, Any], inputs: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """What the run form of ``task`` sends with ``event``, by bare name and option key; None for a topic without a form.

    ``inputs``, by one or the other, win over the data of a form event, and that over the ``saved`` (stored) values. All
    are coerced, a global still by its key; values of no option of the form are kept.
    """
    if not has_run_form(event.topic):
        return None
    sources = (inputs or {}, _filed(event))
    others = {parse_key(key).name or key: value for given in reversed(sources) for key, value in given.items()}
    asked = form_options(discover(task))
    by_key = {option.key: coerce(option, _sent(option, sources, saved)) for option in asked}
    return {**others, **{option.name: by_key[option.key] for option in asked}, **by_key}


def with_submission(event: Event, inputs: Mapping[str, Any]) -> Event:
    """``event`` as it is kept: the data of ``mechanic/user/form`` has what was sent; resources are left alone.

    So children find it under ``event.parent.data``.
    """
    if event.topic != FORM_TOPIC or not (event.data is None or isinstance(event.data, Mapping)):
        return event
    return replace(event, data={**(event.data or {}), **inputs})


def fill_form(
    event: Event,
    options: Iterable[Option],
    *,
    saved: Mapping[str, Any],
    submitted: Mapping[str, Any] | None,
    runtime: Callable[[Option, Any], Any],
) -> FilledForm | None:
    """The form of ``event`` as it was sent; None for a topic without one.

    ``submitted`` values go by option key or by bare name. One that is missing there is looked for in the data of a form
    event, then the ``saved`` (stored) value counts, which the form starts with. ``runtime`` turns a stored value into
    the one scripts see: false and 0 are values. Submitted values of no option of the form are kept as they are.

    The event's data has the values too: that of a form under name and option key, a resource under the option key where
    it has no such field itself; a list of resources is left alone.
    """
    if not has_run_form(event.topic):
        return None
    asked = form_options(options)
    is_form = event.topic == FORM_TOPIC
    data = event.data
    filed = _filed(event)
    sources = (submitted or {}, filed)
    given = {**filed, **(submitted or {})}
    by_key = {option.key: runtime(option, _sent(option, sources, saved)) for option in asked}
    by_name = {option.name: by_key[option.key] for option in asked}
    values = {**{parse_key(key).name or key: value for key, value in given.items()}, **by_name}
    return FilledForm(values, replace(event, data=_merged(data, given, by_name, by_key, is_form=is_form)))


def _filed(event: Event) -> Mapping[str, Any]:
    """The values in the data of a form event."""
    return event.data if event.topic == FORM_TOPIC and isinstance(event.data, Mapping) else {}


def _merged(
    data: Any, given: Mapping[str, Any], by_name: Mapping[str, Any], by_key: Mapping[str, Any], *, is_form: bool
) -> Any:
    if is_form and (isinstance(data, Mapping) or (data is None and (given or by_key))):
        return {**given, **by_name, **by_key}
    if not is_form and isinstance(data, Mapping):
        return {**data, **{key: value for key, value in by_key.items() if key not in data}}
    return data


def _sent(option: Option, sources: Iterable[Mapping[str, Any]], saved: Mapping[str, Any]) -> Any:
    """What the first of ``sources`` has for ``option``: an empty field is a value as well, not the saved one."""
    for given in sources:
        for key in (option.key, option.name):
            if key in given:
                return given[key]
    return saved.get(option.key)
