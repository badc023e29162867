"""Expressions of the platform's dialect: what stands inside ``{{ }}`` and behind a tag's name.

python-liquid reads templates; the expressions inside them are read here, since nearly every rule of theirs differs
(liquid.md 1.12): names, nil, equality, ``blank``, literals, filters in tag arguments.
"""

from runner.liquid.expressions.nodes import Expression
from runner.liquid.expressions.parser import ExpressionParser

__all__ = ["Expression", "ExpressionParser"]
