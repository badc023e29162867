"""Times and ages as people write them: ``2h``, ``3d``, ``2026-03-04``, ``2026-03-04T10:30``; and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from runner.errors import InputError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([smhdw])")


def parse_age(text: str, option: str) -> timedelta:
    """``90s``, ``15m``, ``2h``, ``3d``, ``2w``. ``InputError`` naming the ``option`` for anything else."""
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        raise InputError(
            f'{option}: "{text}" is no age',
            code="input.usage",
            hint="write 90s, 15m, 2h, 3d or 2w: a number and a unit",
        )
    return timedelta(seconds=float(found[1]) * _UNITS[found[2]])


def parse_moment(text: str, option: str, *, now: datetime, zone: tzinfo, ahead: bool = False) -> datetime:
    """An instant: an age counts back from ``now`` (``ahead``: forward), a time without offset is one of ``zone``.

    ``InputError`` naming the ``option`` for anything else.
    """
    if _AGE.fullmatch(text.strip().lower()):
        age = parse_age(text, option)
        return now + age if ahead else now - age
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            f'{option}: "{text}" is no time',
            code="input.usage",
            hint="write 2026-03-04, 2026-03-04T10:30, 2026-03-04T10:30:00Z, or an age such as 2h or 3d",
        ) from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def shown(moment: datetime | None, zone: tzinfo) -> str:
    """The instant for people: local time to the second; a dash for none."""
    return "-" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def span(seconds: float) -> str:
    """A length of time for people: two units at most."""
    whole = round(seconds)
    if whole < 1:
        return f"{seconds:.1f} s"
    parts = []
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        number, whole = divmod(whole, size)
        if number:
            parts.append(f"{number} {name}")
    return " ".join(parts[:2])
