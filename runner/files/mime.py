"""What kind of file a name tells of, the same on every machine (actions.md 2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from mimetypes import MimeTypes

_MORE: Mapping[str, str] = {
    ".avif": "image/avif",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".graphql": "application/graphql",
    ".gz": "application/gzip",
    ".heic": "image/heic",
    ".ics": "text/calendar",
    ".jsonl": "application/jsonl",
    ".liquid": "text/plain",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".rtf": "application/rtf",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
"""What Python's own table lacks, or has in some versions only."""


@lru_cache(maxsize=1)
def _table() -> MimeTypes:
    # Python's own table; that of the system would give other types on other machines.
    return MimeTypes()


def mime_of(name: str, default: str = "application/octet-stream") -> str:
    """The MIME type by the extension of ``name``; ``default`` when it tells nothing."""
    last = name.replace("\\", "/").rpartition("/")[2].lower()
    dot, extension = last.rpartition(".")[1:]
    if not dot:
        return default
    known = _MORE.get(f".{extension}")
    return known or _table().types_map[True].get(f".{extension}", default)
