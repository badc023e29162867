"""Words for broken JSON: what a person did, and what to do about it. Loaded only when something is wrong."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from runner.model.json_text import MAX_DEPTH, Fault, place, scan

_WORD = re.compile(r"[A-Za-z_$][\w$-]*")
_NUMBER_LIKE = re.compile(r"[+.\-0-9][0-9A-Za-z.+_-]*")
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|\?xml|!--|script|div|[a-z]+[ >/])", re.IGNORECASE)
_ESCAPED_TEXT = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
_BEGUN = re.compile(r"t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|-|\.|[eE][+-]?")
"""A literal or number cut off by the end of the file."""
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?")
_BRACKETS = {"{": "object", "[": "list"}
_FOREIGN_WORDS = {"True": "true", "False": "false", "None": "null", "nil": "null", "undefined": "null", "NULL": "null"}
_QUOTES = "“”„‟‘’‚«»`"


class Reason(NamedTuple):
    """Where the text is broken (an offset), in which way, and what to do."""

    offset: int
    message: str
    hint: str | None = None


def explain(text: str) -> Reason:
    """The first thing wrong with a text that is not acceptable JSON."""
    whole = _whole_file(text)
    if whole is not None:
        return whole
    keys: list[set[str]] = []
    try:
        for event in scan(text):
            if event.kind == "open":
                keys.append(set())
                if len(keys) > MAX_DEPTH:
                    return Reason(
                        event.start, f"Values are nested deeper than {MAX_DEPTH} levels.", "Keep them flatter."
                    )
            elif event.kind == "close":
                keys.pop()
            elif event.kind == "key":
                key = json.loads(text[event.start : event.end])
                if key in keys[-1]:
                    return Reason(event.start, f'The key "{key}" comes twice in one object.', "Remove one of the two.")
                keys[-1].add(key)
            elif text[event.start] in "-0123456789" and _out_of_range(text[event.start : event.end]):
                return Reason(event.start, "The number is too large.", "Write it in quotes, as text.")
    except Fault as fault:
        return _from_fault(text, fault)
    # The scanner is as strict as the parser (tested as a property), so nothing gets here.
    return Reason(0, "The file is not JSON.")  # pragma: no cover


def _whole_file(text: str) -> Reason | None:
    """What the first characters already tell."""
    start = text.lstrip()
    at = len(text) - len(start)
    if not start:
        return Reason(0, "The file is empty.", "A task file is one JSON object: export the task again.")
    if _MARKUP.match(start):
        hint = "This is a web page: use the raw file, or the export of the task, not the page that shows it."
        return Reason(at, "The file is HTML or XML, not JSON.", hint)
    if start.startswith(("{%", "{{")):
        return Reason(at, "The file is a Liquid template, not JSON.", "A script belongs into a task's script key.")
    if start.startswith("version https://git-lfs"):
        return Reason(at, "The file is a pointer of Git LFS, not the file itself.", "Run: git lfs pull")
    if start.startswith(("---\n", "---\r", "# ", "## ")):
        kind = "YAML" if start.startswith("---") else "Markdown"
        return Reason(at, f"The file is {kind}, not JSON.", "A task file is one JSON object.")
    return None


def _out_of_range(digits: str) -> bool:
    if re.fullmatch("-?[0-9]+", digits):
        return len(digits) > 4000
    return float(digits) in (float("inf"), float("-inf"))


def _from_fault(text: str, fault: Fault) -> Reason:
    at, rest = fault.offset, text[fault.offset :]
    if not rest or (fault.opened and _BEGUN.fullmatch(rest)):
        return _truncated(text, fault)
    if rest.startswith('"') and fault.expected in ("key", "first key", "value", "first value"):
        return _bad_string(text, at)
    if rest.startswith(("//", "/*", "#")):
        return Reason(at, "JSON has no comments.", "Remove the comment.")
    if rest.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return Reason(at, "The file holds the markers of an unresolved merge.", "Resolve the conflict in Git first.")
    if rest[0] == "'":
        return Reason(at, "JSON text stands in double quotes, not in single ones.", "Write \" instead of '.")
    if rest[0] in _QUOTES:
        return Reason(at, f"{rest[0]} is not a quotation mark of JSON.", 'Write " instead; word processors change it.')
    return _misplaced(text, fault) or _strange(text, fault)


def _truncated(text: str, fault: Fault) -> Reason:
    opener = fault.opened[-1]
    line = place(text, opener).line
    message = f"The file ends inside the {_BRACKETS[text[opener]]} that was opened in line {line}."
    return Reason(fault.offset, message, "It seems to be cut off: export or download the task again.")


def _bad_string(text: str, at: int) -> Reason:
    match = _ESCAPED_TEXT.match(text, at)
    end = len(text) if match is None else match.end()
    wrong = text[end : end + 1]
    line = place(text, at).line
    if not wrong or _CUT_ESCAPE.fullmatch(text, end):
        hint = "It seems to be cut off: export or download the task again."
        return Reason(end, f"The file ends inside the text that begins in line {line}.", hint)
    if wrong in "\r\n":
        message = f"The text that begins in line {line} has no closing quote in its line."
        return Reason(at, message, 'Close it with "; a line break inside a text is written \\n.')
    if wrong == "\\":
        sequence = text[end : end + (6 if text[end + 1 : end + 2] == "u" else 2)]
        hint = "A backslash itself is written \\\\."
        return Reason(end, f"{json.dumps(sequence)[1:-1]} is not an escape of JSON.".replace("\\\\", "\\", 1), hint)
    name = {"\t": "tab, written \\t", "\x00": "NUL character"}.get(wrong, f"control character U+{ord(wrong):04X}")
    return Reason(end, f"A text must not hold a raw {name}.")


def _misplaced(text: str, fault: Fault) -> Reason | None:
    """Something of JSON's own in the wrong place: commas, colons, brackets."""
    at, char, expected = fault.offset, text[fault.offset], fault.expected
    if char in "}]" and expected in ("key", "value") and fault.opened:
        comma = len(text[:at].rstrip()) - 1
        if text[comma] == ",":
            hint = "Remove the comma."
            return Reason(comma, f"There is a comma after the last entry of {_here(text, fault)}.", hint)
        return Reason(at, 'A value is missing after ":".')
    if char == ",":
        return Reason(at, "A value is missing before the comma." if expected != "end" else "Text follows the value.")
    if char in "}]" and fault.opened:
        opener = fault.opened[-1]
        closer = "}" if text[opener] == "{" else "]"
        line = place(text, opener).line
        return Reason(at, f'"{char}" where the {_BRACKETS[text[opener]]} of line {line} would need "{closer}".')
    if expected == "end":
        if char in "{[":
            hint = "A file holds one task; put each into a file of its own."
            return Reason(at, "There is a second JSON value after the first.", hint)
        return Reason(at, "There is text after the end of the JSON value.", "Remove it.")
    if expected == "comma":
        hint = 'Put a comma between two entries, and \\" for a quote inside a text.'
        return Reason(at, f"A comma is missing in {_here(text, fault)}.", hint)
    if expected == "colon":
        return Reason(at, "A colon is missing between key and value.")
    return None


