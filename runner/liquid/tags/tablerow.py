"""``tablerow``: items as cells of HTML table rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.tags.base import Block, DialectNode, DialectTag, keep_white_space
from runner.liquid.tags.for_ import ForLoop
from runner.liquid.tags.interrupts import BreakLoop, ContinueLoop
from runner.liquid.tags.loops import LoopHeader, read_header, walk

if TYPE_CHECKING:
    from runner.liquid.context import Context


class TablerowLoop(ForLoop):
    """``tablerowloop``: a ``forloop`` that knows its row and column."""

    __slots__ = ("columns",)

    def __init__(self, length: Callable[[], int], columns: int) -> None:
        super().__init__("tablerow", length, None)
        self.columns = columns

    def lookup(self, key: Any) -> Any:
        column = self.index0 % self.columns
        cells = {
            "col": column + 1,
            "col0": column,
            "col_first": column == 0,
            "col_last": column + 1 == self.columns,
            "row": self.index0 // self.columns + 1,
        }
        return cells[key] if key in cells else super().lookup(key)


class TablerowNode(DialectNode):
    """Writes rows of ``cols:`` cells; one row when that is not given."""

    __slots__ = ("block", "header")

    def __init__(self, token: Token, header: LoopHeader, block: Block) -> None:
        super().__init__(token)
        self.header = header
        self.block = keep_white_space(block)

    def write(self, context: Context, buffer: TextIO) -> None:
        context.mark(buffer, self.token.start_index)
        walked = walk(self.header, context)
        if context.profile is not None:
            context.profile.branch(self.token.start_index, int(walked.empty))
        columns = self.header.arguments.get("cols")
        width = columns.evaluate(context) if columns is not None else None
        length = walked.length()
        loop = TablerowLoop(walked.length, width if isinstance(width, int) and width > 0 else max(length, 1))
        variables: dict[str, Any] = {"tablerowloop": loop}
        buffer.write('<tr class="row1">\n')
        with context.frame(variables):
            for index, item in enumerate(walked.items):
                context.budget.check_time()
                loop.index0 = index
                variables[self.header.variable] = item
                buffer.write(f'<td class="col{loop.lookup("col")}">')
                try:
                    self.block.render(context, buffer)
                except ContinueLoop:
                    pass
                except BreakLoop:  # differs: Liquid 5.4 ignores it here; ending the rows is what authors mean
                    buffer.write("</td>")
                    break
                buffer.write("</td>")
                if loop.lookup("col_last") and index + 1 < length:
                    buffer.write(f'</tr>\n<tr class="row{loop.lookup("row") + 1}">')
        buffer.write("</tr>\n")


class TablerowTag(DialectTag):
    """``{% tablerow item in list cols: n %}…{% endtablerow %}``: items as cells of HTML table rows.

    Takes ``limit`` and ``offset`` as ``for`` does; one row without ``cols``. ``tablerowloop`` has what ``forloop``
    has, and ``row col col0 col_first col_last``.
    """

    name = "tablerow"

    def parse(self, stream: TokenStream) -> TablerowNode:
        tag, text = self.header(stream)
        header = read_header(self.expressions(text), ("cols", "limit", "offset"))
        block = self.body(stream, tag, ("endtablerow",), "endtablerow")
        self.finish(stream)
        return TablerowNode(tag, header, block)
