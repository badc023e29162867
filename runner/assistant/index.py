"""Finds texts by words: where a word stands and how rare it is decide; a mistyped one finds its neighbours."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[a-z0-9]+")
WEIGHTS: Mapping[str, float] = {
    "title": 5,
    "slug": 4,
    "tags": 3.5,
    "headings": 3,
    "events": 2,
    "section": 2,
    "content": 1.5,
}
"""What a word counts by the field it stands in (tooling.md 3)."""
SNIPPET = 200
"""Characters of a snippet."""


def words(text: str) -> list[str]:
    """The words of a text: everything between characters that are neither letters nor digits, in small letters."""
    return _WORD.findall(text.lower())


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """How far a word that stands nowhere may be from those that are taken for it: edits, and how many of them."""

    edits: int = 1
    candidates: int = 3


class Index:
    """Texts by name, each with fields that have weights."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        """``texts``: name -> field -> text. Fields are those of ``WEIGHTS``."""
        self._names = list(texts)
        self._found: dict[str, dict[int, float]] = defaultdict(dict)
        for number, fields in enumerate(texts.values()):
            for field, text in fields.items():
                for word, count in Counter(words(text)).items():
                    more = WEIGHTS[field] * (1 + math.log(count))
                    self._found[word][number] = self._found[word].get(number, 0.0) + more

    def search(self, query: str, fuzzy: Fuzzy | None = None) -> list[tuple[str, float]]:
        """(name, score) of all texts with a word of ``query``, the best first; equal ones by name.

        A query without words fits everything, with a score of 0.
        """
        asked = list(dict.fromkeys(words(query)))
        if not asked:
            return [(name, 0.0) for name in sorted(self._names)]
        scores: Counter[int] = Counter()
        for word in asked:
            for known, share in self._taken_for(word, fuzzy):
                rarity = math.log(1 + len(self._names) / len(self._found[known]))
                for number, weight in self._found[known].items():
                    scores[number] += weight * rarity * share  # type: ignore[assignment]
        found = [(self._names[number], round(score, 3)) for number, score in scores.items()]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def _taken_for(self, word: str, fuzzy: Fuzzy | None) -> list[tuple[str, float]]:
        """(known word, what it counts): the word itself, or else the nearest ones."""
        if word in self._found:
            return [(word, 1.0)]
        if fuzzy is None:
            return []
        near = [(distance(word, known, fuzzy.edits), -len(self._found[known]), known) for known in self._found]
        chosen = sorted(each for each in near if each[0] <= fuzzy.edits)[: fuzzy.candidates]
        return [(known, 1 / (1 + edits)) for edits, _, known in chosen]


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, delete or replace to make the one the other; ``most + 1`` for all that is farther."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, against in enumerate(other, start=1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != against)))
        if min(now) > most:
            return most + 1
        before = now
    return min(before[-1], most + 1)


def snippet(text: str, query: str) -> str:
    """A piece of the text around the first word of the query that stands in it, in one line."""
    line = " ".join(text.split())
    lowered = line.lower()
    places = [at for word in words(query) if (at := lowered.find(word)) >= 0]
    start = max(0, min(places, default=0) - SNIPPET // 4)
    if start:
        start = line.find(" ", start) + 1 or start
    piece = line[start : start + SNIPPET]
    return f"{'…' if start else ''}{piece}{'…' if start + SNIPPET < len(line) else ''}"


def page(found: Sequence[tuple[str, float]], limit: int, offset: int) -> tuple[Sequence[tuple[str, float]], int | None]:
    """The part of a result that was asked for, and the offset of the next; None behind the last."""
    chosen = found[offset : offset + limit]
    following = offset + len(chosen)
    return chosen, following if chosen and following < len(found) else None


def has_all(wanted: Iterable[str], given: Iterable[str]) -> bool:
    """Whether each of ``wanted`` is among ``given``, in any case."""
    known = {each.lower() for each in given}
    return all(each.lower() in known for each in wanted)
