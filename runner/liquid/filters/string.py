"""Filters of texts (liquid.md 3.2). Their input is ``argument_text``: nil behaves as an empty text, 12 as ``12``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Final

from runner.liquid.filters.arguments import bounded, bounded_list, whole
from runner.liquid.values import argument_text, number

_SPACE: Final = "\t\n\v\f\r \0"
_NEWLINE: Final = re.compile(r"\r?\n")
_RUN_OF_SPACE: Final = re.compile(r"[\t\n\v\f\r ]+")


def append(value: Any, suffix: Any) -> str:
    """``12 | append: "-a"`` is ``12-a``; a nil suffix adds nothing."""
    joined = argument_text(value) + argument_text(suffix)
    bounded("append", len(joined))
    return joined


def prepend(value: Any, prefix: Any) -> str:
    """``"b" | prepend: "a"`` is ``ab``."""
    joined = argument_text(prefix) + argument_text(value)
    bounded("prepend", len(joined))
    return joined


def upcase(value: Any) -> str:
    """Upper case, of any alphabet."""
    return argument_text(value).upper()


def downcase(value: Any) -> str:
    """Lower case, of any alphabet."""
    return argument_text(value).lower()


def capitalize(value: Any) -> str:
    """First character in upper case, the rest in lower case."""
    return argument_text(value).capitalize()


def strip(value: Any) -> str:
    """Without ASCII white space and NUL at both ends; a no-break space stays."""
    return argument_text(value).strip(_SPACE)


def lstrip(value: Any) -> str:
    """Without ASCII white space and NUL at the start."""
    return argument_text(value).lstrip(_SPACE)


def rstrip(value: Any) -> str:
    """Without ASCII white space and NUL at the end."""
    return argument_text(value).rstrip(_SPACE)


def strip_newlines(value: Any) -> str:
    """Without line ends."""
    return _NEWLINE.sub("", argument_text(value))


def newline_to_br(value: Any) -> str:
    """``<br />`` in front of every line end; each becomes a plain newline."""
    return _NEWLINE.sub("<br />\n", argument_text(value))


_BLOCK_ENDS: Final = {"<script": "</script>", "<style": "</style>", "<!--": "-->"}
_BLOCK_START: Final = re.compile("<script|<style|<!--")
_TAG_START: Final = re.compile("<")


def strip_html(value: Any) -> str:
    """Without scripts, styles and comments and what is in them, then without tags; entities stay."""
    source = _without(argument_text(value), _BLOCK_START, _BLOCK_ENDS)
    return _without(source, _TAG_START, {"<": ">"})


def _without(source: str, opening: re.Pattern[str], ends: dict[str, str]) -> str:
    """``source`` without every span from an opening to its end. One pass: an end that is missing is looked for once."""
    kept: list[str] = []
    missing: set[str] = set()
    position = search_from = 0
    while found := opening.search(source, search_from):
        end = -1 if found.group() in missing else source.find(ends[found.group()], found.end())
        if end < 0:
            missing.add(found.group())
            search_from = found.start() + 1
            if len(missing) == len(ends):
                break
            continue
        kept.append(source[position : found.start()])
        position = search_from = end + len(ends[found.group()])
    kept.append(source[position:])
    return "".join(kept)


_ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_UNESCAPED: Final = re.compile(r"[\"><']|&(?!(?:[a-zA-Z]+|#[0-9]+);)")


def escape(value: Any) -> str | None:
    """``& < > " '`` as entities; nil stays nil."""
    return None if value is None else argument_text(value).translate(_ESCAPED)


def escape_once(value: Any) -> str:
    """As ``escape``, leaving the entities that are there."""
    return _UNESCAPED.sub(lambda found: found.group().translate(_ESCAPED), argument_text(value))


def split(value: Any, separator: Any) -> list[str]:
    """Parts between separators, empty ones at the end dropped.

    A single space splits on runs of white space, nothing splits into characters, a newline also matches ``\\r\\n``.
    """
    source, pattern = argument_text(value), argument_text(separator)
    bounded_list("split", source.count(pattern) if pattern else len(source))
    if pattern == " ":
        return [part for part in _RUN_OF_SPACE.split(source) if part]
    if not pattern:
        return list(source)
    parts = _NEWLINE.split(source) if pattern == "\n" else source.split(pattern)
    while parts and not parts[-1]:
        parts.pop()
    return parts


