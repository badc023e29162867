"""Tools that find and tell: tasks of the library, and pages of the manual (tooling.md 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from runner.assistant.desk import LIBRARY_ID, Bookcase, Desk, Tool
from runner.assistant.index import Fuzzy, has_all, page, snippet, words
from runner.assistant.manual import DOC_ID
from runner.library.entry import Entry

Limit = Annotated[int, Field(ge=1, le=50, description="How many results at most.")]
Offset = Annotated[int, Field(ge=0, description="Leave out so many results: nextOffset of the answer before.")]
Tags = Annotated[list[str], Field(description="Tags that a task must have, all of them, in any case.")]
Topics = Annotated[list[str], Field(description="Parts of topics, such as orders/create; all must be subscribed to.")]
Query = Annotated[str, Field(max_length=500, description="Words to look for.")]
IsFuzzy = Annotated[bool, Field(description="Let words that are nowhere stand for the nearest ones.")]
Edits = Annotated[int, Field(ge=0, le=2, description="Letters that may differ.")]
Candidates = Annotated[int, Field(ge=1, le=5, description="Words that one may stand for.")]


def text_tools(desk: Desk) -> list[Tool]:
    """The tools, in the order in which they are listed."""
    finder = Finder(desk)
    return [
        finder.search_tasks,
        finder.search_docs,
        finder.get_task,
        finder.get_doc,
        finder.similar_tasks,
        finder.search_task_examples,
        finder.refresh_index,
    ]


class Finder:
    """The tools. Names and parameters are those of the vendor's server, so that its users need not learn others."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def search_tasks(
        self,
        query: Query,
        limit: Limit = 10,
        offset: Offset = 0,
        tags: Tags = [],  # noqa: B006 - read only; the protocol shows it as the default
        subscriptions: Topics = [],  # noqa: B006
        fuzzy: IsFuzzy = True,
        fuzzyMaxEdits: Edits = 1,
        fuzzyMaxCandidates: Candidates = 3,
    ) -> dict[str, Any]:
        """Find tasks of the public task library by words in their names, tags, topics, documentation and scripts.

        Each result tells what the task does in preview: types of actions, and the access scopes it needs.
        get_task gives a result whole.
        """
        bookcase = self._desk.bookcase
        scored = bookcase.index.search(query, Fuzzy(fuzzyMaxEdits, fuzzyMaxCandidates) if fuzzy else None)
        found = [each for each in scored if _fits(bookcase.entries[each[0]], tags, subscriptions)]
        chosen, following = page(found, limit, offset)
        results = [{**_entry(bookcase, name, query), "score": score} for name, score in chosen]
        return {"total": len(found), "results": results, "nextOffset": following}

    def search_docs(
        self,
        query: Query,
        limit: Limit = 10,
        offset: Offset = 0,
        tags: Annotated[list[str], Field(description="Words that headings of the page must hold, all of them.")] = [],  # noqa: B006
        subscriptions: Annotated[list[str], Field(description="Texts, such as topics, that the page must hold.")] = [],  # noqa: B006
        fuzzy: IsFuzzy = True,
        fuzzyMaxEdits: Edits = 1,
        fuzzyMaxCandidates: Candidates = 3,
    ) -> dict[str, Any]:
        """Find pages of runner's manual: Liquid tags and filters, actions, options, cases, settings, commands, errors.

        Each result names the section that fits best; get_doc gives it, or the page.
        """
        manual = self._desk.manual
        scored = manual.index.search(query, Fuzzy(fuzzyMaxEdits, fuzzyMaxCandidates) if fuzzy else None)
        found = []
        for name, score in scored:
            known = manual.pages[name]
            headings = {word for section in known.sections for word in words(section.title)}
            asked = [word for tag in tags for word in words(tag)]
            if has_all(asked, headings) and all(text.lower() in known.markdown.lower() for text in subscriptions):
                found.append((name, score))
        chosen, following = page(found, limit, offset)
        results = []
        for name, score in chosen:
            section = manual.pages[name].best(query)
            results.append(
                {
                    "id": f"{DOC_ID}{name}",
                    "title": manual.pages[name].title,
                    "section": section.title,
                    "snippet": snippet(section.text, query),
                    "score": score,
                }
            )
        return {"total": len(found), "results": results, "nextOffset": following}

    def get_task(
        self,
        id: Annotated[str, Field(description="The handle of a task of the library, with or without `task:`.")],
    ) -> dict[str, Any]:
        """Give a task of the library whole: script, subscriptions, options, documentation, JavaScript.

        Beside it stands what the engine finds out: types of actions its preview renders, and its access scopes.
        """
        entry = self._desk.bookcase.entry(id)
        task = entry.task
        return {
            "id": f"{LIBRARY_ID}{entry.handle}",
            "name": task.name,
            "tags": list(entry.tags),
            "subscriptions": list(task.subscriptions),
            "subscriptions_template": task.template,
            "script": task.script,
            "options": dict(task.options),
            "docs": task.docs,
            "online_store_javascript": task.online_store_javascript,
            "order_status_javascript": task.order_status_javascript,
            "shopify_api_version": task.shopify_api_version,
            "preview_event_definitions": task.to_dict().get("preview_event_definitions") or [],
            **_facts(entry),
        }

    def get_doc(
        self,
        id: Annotated[str, Field(description="The id of a page, such as doc:fixtures.")],
        section: Annotated[str | None, Field(description="Give only the section of this heading.")] = None,
    ) -> dict[str, Any]:
        """Give a page of runner's manual as Markdown, or one section of it, with the headings of the page."""
        known = self._desk.manual.page(id)
        return {
            "id": f"{DOC_ID}{known.name}",
            "title": known.title,
            "sections": [each.title for each in known.sections],
            "markdown": known.markdown if section is None else known.below(section),
        }

    def similar_tasks(
        self,
        handle: Annotated[str, Field(description="The handle of a task of the library.")],
        limit: Annotated[int, Field(ge=1, le=20, description="How many results at most.")] = 5,
    ) -> dict[str, Any]:
        """Find tasks of the library that are like one of them: 2 points a shared tag, 1 a topic, 0.5 the first word."""
        bookcase = self._desk.bookcase
        one = bookcase.entry(handle)
        scored = [(_likeness(one, each), each) for each in bookcase.entries.values() if each.handle != one.handle]
        scored = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].handle))
        results = [{**_entry(bookcase, each.handle, "", facts=False), "score": score} for score, each in scored[:limit]]
        return {"id": f"{LIBRARY_ID}{one.handle}", "results": results}

    def search_task_examples(
        self,
        patterns: Annotated[
            list[Annotated[str, Field(min_length=1, max_length=200)]],
            Field(min_length=1, max_length=10, description="Texts that stand in scripts as they are, in any case."),
        ],
        match: Annotated[Literal["any", "all"], Field(description="Whether one of them is enough.")] = "all",
        limit: Limit = 10,
        offset: Offset = 0,
        lines: Annotated[int, Field(ge=0, le=10, description="Lines before and behind each place.")] = 2,
    ) -> dict[str, Any]:
        """Find scripts of the library that hold certain texts, such as a mutation or a filter, with lines around."""
        bookcase = self._desk.bookcase
        found = []
        for handle, entry in bookcase.entries.items():
            places = {text: _places(entry.task.script, text) for text in patterns}
            counts = [bool(each) for each in places.values()]
            if all(counts) if match == "all" else any(counts):
                found.append((handle, float(sum(map(len, places.values())))))
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        chosen, following = page(found, limit, offset)
        results = [
            {
                "id": f"{LIBRARY_ID}{handle}",
                "title": bookcase.entries[handle].task.name,
                "places": int(count),
                "excerpts": [
                    _excerpt(bookcase.entries[handle].task.script, text, lines)
                    for text in patterns
                    if _places(bookcase.entries[handle].task.script, text)
                ],
            }
            for handle, count in chosen
        ]
        return {"total": len(found), "results": results, "nextOffset": following}

    def refresh_index(self) -> dict[str, Any]:
        """Read the task library again from the disk, as after `git pull` or `runner library update`.

        Nothing is fetched.
        """
        bookcase = self._desk.refresh()
        return {"library": bookcase.shelf.to_dict(), "left_out": bookcase.broken, "pages": len(self._desk.manual.pages)}


