"""Cases: ``fixtures/<handle>/<case>.yml`` read, typed and checked (tasks.md 4.1, ``runner docs fixtures``).

Every mistake is an ``InputError`` of the code ``fixture.invalid`` that names file, line, key and what was expected.
Nothing is run here, and no task or shop is opened: what a case refers to is looked up when it is played.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from runner.errors import InputError, Where
from runner.model.event import Event
from runner.model.run_form import FORM_TOPIC, has_run_form
from runner.model.secret import Secrets
from runner.model.shop_values import ShopValues
from runner.simulator.seed_reader import Table, nearest, read_table
from runner.testing.case_events import EVENT_ID, EVENT_KEYS, event_at, refuse_unknown, sampled_topic
from runner.testing.expectations import Expectation, read_expectation
from runner.testing.fixture_values import place_of, value_of
from runner.testing.steps import GRAPHQL, Deed, Step, read_deeds, read_faults, read_steps

__all__ = ["EVENT_ID", "GRAPHQL", "Case", "Deed", "Expectation", "Recorded", "is_case", "parse_case", "read_case"]

INVALID = "fixture.invalid"
FOLDER = "fixtures"
SUFFIXES = (".yml", ".yaml")
KEYS = (
    "description",
    "task",
    "event",
    "live",
    "options",
    "input",
    "globals",
    "secrets",
    "shop",
    "reads",
    "before",
    "meanwhile",
    "faults",
    "cache",
    "clock",
    "task_id",
    "perform",
    "expect",
)
"""What a case may hold; all but ``event``, or ``live`` in its place, may be left out."""
_NEEDS_SHOP = ("before", "faults", "perform")
_NOT_LIVE = ("event", "input", "perform", "meanwhile")
_NO_EVENT = Event("")
_ANSWERS = ("data", "errors", "extensions")


@dataclass(frozen=True, slots=True)
class Recorded:
    """Answers that were written down. ``graphql``: whole responses in order, or the data of each root field by name.

    ``rest``: bodies by path (``variants/1.json``), None for what does not exist.
    """

    graphql: tuple[Mapping[str, Any], ...] | Mapping[str, Any] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One case. With ``sample``, the data of ``event`` is that of its topic's sample. ``clock`` None: a default.

    ``task`` is a handle or a path from the project's root. ``inputs`` are values of the run form, None where none are
    given. ``values`` are globals, and secrets with made-up values. ``shop`` is the name of a seed: the simulated store
    answers reads, and performs with ``perform``. A live case has ``steps`` in place of the event. ``places`` says where
    each key stands.
    """

    path: Path
    event: Event
    description: str = ""
    sample: bool = False
    task: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] | None = None
    values: ShopValues = field(default_factory=ShopValues)
    shop: str | None = None
    reads: Recorded | None = None
    steps: tuple[Step, ...] = ()
    before: tuple[Deed, ...] = ()
    meanwhile: tuple[Deed, ...] = ()
    faults: tuple[tuple[Mapping[str, Any], Where], ...] = ()
    cache: Mapping[str, Any] = field(default_factory=dict)
    clock: datetime | None = None
    task_id: str | None = None
    perform: bool = False
    expect: Expectation = field(default_factory=Expectation)
    places: Mapping[str, Where] = field(default_factory=dict)
    project: Path | None = None

    @property
    def handle(self) -> str:
        """The handle of the task the case belongs to: its folder's name."""
        return self.path.parent.name

    @property
    def root(self) -> Path:
        """The project's folder, which ``fixtures/`` stands in; ``project`` where that is given."""
        return self.project or self.path.parents[2]

    @property
    def is_live(self) -> bool:
        """Whether it is about what goes on in a store, step by step."""
        return bool(self.steps)

    def where(self, key: str) -> Where:
        """Where ``key`` stands, or else the file."""
        return self.places.get(key) or Where(shown(self.path))


def is_case(path: Path) -> bool:
    """True for ``<project>/fixtures/<handle>/<case>.yml``, where the project has ``tasks/`` or ``runner.yml``.

    Folders that begin with ``_`` or ``.`` hold no cases. Other projects keep YAML in folders called ``fixtures`` too:
    theirs are left alone.
    """
    folder = path.parent
    if path.suffix not in SUFFIXES or folder.parent.name != FOLDER or folder.name[0] in "_.":
        return False
    root = folder.parent.parent
    return (root / "tasks").is_dir() or (root / "runner.yml").is_file()


def shown(path: Path) -> str:
    """The path as people know it: from the project's folder on."""
    return "/".join(path.parts[-3:])


