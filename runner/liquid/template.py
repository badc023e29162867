"""A parsed template of the dialect, and how it is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from liquid import BoundTemplate
from liquid.exceptions import BlockNestingError, LiquidInterrupt
from liquid.exceptions import LiquidError as ParserError
from liquid.parser import get_parser
from liquid.stream import TokenStream

from runner.errors import LimitError, LiquidError, Where
from runner.liquid.context import Context, in_part
from runner.liquid.environment import environment
from runner.liquid.limits import MAX_SOURCE, nested_too_deeply, out_of_memory
from runner.liquid.places import place
from runner.model.json import without_surrogates

if TYPE_CHECKING:
    from liquid.ast import Node

    from runner.liquid.environment import DialectEnvironment
    from runner.liquid.limits import Budget
    from runner.liquid.state import RenderState


class DialectTemplate(BoundTemplate):
    """The nodes of a template with its source; ``part`` names it in errors (``script``, ``subscriptions``…)."""

    def __init__(self, env: DialectEnvironment, nodes: list[Node], source: str, part: str) -> None:
        super().__init__(env, nodes)
        self.source = source
        self.part = part

    def run(
        self, variables: Mapping[str, Any], state: RenderState, budget: Budget, *, emits: bool = False
    ) -> tuple[str, Context]:
        """Render with ``variables`` as the environment; the text written, and the context as it is afterwards.

        ``break`` and ``continue`` outside a loop end the render, without error (liquid.md 1.9). Raises ``LiquidError``.
        """
        context = Context(self, variables, state, budget, emits=emits)
        try:
            for node in self.nodes:
                node.render(context, context.output)
        except LiquidInterrupt:
            pass
        except RecursionError as error:
            raise in_part(context.placed(nested_too_deeply("the template is"), 0), self.part) from error
        except MemoryError:
            # Without its cause, whose traceback would keep what fills the memory.
            raise in_part(context.placed(out_of_memory("the run took all the memory there is"), 0), self.part) from None
        except LiquidError as error:
            raise in_part(context.placed(error, node.token.start_index), self.part) from error
        except ParserError as error:
            raise in_part(translated(error, self.source), self.part) from error
        return context.output.getvalue(), context


KEPT_SOURCE = 100_000
"""Characters of the longest template that is kept after reading."""


def parse(source: str, part: str) -> DialectTemplate:
    """Read ``source`` in strict mode. Raises ``LiquidError`` naming ``part``, line and column.

    The last templates are kept, since reading a script costs many times what rendering it does (performance.md 3);
    their nodes hold nothing of a render.
    """
    if len(source) > MAX_SOURCE:
        raise LimitError(
            f"the template has {len(source):,} characters, more than {MAX_SOURCE:,}",
            hint="Keep data out of scripts and options: pass it by an event, the cache or a file.",
            where=Where(part=part, line=1, column=1),
            code="liquid.limit.source",
        )
    return _kept(source, part) if len(source) <= KEPT_SOURCE else _read(source, part)


@lru_cache(maxsize=256)
def _kept(source: str, part: str) -> DialectTemplate:
    return _read(source, part)


def _read(source: str, part: str) -> DialectTemplate:
    env, source = environment(), without_surrogates(source)
    try:
        nodes = get_parser(env).parse(TokenStream(env.tokenizer()(source)))
    except LiquidError as error:
        raise in_part(error, part) from error
    except ParserError as error:
        raise in_part(translated(error, source), part) from error
    except RecursionError as error:
        failure = nested_too_deeply("blocks or brackets are")
        failure.where = place(source, 0)
        raise in_part(failure, part) from error
    return DialectTemplate(env, nodes, source, part)


def translated(error: ParserError, source: str) -> LiquidError:
    """python-liquid's ``error`` as ours, with its place."""
    start = error.token.start_index if error.token is not None else 0
    if isinstance(error, BlockNestingError):
        return LimitError(
            "blocks are nested more than 100 deep", where=place(source, start), code="liquid.limit.nesting"
        )
    return LiquidError(str(error.message), where=place(source, start), code="liquid.syntax")
