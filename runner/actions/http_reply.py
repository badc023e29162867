"""What tasks see of an HTTP reply: ``status``, ``headers``, ``body``, ``body_base64`` (actions.md 3.7)."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from runner.actions.http_body import JSON_TYPE, media_type
from runner.model.json import without_surrogates

if TYPE_CHECKING:
    from runner.network.fetch import Reply


def reply_result(reply: Reply) -> dict[str, Any]:
    """The result object. Header names in lower case, each with all its values in order.

    ``body`` is the parsed value when the reply says it is ``application/json`` and that is true, text otherwise: by the
    charset that the reply declares, UTF-8 if none or an unknown one, bad bytes replaced.
    """
    headers: dict[str, list[str]] = {}
    for name, value in reply.headers.multi_items():
        headers.setdefault(name.lower(), []).append(value)
    return {
        "status": reply.status,
        "headers": headers,
        "body": _body(reply.content, (headers.get("content-type") or [""])[0]),
        "body_base64": base64.b64encode(reply.content).decode("ascii"),
    }


def _body(content: bytes, content_type: str) -> Any:
    text = _text(content, content_type)
    if media_type(content_type) == JSON_TYPE:
        try:
            return without_surrogates(json.loads(text.removeprefix("\ufeff"), parse_constant=_refused))
        except (ValueError, RecursionError):
            return text
    return text


def _text(content: bytes, content_type: str) -> str:
    named = re.search(r";\s*charset\s*=\s*\"?([^\s;\"]+)", content_type, re.IGNORECASE)
    if named:
        try:
            return str(without_surrogates(content.decode(named[1], "replace")))
        # Names of codecs that are no charsets (base64, hex) end here too.
        except (LookupError, ValueError, AttributeError):
            pass
    return content.decode("utf-8", "replace")


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
