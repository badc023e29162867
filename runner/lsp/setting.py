"""What a script finds when it runs, at one place of it: its variables and what is known of them, topics, options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from runner.errors import RunnerError
from runner.lint.subject import Surroundings
from runner.liquid.scan import LITERALS, scan
from runner.lsp.cursor import Lexeme, Piece, body_of, lexemes, pieces
from runner.lsp.graphql_text import looks_like_graphql, selected, without_liquid
from runner.lsp.shapes import Shape, list_of, of_json, of_resource, of_result, of_shop
from runner.model.option_key import Option, parse_key
from runner.model.options import discover
from runner.model.task import Task
from runner.model.topic import SHOPIFY_VERBS, subject_payload, subject_variable
from runner.shopify.schema import DEFAULT_VERSION, Schema, load

_SAME = frozenset(
    {"where", "sort", "sort_natural", "sort_naturally", "reverse", "uniq", "compact", "concat", "push", "unshift"}
    | {"default", "except", "slice", "sample"}
)
"""Filters whose result is of the kind of their input."""
_DEEPEST = 12
_FORLOOP = ("index", "index0", "rindex", "rindex0", "first", "last", "length", "name", "parentloop")
_RUN = ("id", "ok", "error", "result", "result_meta", "attempts", "enqueued_at", "started_at", "stopped_at")


@dataclass(frozen=True, slots=True)
class Setter:
    """Where a variable of the script is set: the tag, and the name in it; ``kind`` is assign, capture, for …"""

    name: str
    kind: str
    piece: Piece
    start: int


class Setting:
    """One text of a task, and what surrounds it."""

    def __init__(self, task: Task, part: str, source: str, around: Surroundings) -> None:
        self.task = task
        self.part = part
        self.source = source
        self.around = around

    @cached_property
    def pieces(self) -> list[Piece]:
        """The tags and outputs of the text."""
        return pieces(self.source)

    @cached_property
    def schema(self) -> Schema:
        """The schema of the task's API version; the default one's when that is no version."""
        try:
            return load(self.task.shopify_api_version or self.around.version)
        except RunnerError:
            return load(DEFAULT_VERSION)

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """The options that the task names, in the order of its form; then those that its file only stores."""
        named = discover(self.task)
        keys = {option.key for option in named}
        return (*named, *(parse_key(key) for key in self.task.options if key not in keys))

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """The topics that the task subscribes to, as far as they stand in its template or its list."""
        listed = (line.partition("+")[0].strip() for line in self.task.subscriptions)
        return tuple(dict.fromkeys((*scan(self.task).topics, *(topic for topic in listed if topic.count("/") == 2))))

    def event_data(self, topic: str) -> Any:
        """What an event of the topic carries: that of a preview definition, else of the sample."""
        defined = next((each.data for each in self.task.previews if each.topic == topic and each.data), None)
        if defined is not None:
            return defined
        try:
            event = self.around.sample(topic)
        except RunnerError:
            return None
        return event.data if event is not None else None

    def sample_of(self, kind: str) -> Any:
        """What a resource of the shop looks like, by its sample event."""
        plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
        for verb in SHOPIFY_VERBS.get(plural, ()):
            data = self.event_data(f"shopify/{plural}/{verb}")
            if isinstance(data, Mapping):
                return data
        return None

    # Variables

    @cached_property
    def environment(self) -> dict[str, Shape]:
        """The variables that a script starts with."""
        found = {
            "event": Shape("the event", self._event_members),
            "task": Shape("the task", lambda: {key: of_json(value) for key, value in self._task_record().items()}),
            "shop": of_shop(self.around.shop, self.sample_of),
            "cache": Shape("cached values, by key"),
            "globals": of_json(dict(self.around.globals or {}), "globals of the shop, by key"),
            "secrets": Shape("references to secrets, by key", self._secret_members),
        }
        if self.part != "options":
            found["options"] = Shape("options of the task", self._option_members)
        for topic in self.topics:
            name = subject_variable(topic)
            if name is not None and name not in found:
                found[name] = self._subject(name, topic)
        return found

    def _event_members(self) -> Mapping[str, Shape]:
        payloads = [data for topic in self.topics if (data := self.event_data(topic)) is not None]
        fields = {
            "topic": Shape("text: " + ", ".join(self.topics)),
            "data": of_json(payloads if len(payloads) > 1 else next(iter(payloads), {}), "what the event carries"),
            "id": Shape("text; nil in previews"),
            "created_at": Shape("moment as ISO 8601"),
            "source": Shape("text: where it came from"),
            "shopify_topic": Shape("text; nil for events that are not of Shopify"),
            "preview": Shape("true in previews, otherwise nil"),
        }
        if len(payloads) > 1:
            merged = {
                key: value for data in reversed(payloads) if isinstance(data, Mapping) for key, value in data.items()
            }
            fields["data"] = of_json(merged, "what the event carries")
        return {**fields, "parent": Shape("event that this one came from", lambda: fields)}

    def _task_record(self) -> dict[str, Any]:
        return {"id": "", "created_at": "", **self.task.to_dict()}

    def _option_members(self) -> Mapping[str, Shape]:
        return {option.key: Shape(words_of(option)) for option in self.options}

    def _secret_members(self) -> Mapping[str, Shape]:
        secrets = self.around.secrets
        return {name: Shape("secret") for name in secrets} if isinstance(secrets, Mapping) else {}

    def _subject(self, name: str, topic: str) -> Shape:
        if name == "input":
            form = {option.name: Shape(words_of(option)) for option in self.options if option.userform}
            return Shape("values of the run form", lambda: form)
        payload = subject_payload(topic, self.event_data(topic))
        if name == "action" and not payload:
            run = Shape("the run of the action", lambda: {each: Shape() for each in _RUN})
            return Shape("action", lambda: {"type": Shape("text"), "options": Shape(), "meta": Shape(), "run": run})
        if name == "bulkOperation":
            fields = ("id", "status", "errorCode", "createdAt", "completedAt", "objectCount", "rootObjectCount", "url")
            objects = list_of(lambda: Shape("object of a line, with __parent"), "objects of the lines")
            return Shape("bulk operation", lambda: {**{each: Shape() for each in fields}, "objects": objects})
        if isinstance(payload, list):
            first = next(iter(payload), None)
            return list_of(lambda: of_resource(name.removesuffix("s"), first, self.sample_of), f"list of {name}")
        return of_resource(name, payload, self.sample_of)

    @cached_property
    def setters(self) -> tuple[Setter, ...]:
        """Where the script sets variables, in order."""
        return tuple(self._setters())

    def _setters(self) -> Iterator[Setter]:
        for piece in self.pieces:
            if piece.name in ("assign", "capture", "for", "tablerow", "increment", "decrement"):
                found = lexemes(piece.text(self.source), piece.expression)
                if found and found[0].kind in ("word", "string"):
                    first = found[0]
                    quoted = first.kind == "string"
                    yield Setter(first.value.strip("\"'"), piece.name, piece, first.start + quoted)

    def setter(self, name: str, offset: int) -> Setter | None:
        """The last place before ``offset`` that sets a variable, else the first one."""
        all_ = [each for each in self.setters if each.name == name and not self._sets_inside(each)]
        before = [each for each in all_ if each.piece.start < offset]
        return before[-1] if before else all_[0] if all_ else None

    def _sets_inside(self, setter: Setter) -> bool:
        """Whether it only changes what is inside: ``assign jobs["k"] = …``."""
        after = setter.start + len(setter.name)
        return setter.kind == "assign" and self.source.startswith("[", after)

    def variables(self, offset: int) -> dict[str, str]:
        """Names of all variables, with a few words on each."""
        found = {name: shape.about for name, shape in self.environment.items()}
        for setter in self.setters:
            if setter.piece.start < offset and not self._sets_inside(setter):
                found[setter.name] = _SET_BY.get(setter.kind, "counter")
        if any(each.name in ("for", "tablerow") for each in self.pieces):
            found["forloop"] = "the loop"
        return found

    def shape(self, name: str, offset: int, depth: int = 0) -> Shape | None:
        """What is known of a variable at ``offset``."""
        if name == "forloop":
            return Shape("the loop", lambda: {each: Shape() for each in _FORLOOP})
        setter = self.setter(name, offset)
        if setter is None or (setter.piece.start >= offset and name in self.environment):
            return self.environment.get(name)
        if depth > _DEEPEST:
            return None
        piece = setter.piece
        found = lexemes(piece.text(self.source), piece.expression)
        if setter.kind == "assign":
            equals = next((at for at, each in enumerate(found) if each.value == "="), None)
            return self.resolve(found[equals + 1 :], piece.start, depth + 1) if equals is not None else None
        if setter.kind in ("for", "tablerow") and len(found) > 2:
            items = self.resolve(_until_word(found[2:]), piece.start, depth + 1)
            return items.item() if items is not None else None
        return Shape(_SET_BY.get(setter.kind, "counter"))

    def resolve(self, found: Sequence[Lexeme], offset: int, depth: int = 0) -> Shape | None:
        """What is known of a path with filters behind it."""
        if not found or found[0].kind != "word" or found[0].value in LITERALS:
            return None
        root, at = found[0], 1
        bar = next((index for index, each in enumerate(found) if each.value == "|"), len(found))
        shape: Shape | None
        if bar == 1 and len(found) > 2 and found[2].value == "shopify":
            shape, bar = self.answer_to(root.value, offset), bar + 2
        else:
            shape = self.shape(root.value, offset, depth)
            while at < bar and shape is not None:
                shape, at = _stepped(shape, found, at)
        while bar + 1 < len(found) and shape is not None:
            after = next((index for index in range(bar + 1, len(found)) if found[index].value == "|"), len(found))
            shape = _filtered(shape, found[bar + 1 : after]) if found[bar].value == "|" else shape
            bar = after
        return shape

    def answer_to(self, name: str, offset: int) -> Shape | None:
        """What the shop answers to the query in a captured variable."""
        setter = self.setter(name, offset)
        if setter is None or setter.kind != "capture":
            return None
        start, end = body_of(setter.piece, self.source, self.pieces)
        text = without_liquid(self.source, start, end, self.pieces)
        return of_result(selected(text, self.schema)) if looks_like_graphql(text) else None


_SET_BY = {"assign": "variable of the script", "capture": "captured text", "for": "item", "tablerow": "item"}


def _until_word(found: Sequence[Lexeme]) -> list[Lexeme]:
    """The path that a loop goes over, without ``reversed``, ``limit`` and ``offset``."""
    kept: list[Lexeme] = []
    for lexeme in found:
        if lexeme.kind == "word" and kept and kept[-1].kind in ("word",):
            break
        if lexeme.kind == "word" and kept and kept[-1].value == "]":
            break
        kept.append(lexeme)
    return kept


def _stepped(shape: Shape, found: Sequence[Lexeme], at: int) -> tuple[Shape | None, int]:
    """One step of a path: a name behind a dot, or brackets."""
    if found[at].value == "." and at + 1 < len(found):
        return shape.step(found[at + 1].value), at + 2
    if found[at].value == "[":
        close = next((index for index in range(at, len(found)) if found[index].value == "]"), len(found))
        inside = found[at + 1 : close]
        if len(inside) == 1 and inside[0].kind in ("string", "number"):
            return shape.step(inside[0].value.strip("\"'").lstrip("-")), close + 1
        return shape.item(), close + 1
    return None, at + 1


def _filtered(shape: Shape, words: Sequence[Lexeme]) -> Shape | None:
    """What a filter makes of a value, where that is known."""
    name = words[0].value if words else ""
    if name in _SAME:
        return shape
    if name in ("first", "last"):
        return shape.item()
    if name == "map" and len(words) > 2:
        key = words[2].value.strip("\"'")

        def item() -> Shape | None:
            element = shape.item()
            return element.step(key) if element is not None else None

        return list_of(item, f"list of {key}")
    return None


def words_of(option: Option) -> str:
    """An option in a few words: ``list of number, required``."""
    kind = "address" if option.email else str(option.kind)
    held = {"array": f"list of {kind}", "keyval": f"hash of {kind}"}.get(option.container or "", kind)
    named = [held, *(word for word, is_on in _flags(option) if is_on)]
    if option.choices:
        named.append("one of " + ", ".join(option.choices))
    if option.range is not None:
        named.append(f"{option.range.minimum} to {option.range.maximum}, step {option.range.step}")
    if option.resource is not None:
        named.append(option.resource)
    return ", ".join(named)


def _flags(option: Option) -> Iterator[tuple[str, bool]]:
    yield "required", option.required
    yield "on the run form", option.userform
    yield "several lines", option.multiline
    yield "code", option.code
    yield "in the future", option.future_only
