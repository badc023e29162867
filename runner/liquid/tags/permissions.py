"""``permissions``: scope names as raw text; renders nothing (liquid.md 2.6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.places import tag_error
from runner.liquid.tags.base import DialectNode, DialectTag
from runner.model.permissions import scope_names

if TYPE_CHECKING:
    from runner.liquid.context import Context


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
        return PermissionsNode(tag, self._scopes(tag, self.verbatim(stream, tag).value))

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
