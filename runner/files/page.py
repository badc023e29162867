"""The page that a PDF is printed on: what its options say, checked (actions.md 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from runner.files.base import invalid, named

_MM: Mapping[str, float] = {"mm": 1, "cm": 10, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6, "px": 25.4 / 96, "q": 0.25}
_LENGTH = re.compile(r"\s*(\d{1,5}(?:\.\d{1,6})?|\.\d{1,6})\s*([a-z]*)\s*", re.IGNORECASE)
_SIZES: Mapping[str, tuple[float, float]] = {
    "a0": (841, 1189),
    "a1": (594, 841),
    "a2": (420, 594),
    "a3": (297, 420),
    "a4": (210, 297),
    "a5": (148, 210),
    "a6": (105, 148),
    "b4": (250, 353),
    "b5": (176, 250),
    "executive": (184.15, 266.7),
    "ledger": (279.4, 431.8),
    "legal": (215.9, 355.6),
    "letter": (215.9, 279.4),
    "tabloid": (279.4, 431.8),
}
"""Width and height in millimetres, upright."""
_MARGIN = 10.16
_STRIP = 12.7
_MOST_MM = 5080.0
_SIDES = ("top", "right", "bottom", "left")
PAGE_OPTIONS = (
    *("page_size", "page_width", "page_height", "orientation", "no_margins"),
    *(f"margin_{side}" for side in _SIDES),
    *("header_html", "footer_html", "header_height", "footer_height"),
)
_IGNORED = ("html", "__force_pdfcrowd")


@dataclass(frozen=True, slots=True)
class Page:
    """A page. Lengths in millimetres; ``margins`` top, right, bottom, left, outside of ``header`` and ``footer``.

    These two are HTML that stands on every page, in strips of the given heights; None for none.
    """

    width: float
    height: float
    margins: tuple[float, float, float, float]
    header: str | None = None
    footer: str | None = None
    header_height: float = 0.0
    footer_height: float = 0.0

    @property
    def body(self) -> tuple[float, float, float, float]:
        """The margins of the text itself, header and footer inside of them."""
        top, right, bottom, left = self.margins
        return top + self.header_height, right, bottom + self.footer_height, left


def underscored(options: Mapping[str, Any]) -> dict[str, Any]:
    """``options`` with the old spelling of names, with hyphens, in the present one."""
    return {str(name).replace("-", "_"): value for name, value in options.items()}


def left_out(options: Mapping[str, Any]) -> list[str]:
    """A sentence about each option that means nothing here."""
    unknown = [name for name in underscored(options) if name not in (*PAGE_OPTIONS, *_IGNORED)]
    sentences = []
    for name in unknown:
        near = get_close_matches(name, PAGE_OPTIONS, n=1, cutoff=0.8)
        sentences.append(f'the pdf option "{name}" was left out' + (f'; did you mean "{near[0]}"?' if near else ""))
    return sentences


def read_page(options: Mapping[str, Any], where: str) -> Page:
    """The page of the options of a pdf. Raises ActionError for a known option with a value that cannot be meant."""
    given = underscored(options)
    width, height = _size(given, where)
    header, footer = (_html(given, f"{name}_html", where) for name in ("header", "footer"))
    page = Page(
        width,
        height,
        _margins(given, where),
        header,
        footer,
        _length(given, "header_height", where, _STRIP) if header else 0.0,
        _length(given, "footer_height", where, _STRIP) if footer else 0.0,
    )
    top, right, bottom, left = page.body
    if top + bottom >= height or left + right >= width:
        raise invalid(where, "its margins leave no room on the page", "Make them smaller, or the page larger.")
    return page


def _size(given: Mapping[str, Any], where: str) -> tuple[float, float]:
    name = str(_filled(given, "page_size") or "a4").strip().lower()
    if name not in _SIZES:
        raise invalid(where, f'there is no page size "{name[:20]}"', f"Sizes are {', '.join(_SIZES)}.")
    width, height = _SIZES[name]
    orientation = str(_filled(given, "orientation") or "portrait").strip().lower()
    if orientation not in ("portrait", "landscape"):
        raise invalid(where, f'there is no orientation "{orientation[:20]}"', 'Write "portrait" or "landscape".')
    if orientation == "landscape":
        width, height = height, width
    width = _length(given, "page_width", where, width)
    height = _length(given, "page_height", where, height)
    if not (0 < width <= _MOST_MM and 0 < height <= _MOST_MM):
        raise invalid(where, "its page has no size that can be printed", "A side may have up to 200in.")
    return width, height


def _margins(given: Mapping[str, Any], where: str) -> tuple[float, float, float, float]:
    none = _filled(given, "no_margins")
    if str(none).strip().lower() == "true":
        return 0.0, 0.0, 0.0, 0.0
    if none is not None and str(none).strip().lower() != "false":
        raise invalid(where, f'"no_margins" is {named(none)}, not true or false', "Write true or false.")
    top, right, bottom, left = (_length(given, f"margin_{side}", where, _MARGIN) for side in _SIDES)
    return top, right, bottom, left


def _length(given: Mapping[str, Any], name: str, where: str, default: float) -> float:
    """Millimetres. A number without a unit has them already, as the renderer of the old spelling took it."""
    value = _filled(given, name)
    if value is None:
        return default
    match = _LENGTH.fullmatch(str(value)) if not isinstance(value, bool) else None
    unit = match[2].lower() if match else ""
    if match is None or (unit and unit not in _MM):
        shown = f'"{value[:20]}"' if isinstance(value, str) else named(value)
        raise invalid(where, f'"{name}" is {shown}, not a length', "Write such as 1in, 2.5cm, 10mm, 36pt or 96px.")
    return float(match[1]) * _MM.get(unit, 1)


def _html(given: Mapping[str, Any], name: str, where: str) -> str | None:
    value = _filled(given, name)
    if value is not None and not isinstance(value, str):
        raise invalid(where, f'"{name}" is {named(value)}, not HTML', f'Write "{name}": "…".')
    return value


def _filled(given: Mapping[str, Any], name: str) -> Any:
    value = given.get(name)
    return None if isinstance(value, str) and not value.strip() else value
