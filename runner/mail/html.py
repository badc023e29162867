"""HTML as mail programs need it: styles in the elements, images that travel with the message (actions.md 3.3)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

_STYLE = re.compile(r"<style\b", re.IGNORECASE)
_SOURCE = re.compile(
    r"""(?P<before><img\b[^>]*?\bsrc\s*=\s*)(?P<quote>["'])(?P<source>(?:data:image/|cid:)[^"']*)(?P=quote)""",
    re.IGNORECASE | re.DOTALL,
)
_DATA = re.compile(r"data:(?P<mime>image/[a-z0-9.+-]+)(?P<flags>(?:;[^,;]*)*),(?P<content>.*)", re.DOTALL | re.I)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message. ``cid``: the id by which its HTML shows it, None for one that is only attached."""

    name: str
    data: bytes
    mime: str
    cid: str | None = None


def inlined(html: str) -> str:
    """``html`` with the rules of its style elements in the elements they are for; media queries stay where they are.

    Nothing is loaded. HTML without style elements is given back as it is.
    """
    if not _STYLE.search(html):
        return html
    import css_inline

    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, keep_link_tags=True)
    return inliner.inline(html)


def with_images(
    html: str, files: Sequence[Attached], new_id: Callable[[str], str]
) -> tuple[str, tuple[Attached, ...], tuple[Attached, ...]]:
    """``html``, the images it shows, and the other ``files``.

    An image is shown by ``cid:`` and the name of an attachment, or is a ``data:`` address, which most mail programs
    would not show: it becomes a part of the message. ``new_id`` makes ids from names.
    """
    # differs: the platform knows images by their web addresses only; these two travel with the message here.
    shown: dict[str, Attached] = {}
    by_name = {file.name: file for file in files}

    def replaced(match: re.Match[str]) -> str:
        source = match["source"]
        image = _from_data(source, len(shown)) if source[:5].lower() == "data:" else by_name.get(unquote(source[4:]))
        if image is None:
            return match[0]
        kept = shown.setdefault(image.name, Attached(image.name, image.data, image.mime, new_id(image.name)))
        return f"{match['before']}{match['quote']}cid:{kept.cid}{match['quote']}"

    changed = _SOURCE.sub(replaced, html)
    return changed, tuple(shown.values()), tuple(file for file in files if file.name not in shown)


def _from_data(address: str, number: int) -> Attached | None:
    """The image in a ``data:`` address; None when it cannot be read."""
    found = _DATA.fullmatch(address.strip())
    if found is None:
        return None
    data = unquote_to_bytes(found["content"])
    if ";base64" in found["flags"].lower():
        try:
            data = base64.b64decode(re.sub(rb"\s", b"", data), validate=True)
        except binascii.Error:
            return None
    ending = found["mime"].lower().partition("/")[2].partition("+")[0].replace("jpeg", "jpg")
    return Attached(f"image-{number + 1}.{ending}", data, found["mime"].lower())
