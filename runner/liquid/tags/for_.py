"""``for``: a body for each item, with ``forloop`` (liquid.md 1.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.errors import LiquidError
from runner.liquid.objects.base import LiquidObject
from runner.liquid.tags.base import Block, DialectNode, DialectTag, keep_white_space
from runner.liquid.tags.interrupts import BreakLoop, ContinueLoop
from runner.liquid.tags.loops import LoopHeader, read_header, walk

if TYPE_CHECKING:
    from runner.liquid.context import Context


class ForLoop(LiquidObject):
    """``forloop``: where a loop is. ``start`` is the offset of its tag, ``variable`` what its items are called."""

    __slots__ = ("_length", "index0", "name", "parent", "start", "variable")

    def __init__(
        self, name: str, length: Callable[[], int], parent: ForLoop | None, *, start: int = 0, variable: str = ""
    ) -> None:
        self.name = name
        self.parent = parent
        self.start = start
        self.variable = variable
        self.index0 = 0
        self._length = length

    def lookup(self, key: Any) -> Any:
        if key == "index":
            return self.index0 + 1
        if key == "index0":
            return self.index0
        if key == "first":
            return self.index0 == 0
        if key == "parentloop":
            return self.parent
        if key == "name":
            return self.name
        ahead = {"length": 0, "rindex": self.index0, "rindex0": self.index0 + 1}.get(key)
        if ahead is not None:
            return self._length() - ahead
        return self.index0 + 1 == self._length() if key == "last" else None

    def plain(self) -> Any:
        names = ("name", "length", "index", "index0", "rindex", "rindex0", "first", "last")
        return {name: self.lookup(name) for name in names}


class ForNode(DialectNode):
    """Walks over the items; the ``else`` body when there are none."""

    __slots__ = ("block", "default", "header")

    def __init__(self, token: Token, header: LoopHeader, block: Block, default: Block | None) -> None:
        blocks = [block] if default is None else [block, default]
        super().__init__(token, prints=not all(each.blank for each in blocks))
        self.header = header
        self.block = block
        self.default = default
        if not self.blank:
            for each in blocks:
                keep_white_space(each)

    def write(self, context: Context, buffer: TextIO) -> None:
        try:
            walked = walk(self.header, context)
        except LiquidError as error:
            raise context.placed(error, self.header.items.start) from error
        if context.profile is not None:
            context.profile.branch(self.token.start_index, int(walked.empty))
        if walked.empty:
            if self.default is not None:
                self.default.render(context, buffer)
            return
        header, start = self.header, self.token.start_index
        loop = ForLoop(header.key, walked.length, context.enclosing_loop(), start=start, variable=header.variable)
        variables: dict[str, Any] = {"forloop": loop}
        with context.frame(variables):
            for index, item in enumerate(walked.items):
                context.budget.check_time()
                loop.index0 = index
                variables[self.header.variable] = item
                try:
                    self.block.render(context, buffer)
                except ContinueLoop:
                    continue
                except BreakLoop:
                    break


class ForTag(DialectTag):
    """``{% for item in list reversed limit: a offset: b %}…{% else %}…{% endfor %}``: the body for each item.

    Goes over lists, ranges, collections, and hashes as ``[key, value]`` pairs; a text is one item; nil, numbers and
    booleans are none. ``limit`` and ``offset`` cut a slice, ``offset: continue`` goes on where the last loop over the
    same list ended, ``reversed`` turns the slice. ``else`` when there is nothing. ``forloop`` has ``index index0
    rindex rindex0 first last length name parentloop``.
    """

    name = "for"

    def parse(self, stream: TokenStream) -> ForNode:
        tag, text = self.header(stream)
        header = read_header(self.expressions(text), ("limit", "offset"))
        ends = ("else", "endfor")
        block = self.body(stream, tag, ends, "endfor")
        default: Block | None = None
        while stream.current.value != "endfor":
            self.finish(stream)
            following = self.body(stream, tag, ends, "endfor")
            default = default or following
        self.finish(stream)
        return ForNode(tag, header, block, default)
