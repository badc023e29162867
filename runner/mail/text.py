"""The words of an HTML message, for readers that show no HTML: lines, lists, links and tables as plain text.

What other packages do here brings an XML library of several megabytes, or a licence that binds its users.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p"),
        *("pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    ]
)
_SPACED = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"})
"""Blocks with a blank line before and after them."""
_HIDDEN = frozenset({"head", "script", "style", "template", "title"})
_CELLS = frozenset({"td", "th"})
_RULE = "-" * 20


def plain_text(html: str) -> str:
    """The text of ``html``, with addresses of links behind their words; ends with a line break unless blank."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._hidden = 0
        self._pre = 0
        self._links: list[tuple[str, int, int]] = []
        self._lists: list[int | None] = []

    def text(self) -> str:
        """What was read."""
        lines = [re.sub(r"[ \xa0]+$", "", line) for line in self._lines]
        joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
        return joined + "\n" if joined.strip() else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _HIDDEN:
            self._hidden += 1
        if self._hidden:
            return
        if tag == "br":
            self._lines.append("")
        elif tag == "img" and given.get("alt"):
            self._add(str(given["alt"]))
        elif tag in _CELLS and self._lines[-1].strip():
            self._lines[-1] = self._lines[-1].rstrip() + "  "
        elif tag == "a":
            self._links.append((str(given.get("href") or ""), len(self._lines) - 1, len(self._lines[-1])))
        elif tag in _BLOCKS:
            self._block(tag)
            self._open(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif self._hidden:
            return
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        elif tag in _BLOCKS:
            if tag in ("ol", "ul") and self._lists:
                self._lists.pop()
            self._pre = max(0, self._pre - 1) if tag == "pre" else self._pre
            self._block(tag)

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._pre:
            first, *others = data.split("\n")
            self._lines[-1] += first
            self._lines.extend(others)
        else:
            self._add(data)

    def _add(self, words: str) -> None:
        text = re.sub(r"[ \t\r\n\f]+", " ", words)
        if not self._lines[-1] or self._lines[-1].endswith(" "):
            text = text.lstrip(" ")
        self._lines[-1] += text

    def _block(self, tag: str) -> None:
        """Go to a new line, with a blank one before it where the block wants that."""
        if self._lines[-1].strip():
            self._lines.append("")
        else:
            self._lines[-1] = ""
        is_inner = tag in ("ol", "ul") and bool(self._lists)
        if tag in _SPACED and not is_inner and any(line.strip() for line in self._lines):
            self._lines.append("")

    def _open(self, tag: str) -> None:
        if tag in ("ol", "ul"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "pre":
            self._pre += 1
        elif tag == "hr":
            self._lines[-1] = _RULE
            self._lines.append("")
        elif tag == "li":
            count = self._lists[-1] if self._lists else None
            if self._lists and count is not None:
                self._lists[-1] = count + 1
            mark = "- " if count is None else f"{count + 1}. "
            self._lines[-1] = "  " * max(0, len(self._lists) - 1) + mark

    def _end_link(self, href: str, line: int, column: int) -> None:
        """The address behind the words, unless the words are the address."""
        words = " ".join([self._lines[line][column:], *self._lines[line + 1 :]]).strip()
        bare = href.removeprefix("mailto:").removeprefix("tel:").strip()
        if not bare or bare.startswith(("#", "javascript:")) or bare.rstrip("/") == words.rstrip("/"):
            return
        self._lines[-1] += f" ({bare})" if words else bare
