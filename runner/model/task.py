"""A task: its file, read and written back without changing a byte that was not edited (tasks.md 1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any

from runner.errors import TaskError, Where
from runner.model.json_text import JSONText, read_json
from runner.model.json_write import JSONStyle, canonical_document, replace_values, write_json
from runner.model.task_check import FLAG_KEYS, KEYS, LIST_KEYS, RECORD_KEYS, is_task, task_error


@dataclass(frozen=True, slots=True)
class PreviewDefinition:
    """An event a task brings along for its preview (tasks.md 4.2). ``data`` is any JSON value."""

    description: str
    topic: str
    data: Any = None


@dataclass(frozen=True, slots=True)
class Task:
    """A task with every key of its file under the file's name for it; absent keys and nulls hold their defaults.

    Made by ``from_json`` or ``runner.load_task``. Lists and hashes are the file's JSON: treat them as frozen and use
    ``edited`` for another version. ``shopify_api_version`` None stands for the newest version that is supported.
    ``extra`` holds keys that are not ours; they are written back. ``file`` is where it came from, for messages.
    """

    name: str
    script: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    subscriptions_template: str | None = None
    subscriptions: Sequence[str] = field(default_factory=list)
    docs: str | None = None
    perform_action_runs_in_sequence: bool = False
    halt_action_run_sequence_on_error: bool = False
    online_store_javascript: str | None = None
    order_status_javascript: str | None = None
    preview_event_definitions: Sequence[Mapping[str, Any]] = field(default_factory=list)
    tags: Sequence[str] = field(default_factory=list)
    shopify_api_version: str | None = None
    liquid_profiling: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = field(default=None, compare=False)
    _source: JSONText | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def from_json(cls, source: str | bytes | Mapping[str, Any], *, file: str | None = None) -> Task:
        """The task in a JSON text (UTF-8 bytes or str), or in an already parsed object.

        ``file`` names it in errors and gives the ``handle``. ``TaskError`` for anything else than a task, with the
        line and column of the key that is wrong and what belongs there; a missing ``name`` or script among them.
        """
        if isinstance(source, str | bytes):
            read = read_json(source, file=file, error=TaskError)
        else:
            read = replace(read_json(_text_of(source, file), file=file, error=TaskError), written=True)
        if not is_task(read.value):
            raise task_error(read)
        task = cls(**_values(read.value), file=file)
        object.__setattr__(task, "_source", read)  # not a constructor argument: dataclasses.replace must drop it
        return task

    def to_json(self) -> str:
        """The text of its file: unchanged when nothing was edited, byte order mark and line ends included."""
        if self._source is None:
            return write_json(self.to_dict(), JSONStyle()) + "\n"
        return ("\ufeff" if self._bom else "") + self._source.text

    @property
    def _bom(self) -> bool:
        return self._source is not None and self._source.bom

    def canonical_json(self) -> str:
        """The text as the task library publishes it (tasks.md 1.3), without the keys of a task record."""
        document = {key: value for key, value in self.to_dict().items() if key not in RECORD_KEYS}
        return canonical_document(document)

    def to_dict(self) -> dict[str, Any]:
        """The document of its file, in the file's order; a complete export when it did not come from one."""
        if self._source is not None:
            return dict(self._source.value)
        plain = {key: getattr(self, key) for key in KEYS}
        if self.shopify_api_version is None:
            del plain["shopify_api_version"]
        return {**plain, **self.extra}

    def edited(self, **changes: Any) -> Task:
        """Another version with these keys set to JSON values; order, layout and all other keys stay as in its file.

        ``extra={…}`` sets keys that are not of the format. ``TaskError`` for a key that neither the format nor the file
        knows, or a value of the wrong type.
        """
        document = self.to_dict()
        extra = changes.pop("extra", {})
        for key in changes:
            if key not in KEYS and key not in document:
                near = get_close_matches(key, KEYS, n=1)
                hint = f'Did you mean "{near[0]}"?' if near else None
                raise TaskError(f'A task has no key "{key}".', hint=hint, where=Where(file=self.file, part=key))
        texts = {key: _text_for(key, value) for key, value in {**changes, **extra}.items()}
        changed = {key for key, text in texts.items() if key not in document or _text_for(key, document[key]) != text}
        mark, text = ("\ufeff" if self._bom else ""), self.to_json().removeprefix("\ufeff")
        if changed:
            text = replace_values(text, {key: json.loads(texts[key]) for key in texts if key in changed})
        return Task.from_json(mark + text, file=self.file)

    @property
    def content_hash(self) -> str:
        """SHA-256 of ``canonical_json``, in hexadecimal: equal for tasks that say the same, however laid out."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()

    @property
    def handle(self) -> str | None:
        """The file's name without ``.json``, or the folder's; None for a task that is not from a file."""
        return PurePath(self.file).name.removesuffix(".json") if self.file else None

    @property
    def template(self) -> str:
        """The subscriptions template that counts: the stored one; when empty, the lines of ``subscriptions``."""
        return self.subscriptions_template or "\n".join(self.subscriptions)

    @property
    def previews(self) -> tuple[PreviewDefinition, ...]:
        """``preview_event_definitions``, read."""
        return tuple(
            PreviewDefinition(
                each.get("description") or "", each["event_attributes"]["topic"], each["event_attributes"].get("data")
            )
            for each in self.preview_event_definitions
        )

    def __hash__(self) -> int:
        return hash((self.name, self.script))


def _values(document: Mapping[str, Any]) -> dict[str, Any]:
    """Constructor arguments: nulls become defaults (tasks.md 1.2), what is not ours becomes ``extra``."""
    values: dict[str, Any] = {key: document.get(key) for key in KEYS}
    values["script"] = values["script"] or ""
    values["options"] = values["options"] or {}
    for key in (*LIST_KEYS, "preview_event_definitions"):
        values[key] = values[key] or []
    for key in FLAG_KEYS:
        values[key] = bool(values[key])
    values["extra"] = {key: value for key, value in document.items() if key not in KEYS and key not in RECORD_KEYS}
    return values


def _text_of(document: Mapping[str, Any], file: str | None) -> str:
    try:
        return write_json(dict(document), JSONStyle()) + "\n"
    except (TypeError, ValueError, RecursionError) as error:
        where = Where(file=file)
        hint = "Keys must be text; values text, numbers, booleans, null, lists and dicts of these."
        raise TaskError(f"The task holds something that is not JSON: {error}.", hint=hint, where=where) from error


def _text_for(key: str, value: Any) -> str:
    """One text for each value of a key, in which 1, 1.0 and true, and other orders of keys, are different."""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise TaskError(f"The new value is not JSON: {error}.", where=Where(part=key)) from error
