"""Completion of variables, and of what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lsprotocol.types import CompletionItemKind

from runner.liquid.scan import LITERALS
from runner.lsp import manual
from runner.lsp.completion.suggestion import Suggestion
from runner.lsp.cursor import Lexeme
from runner.lsp.setting import Setting
from runner.lsp.shapes import Shape
from runner.model.option_key import FLAGS


def variables(setting: Setting, start: int, offset: int) -> Iterator[Suggestion]:
    """The variables that are known at ``offset``, and the words that stand for values."""
    about = manual.variables()
    for name, words in setting.variables(start).items():
        text = f"**`{name}`** {about[name]}" if name in about else ""
        yield Suggestion(name, start, offset, CompletionItemKind.Variable, words, text, rank=4)
    for word in sorted(LITERALS):
        yield Suggestion(word, start, offset, CompletionItemKind.Constant, "literal", rank=7)


def members(shape: Shape | None, start: int, offset: int) -> Iterator[Suggestion]:
    """What stands behind the dot."""
    for name, inner in (shape.members() if shape is not None else {}).items():
        yield Suggestion(name, start, offset, CompletionItemKind.Property, inner.about)


def flags(source: str, start: int, offset: int) -> Iterator[Suggestion]:
    """What may follow the two underscores in the key of an option that is being named."""
    word = source[start:offset]
    name, border, rest = word.partition("__")
    if not name or not border:
        return
    before = word[: len(word) - len(rest.rpartition("_")[2])]
    for flag in FLAGS:
        if flag not in rest.split("_")[:-1]:
            key = f"{before}{_WHOLE.get(flag, flag)}"
            yield Suggestion(
                key, start, offset, CompletionItemKind.Property, "flag", manual.flags().get(flag, ""), rank=6
            )


_WHOLE: Final[Mapping[str, str]] = {
    "select": "select_o1_",
    "choice": "choice_o1_",
    "multiselect": "multiselect_o1_",
    "range": "range_min0_max100",
    "picker": "picker_product",
}
"""Flags that say something only with what follows them."""


def path_before(found: Sequence[Lexeme]) -> list[Lexeme]:
    """The lexemes of the path that ends at the end of ``found``, a last dot or bracket left out."""
    words = list(found)
    if words and words[-1].value in (".", "["):
        words.pop()
    at = len(words)
    depth = 0
    while at > 0:
        lexeme = words[at - 1]
        depth += {"]": 1, "[": -1}.get(lexeme.value, 0)
        if depth < 0:
            break
        after = words[at].value if at < len(words) else "."
        if depth == 0 and lexeme.kind == "word" and after not in (".", "[", ""):
            break
        if depth == 0 and lexeme.kind != "word" and lexeme.value not in (".", "["):
            break
        at -= 1
        if depth == 0 and lexeme.kind == "word" and (at == 0 or words[at - 1].value != "."):
            break
    return words[at:]
