"""``permissions``: scope names as raw text; renders nothing (liquid.md 2.6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream
from liquid.token import TOKEN_EOF, TOKEN_TAG

from runner.liquid.places import line_of, tag_error
from runner.liquid.tags.base import DialectNode, DialectTag
from runner.model.permissions import scope_names

if TYPE_CHECKING:
    from runner.liquid.context import Context

_END = re.compile(r"\{%-?\s*endpermissions\s*-?%\}")


class PermissionsNode(DialectNode):
    """The scopes a task asks for beyond those that its preview shows."""

    __slots__ = ("scopes",)

    def __init__(self, token: Token, scopes: tuple[str, ...]) -> None:
        super().__init__(token, prints=False)
        self.scopes = scopes

    def write(self, context: Context, buffer: TextIO) -> None:
        """Nothing: the body is read statically."""


class PermissionsTag(DialectTag):
    """``{% permissions %}read_orders, write_products{% endpermissions %}``: the access scopes of the task.

    In place of those that previews and reads show. Names with commas or white space between them; Liquid inside is
    not rendered. One such tag a task. Writes nothing.
    """

    name = "permissions"

    def parse(self, stream: TokenStream) -> PermissionsNode:
        tag, _ = self.header(stream)
        while not (stream.current.kind == TOKEN_TAG and stream.current.value == "endpermissions"):
            if stream.current.kind == TOKEN_EOF:
                raise tag_error(
                    f"the permissions tag on line {line_of(tag)} is never closed",
                    tag,
                    "Write {% endpermissions %} after the last scope.",
                )
            stream.next_token()
        start = tag.source.index("%}", tag.start_index) + 2
        end = _END.search(tag.source, start)
        body = tag.source[start : end.start()] if end else ""
        return PermissionsNode(tag, self._scopes(tag, body))

    def _scopes(self, tag: Token, body: str) -> tuple[str, ...]:
        scopes = scope_names(body)
        for scope in scopes:
            if not re.fullmatch(r"[a-z0-9_]+", scope):
                raise tag_error(
                    f"{scope!r} is not the name of an access scope",
                    tag,
                    "Write names such as read_orders, separated by commas or new lines; Liquid is not rendered here.",
                )
        return scopes
