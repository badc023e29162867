"""How ``runner test --coverage`` tells what was entered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from runner.cli.output import Output
from runner.coverage.report import Figure, Gap, TaskCoverage

_HEADERS = ("task", "covered", "live", "lines", "branches", "actions", "cases")
_NUMBERS = (1, 2, 3, 4, 5, 6)


def show_coverage(output: Output, found: Sequence[TaskCoverage], *, least: float | None, annotate: bool) -> None:
    """A table of all tasks, then the gaps of each; with ``annotate`` their scripts with marks."""
    output.say()
    output.table(_HEADERS, [_row(each) for each in found], numbers=_NUMBERS)
    for each in found:
        if each.fault is not None:
            output.say()
            output.say(f"{each.handle}: its script cannot be read: {each.fault.message}", style="red")
        elif each.gaps or each.only_previewed or each.silent_topics or each.notes:
            _show_gaps(output, each)
        if annotate and each.fault is None:
            _show_listing(output, each)
    output.say()
    total = _sum(each.whole for each in found)
    output.say(f"Coverage: {total.percent:.1f} % of lines and branches ({total.entered} of {total.all}).", style="bold")
    if least is not None:
        below = [each.handle for each in found if each.whole.percent < least]
        if below:
            output.say(f"Less than {least:g} %: {', '.join(below)}.", style="red")


def _row(each: TaskCoverage) -> tuple[str, ...]:
    figures = (each.lines, each.branches, each.actions)
    live = f"{each.by_live.percent:.1f} %" if each.cases else "none"
    counts = (f"{figure.entered}/{figure.all}" for figure in figures)
    return each.handle, f"{each.whole.percent:.1f} %", live, *counts, str(each.cases)


def _sum(figures: Iterable[Figure]) -> Figure:
    both = [(figure.entered, figure.all) for figure in figures]
    return Figure(sum(entered for entered, _ in both), sum(every for _, every in both))


def _show_gaps(output: Output, each: TaskCoverage) -> None:
    output.say()
    output.say(each.handle, style="bold")
    _show(output, each.gaps)
    for note in each.notes:
        output.say(f"  {note[:1].upper()}{note[1:]}.", style="yellow")
    if each.cases == 0:
        output.say(f"  No case renders it live: previews alone count. Write one in fixtures/{each.folder}/.")
        return
    if each.only_previewed:
        output.say("  In previews only, never for a live event:")
        _show(output, each.only_previewed)
    if each.silent_topics:
        output.say(f"  Topics without a live case: {', '.join(each.silent_topics)}")
    for hint in dict.fromkeys(gap.hint for gap in each.gaps):
        output.say(f"  Hint: {hint}.", style="dim")


def _show(output: Output, gaps: Sequence[Gap]) -> None:
    for gap in gaps:
        lines = str(gap.line) if gap.last_line == gap.line else f"{gap.line}-{gap.last_line}"
        actions = f" ({gap.actions} action{'s' if gap.actions > 1 else ''} in it)" if gap.actions else ""
        output.say(f"  {lines:>9}  {gap.label}: {gap.lack}{actions}")


def _show_listing(output: Output, each: TaskCoverage) -> None:
    """P: previews render the line, L: live events do, !: nothing does; a line without tags has no mark."""
    output.say()
    output.say(f"{each.handle}: P previews render it, L live events do, ! nothing does")
    marks: dict[int, str] = {}
    for spot in each.every:
        if spot.outcome is None:
            key = (spot.tag, None)
            seen = ("P" if key in each.previews else " ") + ("L" if key in each.live else " ")
            marks[spot.line] = _less(marks.get(spot.line), seen if seen.strip() else "!!")
    lacks: dict[int, list[str]] = {}
    for spot in each.every:
        # What is inside of something that was never rendered needs no words of its own.
        if (
            spot.outcome is not None
            and (spot.tag, spot.outcome) not in each.entered
            and (spot.tag, None) in each.entered
        ):
            lacks.setdefault(spot.line, []).append(spot.lack)
    for number, text in enumerate(each.task.script.splitlines(), start=1):
        words = f"   <- {', '.join(lacks[number])}" if number in lacks else ""
        style = "red" if marks.get(number) == "!!" or words else None
        output.say(f"{marks.get(number, ''):<2} {number:>4} {text}{words}".rstrip(), style=style)


def _less(before: str | None, now: str) -> str:
    """The mark of a line with several tags: of those that were entered least."""
    order = ("!!", " L", "P ", "PL")
    return now if before is None or order.index(now) < order.index(before) else before
