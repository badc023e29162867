"""The rules, one a file; this table is the whole catalogue (tooling.md 7)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from runner.errors import InputError
from runner.lint.finding import Rule
from runner.lint.ignoring import matches
from runner.lint.rules import (
    action_inline,
    gql_connection,
    gql_cost,
    gql_deprecated,
    gql_idempotent,
    gql_pagination,
    gql_schema,
    gql_scope,
    gql_stub,
    gql_unselected,
    gql_usererrors,
    js_script,
    lib_docs,
    lib_file,
    lib_indent,
    lib_schema,
    lib_tags,
    lint_ignore,
    liquid_filter,
    liquid_syntax,
    liquid_variable,
    loop_event,
    loop_perform,
    loop_update,
    opt_key,
    opt_missing,
    opt_name,
    opt_stale,
    opt_value,
    pre_dormant,
    pre_error,
    pre_false,
    pre_none,
    pre_scope,
    sub_branch,
    sub_callback,
    sub_stale,
    sub_template,
)

RULES: Final[dict[str, Rule]] = {
    "action.inline": action_inline.RULE,
    "gql.connection": gql_connection.RULE,
    "gql.cost": gql_cost.RULE,
    "gql.deprecated": gql_deprecated.RULE,
    "gql.idempotent": gql_idempotent.RULE,
    "gql.pagination": gql_pagination.RULE,
    "gql.schema": gql_schema.RULE,
    "gql.scope": gql_scope.RULE,
    "gql.stub": gql_stub.RULE,
    "gql.unselected": gql_unselected.RULE,
    "gql.usererrors": gql_usererrors.RULE,
    "js.script": js_script.RULE,
    "lib.docs": lib_docs.RULE,
    "lib.file": lib_file.RULE,
    "lib.indent": lib_indent.RULE,
    "lib.schema": lib_schema.RULE,
    "lib.tags": lib_tags.RULE,
    "lint.ignore": lint_ignore.RULE,
    "liquid.filter": liquid_filter.RULE,
    "liquid.syntax": liquid_syntax.RULE,
    "liquid.variable": liquid_variable.RULE,
    "loop.event": loop_event.RULE,
    "loop.perform": loop_perform.RULE,
    "loop.update": loop_update.RULE,
    "opt.key": opt_key.RULE,
    "opt.missing": opt_missing.RULE,
    "opt.name": opt_name.RULE,
    "opt.stale": opt_stale.RULE,
    "opt.value": opt_value.RULE,
    "pre.dormant": pre_dormant.RULE,
    "pre.error": pre_error.RULE,
    "pre.false": pre_false.RULE,
    "pre.none": pre_none.RULE,
    "pre.scope": pre_scope.RULE,
    "sub.branch": sub_branch.RULE,
    "sub.callback": sub_callback.RULE,
    "sub.stale": sub_stale.RULE,
    "sub.template": sub_template.RULE,
}
"""By name, alphabetically."""


def chosen(only: Iterable[str] = (), without: Iterable[str] = (), *, library: bool = False) -> tuple[Rule, ...]:
    """The rules named by ``only`` (all, when it is empty) but for those of ``without``.

    Names may be families such as ``gql``. Rules for contributions to the library are there with ``library``.
    ``InputError`` for a name that no rule has, with the nearest one.
    """
    wanted, unwanted = list(only), list(without)
    for name in (*wanted, *unwanted):
        check_name(name)
    return tuple(
        rule
        for rule in RULES.values()
        if (not wanted or matches(rule.name, wanted))
        and not matches(rule.name, unwanted)
        and (library or not rule.library or rule.name in wanted)
    )


def check_name(name: str) -> None:
    """``InputError`` for what is neither a rule nor a family of rules."""
    if any(matches(rule, (name,)) for rule in RULES):
        return
    near = get_close_matches(name, RULES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"rules: {', '.join(RULES)}"
    raise InputError(f'there is no rule "{name}"', code="input.rule", hint=hint)