def replace(value: Any, target: Any, replacement: Any = "") -> str:
    """Every ``target``, taken literally, replaced; a newline also matches ``\\r\\n``; nil goes between characters."""
    source, old, new = argument_text(value), argument_text(target), argument_text(replacement)
    bounded("replace", len(source) + (source.count(old) * len(new) if new else 0))
    return _NEWLINE.sub(lambda _: new, source) if old == "\n" else source.replace(old, new)


def replace_first(value: Any, target: Any, replacement: Any = "") -> str:
    """The first ``target`` replaced."""
    return argument_text(value).replace(argument_text(target), argument_text(replacement), 1)


def replace_last(value: Any, target: Any, replacement: Any) -> str:
    """The last ``target`` replaced: ``"a, b, c" | replace_last: ", ", " or "`` is ``a, b or c``."""
    source, old = argument_text(value), argument_text(target)
    start = source.rfind(old)
    return source if start < 0 else source[:start] + argument_text(replacement) + source[start + len(old) :]


def remove(value: Any, target: Any) -> str:
    """Every ``target`` removed."""
    return replace(value, target)


def remove_first(value: Any, target: Any) -> str:
    """The first ``target`` removed."""
    return replace_first(value, target)


def remove_last(value: Any, target: Any) -> str:
    """The last ``target`` removed."""
    return replace_last(value, target, "")


def truncate(value: Any, length: Any = 50, ellipsis: Any = "...") -> str | None:
    """At most ``length`` characters, the ellipsis among them; the ellipsis alone when it does not fit."""
    if value is None:
        return None
    source, mark, limit = argument_text(value), argument_text(ellipsis), whole("truncate", length)
    return source if len(source) <= limit else source[: max(0, limit - len(mark))] + mark


def truncatewords(value: Any, words: Any = 15, ellipsis: Any = "...") -> str | None:
    """The first ``words`` words (at least one), single-spaced, and the ellipsis when even a blank follows."""
    if value is None:
        return None
    source, count = argument_text(value), max(1, whole("truncatewords", words))
    found = split(source, " ")
    if len(found) < count or (len(found) == count and not source[-1:].isspace()):
        return source
    return " ".join(found[:count]) + argument_text(ellipsis)


def unindent(value: Any) -> str:
    """Every line without the least indentation of the lines that are not blank.

    A blank line that is shorter stays as it is: so do both of Ruby's ways to unindent, of which the platform's is one.
    """
    lines = argument_text(value).split("\n")
    least = min((_indent(line) for line in lines if line.strip()), default=0)
    return "\n".join([line[least:] if _indent(line) >= least else line for line in lines])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


_APPROXIMATIONS: Final = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
     "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "ng", "Ŋ": "NG",
     "ŧ": "t", "Ŧ": "T", "ĸ": "k", "ŀ": "l", "Ŀ": "L", "ŉ": "'n"}
)  # fmt: skip
_NOT_HANDLE: Final = re.compile(r"[^a-z0-9_]+")


def handleize(value: Any) -> str:
    """A handle: transliterated, lower case, runs of other characters as one hyphen, none at the ends."""
    decomposed = unicodedata.normalize("NFKD", argument_text(value).translate(_APPROXIMATIONS))
    plain = "".join([character for character in decomposed if not unicodedata.combining(character)])
    return _NOT_HANDLE.sub("-", plain.lower()).strip("-")


def pluralize(value: Any, singular: Any, plural: Any) -> Any:
    """``singular`` when the number is exactly 1, ``plural`` otherwise, also for nil."""
    return singular if number(value) == 1 else plural


FILTERS: dict[str, Callable[..., Any]] = {
    "append": append,
    "capitalize": capitalize,
    "downcase": downcase,
    "escape": escape,
    "escape_once": escape_once,
    "handle": handleize,
    "handleize": handleize,
    "lstrip": lstrip,
    "newline_to_br": newline_to_br,
    "pluralize": pluralize,
    "prepend": prepend,
    "remove": remove,
    "remove_first": remove_first,
    "remove_last": remove_last,
    "replace": replace,
    "replace_first": replace_first,
    "replace_last": replace_last,
    "rstrip": rstrip,
    "split": split,
    "strip": strip,
    "strip_html": strip_html,
    "strip_newlines": strip_newlines,
    "truncate": truncate,
    "truncatewords": truncatewords,
    "unindent": unindent,
    "upcase": upcase,
}