def _fits(entry: Entry, tags: Sequence[str], topics: Sequence[str]) -> bool:
    subscribed = "\n".join((*entry.topics, entry.task.template)).lower()
    return has_all(tags, entry.tags) and all(topic.lower() in subscribed for topic in topics)


def _entry(bookcase: Bookcase, handle: str, query: str, *, facts: bool = True) -> dict[str, Any]:
    entry = bookcase.entries[handle]
    task = entry.task
    found: dict[str, Any] = {
        "id": f"{LIBRARY_ID}{entry.handle}",
        "title": task.name,
        "url": bookcase.url(handle),
        "tags": list(entry.tags),
        "subscriptions": list(entry.topics),
        "subscriptions_template": task.template,
        "options": list(task.options),
        "snippet": snippet("\n".join((task.docs or "", task.script)), query),
    }
    return found | _facts(entry) if facts else found


def _facts(entry: Entry) -> dict[str, Any]:
    acts = any(each.rendering.actions for each in entry.previewed.previews)
    return {"actions": list(entry.actions), "scopes": list(entry.scopes), "preview_acts": acts}


def _likeness(one: Entry, other: Entry) -> float:
    tags = set(map(str.lower, one.tags)) & set(map(str.lower, other.tags))
    topics = set(one.topics) & set(other.topics)
    first, against = words(one.task.name)[:1], words(other.task.name)[:1]
    return 2 * len(tags) + len(topics) + (0.5 if first and first == against else 0)


def _places(script: str, text: str) -> list[int]:
    """Numbers of the lines, from 1 on, in which the text begins."""
    lowered, wanted = script.lower(), text.lower()
    found: Counter[int] = Counter()
    at = lowered.find(wanted)
    while at >= 0:
        found[lowered.count("\n", 0, at) + 1] += 1
        at = lowered.find(wanted, at + len(wanted))
    return sorted(found)


def _excerpt(script: str, text: str, around: int) -> dict[str, Any]:
    """The first place of the text, with the lines around it."""
    places = _places(script, text)
    every = script.split("\n")
    first, last = max(0, places[0] - 1 - around), places[0] + text.count("\n") + around
    return {"pattern": text, "line": places[0], "lines": places, "text": "\n".join(every[first:last])}
