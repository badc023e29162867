"""The words of a reply without the mail it answers, which most programs put below them."""

from __future__ import annotations

import re

_BEGINS_QUOTE = re.compile(
    r"""^(?:
        -{2,}\s*(?:original|forwarded|ursprüngliche|message\ d'origine|mensaje\ original).*-{2,}\s*
      | _{10,}\s*
      | (?:from|von|de|da|van):\s.*@.*
      | (?:on|am|le|el|il|op)\s.{6,200}(?:wrote|schrieb|écrit|escribió|scritto|schreef)\b.{0,100}:\s*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)


def stripped_reply(text: str) -> str:
    """``text`` up to what it quotes; blank when it quotes nothing, as it is no reply then."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        # The line that introduces a quote may be broken in two.
        pair = f"{line.strip()} {lines[at + 1].strip()}" if at + 1 < len(lines) else line.strip()
        if line.startswith(">") or _BEGINS_QUOTE.match(line.strip()) or (line.strip() and _BEGINS_QUOTE.match(pair)):
            return "\n".join(lines[:at]).strip()
    return ""
