"""What differs between two live cases, in sentences: steps matched by what they say, runs by what they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from runner.testing.difference import Change, differences, of_actions, of_list, of_value

_LISTS = {"events": "event", "failed": "failure", "changes": "change", "calls": "call"}
"""Lists of lines in a step, and what a line of it is called."""
_LONGEST = 60
_OF_CASE = {"later": "run due later:", "loops": "loop:", "guesses": "guess"}
_OF_RUN = ("actions", "logs", "errors", "at", "run", "about", "task")


def case_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What became of the snapshot ``old``, of a rendering or of a live case; empty: nothing."""
    if "steps" not in old or "steps" not in new:
        return differences(old, new)
    found = [*_of_steps(old["steps"], new["steps"]), *_of_case(old, new)]
    return found or list(_of_times(old["steps"], new["steps"]))


def _of_steps(old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    labels = ([_label(step) for step in old], [_label(step) for step in new])
    for place, one, other in _paired(*labels, replacing=True):
        if one is None:
            yield Change("added", _name(place, new[place]))
        elif other is None:
            yield Change("removed", _name(place, old[place]))
        else:
            name, was = _name(place, new[other]), _label(old[one])
            if was != _label(new[other]):
                yield Change("changed", name, (f"was: {was}",))
            yield from _within(name, _of_step(_members(old[one]), _members(new[other])))


def _of_step(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = old.get("runs") or (), new.get("runs") or ()
    for place, one, other in _paired([_of_run(run) for run in before], [_of_run(run) for run in after]):
        if one is None:
            yield from _alone("added", after[place])
        elif other is None:
            yield from _alone("removed", before[place])
        else:
            yield from _within(_of_run(after[other]), _run_changes(_members(before[one]), _members(after[other])))
    for key, word in _LISTS.items():
        yield from of_list(word, old.get(key) or (), new.get(key) or ())


def _alone(kind: str, run: Any) -> Iterator[Change]:
    """A run that only one of them has, and what it did."""
    yield Change(kind, _of_run(run))
    nothing: Mapping[str, Any] = {}
    pair = (nothing, _members(run)) if kind == "added" else (_members(run), nothing)
    yield from _within(_of_run(run), of_actions(*(each.get("actions") or () for each in pair)))


def _run_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    yield from of_actions(old.get("actions") or (), new.get("actions") or ())
    for key, word in (("logs", "log"), ("errors", "error")):
        yield from of_list(word, old.get(key) or (), new.get(key) or ())
    for key in dict.fromkeys((*old, *new)):
        if key not in _OF_RUN and (old.get(key)) != (new.get(key)):
            yield of_value(
                "the failure of the script" if key == "liquid_error" else f"`{key}`", old.get(key), new.get(key)
            )


def _of_case(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """How it ended."""
    for key, word in _OF_CASE.items():
        yield from of_list(word, old.get(key) or (), new.get(key) or ())
    for key in dict.fromkeys((*old, *new)):
        if key != "steps" and key not in _OF_CASE and (old.get(key)) != (new.get(key)):
            yield of_value(f"`{key}`", old.get(key), new.get(key))


def _of_times(old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    """Told only when nothing else is different: what takes a second longer moves everything after it."""
    for place, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            yield of_value(f"the time of {_name(place, other)}", _times(one), _times(other))
            return


def _times(step: Any) -> list[Any]:
    runs = _members(step).get("runs") or ()
    return [_members(step).get("at"), *(_members(run).get("at") for run in runs)]


def _paired(
    old: Sequence[str], new: Sequence[str], *, replacing: bool = False
) -> Iterator[tuple[int, int | None, int | None]]:
    """(place, index in the old, index in the new); one of the two is None where it has no counterpart.

    ``replacing``: what stands in the place of another, as many for as many, is its counterpart.
    """
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal" or (replacing and old_to - old_from == new_to - new_from):
            yield from ((new_from + at, old_from + at, new_from + at) for at in range(old_to - old_from))
            continue
        yield from ((at, at, None) for at in range(old_from, old_to))
        yield from ((at, None, at) for at in range(new_from, new_to))


def _within(where: str, changes: Iterator[Change]) -> Iterator[Change]:
    return (replace(change, what=f"{where}: {change.what}") for change in changes)


def _name(place: int, step: Any) -> str:
    label = _label(step)
    return f"step {place + 1}, {label if len(label) <= _LONGEST else f'{label[:_LONGEST]}…'}"


def _label(step: Any) -> str:
    return str(_members(step).get("step", step))


def _of_run(run: Any) -> str:
    """``run shopify/products/update of Product 80000001``."""
    members = _members(run)
    words = ["run", str(members.get("run", run)), *(["of", members["about"]] if members.get("about") else [])]
    return " ".join(map(str, words))


def _members(value: Any) -> Mapping[str, Any]:
    """Nothing, for the line that stands where a long list is shortened."""
    return value if isinstance(value, Mapping) else {}