def _here(text: str, fault: Fault) -> str:
    opener = fault.opened[-1]
    return f"the {_BRACKETS[text[opener]]} that opens in line {place(text, opener).line}"


def _strange(text: str, fault: Fault) -> Reason:
    """A key or value was expected, and what is there is none."""
    at = fault.offset
    word = _WORD.match(text, at)
    if fault.expected in ("key", "first key"):
        if word:
            return Reason(at, f"The key {word[0]} is not in quotes.", f'Write "{word[0]}".')
        return Reason(at, f"A key in quotes must stand here, not {_shown(text[at])}.", 'Such as "name".')
    if word:
        if word[0] in _FOREIGN_WORDS:
            return Reason(at, f"{word[0]} is not JSON.", f"Write {_FOREIGN_WORDS[word[0]]}.")
        if word[0] in ("NaN", "Infinity"):
            return Reason(at, f"{word[0]} is not a number of JSON.", "Write null, or a number.")
        return Reason(
            at, f"The text {word[0][:40]} is not in quotes.", f'Write "{word[0][:40]}", or true, false, null.'
        )
    number = _NUMBER_LIKE.match(text, at)
    if number:
        return Reason(at, f"{number[0][:40]} is not a number of JSON.", "Such as 7, -1 or 2.5.")
    return Reason(at, f"A value must stand here, not {_shown(text[at])}.", 'Such as "text", 7, true, null, [] or {}.')


def _shown(char: str) -> str:
    return char if char.isprintable() and char != " " else f"U+{ord(char):04X}"
