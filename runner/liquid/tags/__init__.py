"""The tags of the dialect, one a file; this table is the whole language (liquid.md 1.8, 2)."""

from __future__ import annotations

from typing import Final

from liquid import Tag
from liquid.token import TOKEN_CONTENT, TOKEN_ILLEGAL, TOKEN_OUTPUT

from runner.liquid.tags.action import ActionTag
from runner.liquid.tags.assign import AssignTag
from runner.liquid.tags.capture import CaptureTag
from runner.liquid.tags.case import CaseTag
from runner.liquid.tags.comment import CommentTag
from runner.liquid.tags.content import ContentTag
from runner.liquid.tags.counters import DecrementTag, IncrementTag
from runner.liquid.tags.cycle import CycleTag
from runner.liquid.tags.error import ErrorTag
from runner.liquid.tags.for_ import ForTag
from runner.liquid.tags.if_ import IfTag, UnlessTag
from runner.liquid.tags.ifchanged import IfChangedTag
from runner.liquid.tags.interrupts import BreakTag, ContinueTag
from runner.liquid.tags.liquid_ import InlineCommentTag, LiquidTag
from runner.liquid.tags.log import LogTag
from runner.liquid.tags.output import EchoTag, OutputTag
from runner.liquid.tags.permissions import PermissionsTag
from runner.liquid.tags.raw import RawTag
from runner.liquid.tags.snippets import IncludeTag, RenderTag
from runner.liquid.tags.tablerow import TablerowTag
from runner.liquid.tags.unknown import UnknownTag

TAGS: Final[dict[str, type[Tag]]] = {
    TOKEN_CONTENT: ContentTag,
    TOKEN_OUTPUT: OutputTag,
    TOKEN_ILLEGAL: UnknownTag,
    "#": InlineCommentTag,
    "action": ActionTag,
    "assign": AssignTag,
    "break": BreakTag,
    "capture": CaptureTag,
    "case": CaseTag,
    "comment": CommentTag,
    "continue": ContinueTag,
    "cycle": CycleTag,
    "decrement": DecrementTag,
    "echo": EchoTag,
    "error": ErrorTag,
    "for": ForTag,
    "if": IfTag,
    "ifchanged": IfChangedTag,
    "include": IncludeTag,
    "increment": IncrementTag,
    "liquid": LiquidTag,
    "log": LogTag,
    "permissions": PermissionsTag,
    "raw": RawTag,
    "render": RenderTag,
    "tablerow": TablerowTag,
    "unless": UnlessTag,
}
"""Registered under each class's ``name``, which a test compares with the key here."""
