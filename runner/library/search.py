"""Finds tasks by words, weighted by where they stand and how rare they are, and by what the tasks do."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from runner.errors import InputError
from runner.library.entry import Entry

_WORD = re.compile(r"[a-z0-9]+")
_BEGINNING = 0.5
"""What a word counts that only begins with the one looked for, beside the same word."""
_SHORTEST_BEGINNING = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for. All of it must hold; ``topics`` are parts of topics, the others whole names in any case."""

    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A task that fits, and how well: comparable within one search."""

    entry: Entry
    score: float


def search(entries: Sequence[Entry], wanted: Wanted) -> list[Found]:
    """The tasks that fit, the best first, equal ones by handle.

    ``InputError`` for a tag that no task has, with the nearest: it is a slip, not a search.
    """
    _check_tags(entries, wanted.tags)
    asked = [word for text in wanted.words for word in _WORD.findall(text.lower())]
    indexed = {entry.handle: _weights(entry) for entry in entries}
    rarity = _rarity(indexed.values())
    found = []
    for entry in entries:
        scores = [_score(word, indexed[entry.handle], rarity) for word in asked]
        if all(scores) and _fits(entry, wanted):
            found.append(Found(entry, round(sum(scores), 3)))
    return sorted(found, key=lambda each: (-each.score, each.entry.handle))


def near_words(entries: Iterable[Entry], words: Iterable[str]) -> list[str]:
    """Words of tasks that come near those of ``words`` that no task has."""
    known = {word for entry in entries for word in _weights(entry)}
    asked = [word for text in words for word in _WORD.findall(text.lower())]
    missing = [word for word in asked if word not in known]
    return [near for word in missing for near in get_close_matches(word, sorted(known), n=1, cutoff=0.75)]


def _fits(entry: Entry, wanted: Wanted) -> bool:
    tags = {tag.lower() for tag in entry.tags}
    if any(tag.lower() not in tags for tag in wanted.tags):
        return False
    if any(not any(part.lower() in topic for topic in entry.topics) for part in wanted.topics):
        return False
    if any(kind.lower() not in entry.actions for kind in wanted.actions):
        return False
    return all(scope.lower() in entry.scopes for scope in wanted.scopes)


def _check_tags(entries: Sequence[Entry], tags: Iterable[str]) -> None:
    known = {tag.lower(): tag for entry in entries for tag in entry.tags}
    for tag in tags:
        if tag.lower() not in known:
            near = get_close_matches(tag.lower(), known, n=3, cutoff=0.6)
            named = ", ".join(f'"{known[each]}"' for each in near)
            hint = f"did you mean {named}?" if near else "`runner library tags` lists them"
            raise InputError(f'no task of the library has the tag "{tag}"', code="library.tag", hint=hint)


def _weights(entry: Entry) -> dict[str, float]:
    """Words of a task, each with the weight of the best place it stands in."""
    task = entry.task
    places = (
        (5.0, task.name),
        (4.0, entry.handle),
        (3.5, " ".join(entry.tags)),
        (3.0, " ".join(entry.topics)),
        (2.0, " ".join(option.label for option in entry.options)),
        (1.5, entry.summary),
        (1.0, task.docs or ""),
    )
    found: dict[str, float] = {}
    for weight, text in places:
        for word in _WORD.findall(text.lower()):
            found.setdefault(word, weight)
    return found


def _rarity(indexes: Iterable[Mapping[str, float]]) -> dict[str, float]:
    held = [set(index) for index in indexes]
    counts = Counter(word for words in held for word in words)
    return {word: math.log(1 + len(held) / count) for word, count in counts.items()}


def _score(asked: str, weights: Mapping[str, float], rarity: Mapping[str, float]) -> float:
    """How well ``asked`` fits a task; 0 when it does not stand in it."""
    best = weights.get(asked, 0.0) * rarity.get(asked, 0.0)
    if len(asked) >= _SHORTEST_BEGINNING:
        begun = (weights[word] * rarity[word] * _BEGINNING for word in weights if word.startswith(asked))
        best = max((best, *begun))
    return best
