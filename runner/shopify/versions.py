"""Versions of the Admin API: which are served on a day, and what an unknown one falls forward to (engine.md 5.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from runner.errors import ConfigError

UNSTABLE = "unstable"
NOTICE = timedelta(days=30)
_DATED = re.compile(r"(\d{4})-(01|04|07|10)\Z")


def check_version(version: str) -> str:
    """``version`` itself when it is a quarter (``2026-04``) or ``unstable``; ``ConfigError`` otherwise."""
    if version == UNSTABLE or _DATED.match(version):
        return version
    raise ConfigError(
        f"{version!r} is not a version of the Admin API",
        hint="versions are named by quarter, for example 2026-04 (months 01, 04, 07, 10), or `unstable`",
    )


def supported_versions(today: date) -> tuple[str, ...]:
    """The stable versions that Shopify serves on ``today``, oldest first: each is supported for twelve months."""
    quarter = today.year * 4 + (today.month - 1) // 3
    return tuple(f"{number // 4}-{number % 4 * 3 + 1:02d}" for number in range(quarter - 3, quarter + 1))


def served_version(requested: str, today: date) -> str:
    """The version that answers a request for ``requested``.

    Too old, or no version at all: the oldest one supported, as Shopify does (engine.md 5.5). The next quarter is served
    as a release candidate; ``unstable`` always.
    """
    supported = supported_versions(today)
    year, month = (int(part) for part in supported[-1].split("-"))
    candidate = f"{year + 1}-01" if month == 10 else f"{year}-{month + 3:02d}"
    return requested if requested in (*supported, candidate, UNSTABLE) else supported[0]


def version_warning(requested: str, today: date) -> str | None:
    """What is wrong with asking for ``requested`` on ``today``; None: nothing.

    Shopify answers in another version, or will do so within thirty days: from then on the platform asks for the next
    one (engine.md 5.5).
    """
    served, newest = served_version(requested, today), supported_versions(today)[-1]
    if served == requested:
        # differs: the platform changes to the next version by itself by then; nobody changes a task here.
        end = _end(requested)
        if end is None or end - today > NOTICE:
            return None
        return f"API version {requested}: Shopify stops serving it on {end}; the newest is {newest}"
    age = "Shopify no longer serves it" if requested < served else "Shopify does not know it"
    return f"API version {requested}: {age}, and answers in {served} instead; the newest is {newest}"


def _end(version: str) -> date | None:
    """The first day on which Shopify does not serve ``version`` any more: a year after it came."""
    match = _DATED.match(version)
    return None if match is None else date(int(match[1]) + 1, int(match[2]), 1)


def nearest(requested: str, known: Sequence[str]) -> tuple[str, str | None]:
    """The version in ``known`` (sorted) whose data serve best for ``requested``, and a sentence when it is another.

    Falls forward, as Shopify does: the oldest known one that is newer, else the newest. ``unstable``: the newest.
    """
    check_version(requested)
    if requested in known:
        return requested, None
    dated = [version for version in known if _DATED.match(version)]
    newer = [version for version in dated if version > requested] if requested != UNSTABLE else []
    chosen = newer[0] if newer else dated[-1]
    return chosen, f"no schema data for API version {requested}: using {chosen}"