def read_case(path: Path) -> Case:
    """The case in a file. ``InputError`` when it cannot be read or something in it is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the case cannot be read: {error}", where=Where(shown(path)), code=INVALID) from error
    return parse_case(text, path.absolute())


def parse_case(text: str, path: Path, *, project: Path | None = None, shop: str | None = None) -> Case:
    """The case that ``text`` describes, as if it stood at ``path``.

    ``project``: whose seeds and tasks it may name; ``shop``: the seed of a case that names none.
    """
    table = read_table(text, shown(path), INVALID)
    refuse_unknown(table, KEYS)
    event, sample = (_NO_EVENT, False) if "live" in table.names() else _event(table)
    case = Case(
        path=path,
        event=event,
        sample=sample,
        description=table.text("description", "") or "",
        task=table.text("task"),
        options=_mapping(table, "options", "option keys to values"),
        inputs=_mapping(table, "input", "names of options to values") if "input" in table.names() else None,
        values=ShopValues(_mapping(table, "globals", "names to values"), _secrets(table)),
        shop=table.text("shop", shop),
        reads=_recorded(table),
        steps=tuple(read_steps(table, "live")),
        before=tuple(read_deeds(table, "before")),
        meanwhile=tuple(read_deeds(table, "meanwhile")),
        faults=tuple(read_faults(table)),
        cache=_mapping(table, "cache", "cache keys to values"),
        clock=table.moment("clock"),
        task_id=table.text("task_id"),
        perform=table.boolean("perform", False),
        expect=read_expectation(table),
        places=dict(_places(table)),
        project=project,
    )
    _check_company(table, case)
    return case


def _check_company(table: Table, case: Case) -> None:
    """Refuse keys that mean nothing together."""
    if "live" in table.names():
        _check_live(table, case)
        return
    if case.shop is not None and case.reads is not None:
        table.refuse("shop and reads exclude each other", "reads", "the simulated store answers, or the recording does")
    for key in _NEEDS_SHOP:
        if case.shop is None and getattr(case, key):
            table.refuse(f"{key} needs a store", key, "name a seed: `shop: prints`")
    if case.meanwhile and not case.perform:
        table.refuse("meanwhile is for actions that are performed", "meanwhile", "add `perform: true`")
    if case.expect.failed is not None and not case.perform:
        table.refuse("expect.failed counts performed runs", "expect", "add `perform: true`")
    for key in case.expect.of_live_cases:
        hint = "write what happens as `live:`, a list of steps, in place of `event:`"
        table.refuse(f"expect.{key} is a claim about a live case", "expect", hint)
    if case.inputs is not None and not has_run_form(case.event.topic):
        hint = f"it goes with {FORM_TOPIC} and with resources sent from the admin, mechanic/user/order"
        table.refuse(f"input: no run form comes with {case.event.topic}", "input", hint)
    if case.event.preview:
        for key in ("reads", "cache", "perform"):
            if getattr(case, key):
                table.refuse(f"a preview has no {key}", key, "previews see no shop and no cache, and perform nothing")


def _check_live(table: Table, case: Case) -> None:
    """What a live case may not hold."""
    if not case.steps:
        table.refuse("live: expected at least one step", "live", "such as `- event: mechanic/user/trigger`")
    hints = {
        "event": "write it as a step: `- event: {topic: …}`",
        "input": "it goes into the step: `- event: {topic: mechanic/user/form, input: {…}}`",
        "perform": "the actions of a live case always are performed",
        "meanwhile": "write a step, or add `perform: true` to a case with `event:`",
    }
    for key in _NOT_LIVE:
        if key in table.names():
            table.refuse(f"live and {key} exclude each other", key, hints[key])
    if case.reads is not None:
        table.refuse("live and reads exclude each other", "reads", "the simulated store answers")
    if case.shop is None:
        table.refuse("live needs a store", "live", "name a seed: `shop: prints`")


def _event(table: Table) -> tuple[Event, bool]:
    """The event, and whether its data is that of the topic's sample."""
    given = table.table("event")
    if given is None:
        hint = "event: {topic: mechanic/user/trigger}; or `live:` with steps, for what goes on in a store"
        table.refuse("event is missing: expected topic and data", None, hint)
    refuse_unknown(given, EVENT_KEYS)
    sample = sampled_topic(given)
    return event_at(given, sample), sample is not None


def _recorded(table: Table) -> Recorded | None:
    given = table.table("reads")
    if given is None:
        return None
    answers = value_of(given, "graphql")
    rest = _mapping(given, "rest", "paths such as variants/1.json to bodies")
    given.finish()
    if answers is None:
        answers = []
    if isinstance(answers, list):
        for position, answer in enumerate(answers):
            _check_answer(given, answer, position)
        return Recorded(tuple(answers), rest)
    if not isinstance(answers, dict):
        given.refuse("expected a list of responses, or root fields with their data", "graphql")
    return Recorded(answers, rest)


def _check_answer(given: Table, answer: Any, position: int) -> None:
    """A recorded response is whole: ``data``, ``errors``, ``extensions``."""
    if isinstance(answer, dict) and answer and all(key in _ANSWERS for key in answer):
        return
    given.refuse(
        f"response {position + 1}: expected a mapping of {', '.join(_ANSWERS)}",
        "graphql",
        "a response looks like `- data: {shop: {name: Prints}}`",
    )


def _secrets(table: Table) -> Secrets:
    """Names with made-up values; null: the secret is only named."""
    found = _mapping(table, "secrets", "names to values")
    for name, value in found.items():
        if value is not None and not isinstance(value, str):
            table.refuse(f"the value of the secret {name} is not text", "secrets", f'quotes make it text: "{value}"')
    return Secrets(found)


def _mapping(table: Table, key: str, what: str) -> dict[str, Any]:
    found = value_of(table, key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        table.refuse(f"expected a mapping of {what}", key)
    return found


def _places(table: Table) -> Iterator[tuple[str, Where]]:
    """Where each key stands; those of the event, the options and the input too, as ``event.topic``."""
    for name in table.names():
        yield name, place_of(table, name)
        inner = table.table(name) if name in ("event", "options", "input") and table.is_table(name) else None
        for key in inner.names() if inner is not None else ():
            yield f"{name}.{key}", place_of(inner, key) if inner is not None else place_of(table, name)


def refuse(case: Case, key: str, message: str, hint: str | None = None) -> NoReturn:
    """Raise ``InputError`` at ``key`` of ``case``, for what turns out wrong when the case is played."""
    raise InputError(message, where=case.where(key), hint=hint, code=INVALID)


def near(word: str, known: Any) -> str | None:
    """``did you mean …?``, or None when nothing is near."""
    return nearest(word, known)
