"""Options of products: added, renamed, given other values, put in order, taken away, with the variants they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.products import variants_of
from runner.simulator.graph import Node
from runner.simulator.mutations.product_creation import combinations, option_errors
from runner.simulator.mutations.product_variants import STANDALONE, renumber
from runner.simulator.mutations.products import change_product
from runner.simulator.mutations.variant_input import (
    OPTION_LIMIT,
    Choice,
    add_variant,
    choice_of,
    options_of,
    remove_variant,
    twin,
    value_name,
)


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``productOptionsCreate``: variants there are get the first value; ``CREATE`` makes all the others too."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        return _refused(_missing())
    held = [] if _standalone(context, product) else options_of(context.graph, product.id)
    errors = option_errors(args["options"], ("options",))
    names = {option["name"].lower() for option in held}
    for index, option in enumerate(args["options"]):
        if str(option.get("name")).lower() in names:
            message = f"Option '{option['name']}' already exists."
            errors.append(user_error(("options", str(index), "name"), message, "OPTION_ALREADY_EXISTS"))
    if not errors and len(held) + len(args["options"]) > OPTION_LIMIT:
        message = f"Can only specify a maximum of {OPTION_LIMIT} options"
        errors.append(user_error(("options",), message, "OPTIONS_OVER_LIMIT"))
    if errors:
        return _refused(*errors)
    _drop_standalone(context, product)
    for position, option in enumerate(args["options"], len(held) + 1):
        values = [value["name"] for value in option["values"]]
        fields = {"product": product.id, "name": option["name"], "position": position, "_values": values}
        context.graph.create("ProductOption", fields)
        for variant in variants_of(context.graph, product.id):
            write_choice(context, variant, {**choice_of(variant), option["name"]: values[0]})
    if args.get("variantStrategy") == "CREATE":
        _complete(context, product)
    change_product(context, product, {})
    return {"product": product, "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``productOptionUpdate``: name, position and values of one option. ``MANAGE`` makes and deletes variants."""
    product, option = context.graph.get(args["productId"], "Product"), context.graph.get(args["option"]["id"])
    if product is None:
        return _refused(_missing())
    if option is None or option.type != "ProductOption" or option["product"] != product.id:
        return _refused(user_error(("option", "id"), "Option does not exist", "OPTION_DOES_NOT_EXIST"))
    errors = _update_errors(context, product, option, args)
    if errors:
        return _refused(*errors)
    manage = args.get("variantStrategy") == "MANAGE"
    gone = [value_name(option, each) for each in args.get("optionValuesToDelete") or []]
    renamed = {value_name(option, row["id"]): row["name"] for row in args.get("optionValuesToUpdate") or []}
    added = [row["name"] for row in args.get("optionValuesToAdd") or []]
    name = args["option"].get("name") or option["name"]
    _rewrite(context, product, option, name, renamed)
    if manage:
        for variant in variants_of(context.graph, product.id):
            if choice_of(variant).get(name) in gone:
                remove_variant(context, variant)
        renumber(context, product)
    left = [renamed.get(value, value) for value in option["_values"] if value not in gone]
    context.graph.update(option.id, name=name, _values=[*left, *added])
    if args["option"].get("position"):
        order = [node for node in options_of(context.graph, product.id) if node is not option]
        order.insert(args["option"]["position"] - 1, option)
        _reposition(context, product, order)
    if manage and added:
        _complete(context, product)
    change_product(context, product, {})
    return {"product": product, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``productOptionsDelete``: with the default strategy only options of one value go, else variants with them."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        return {**_refused(_missing()), "deletedOptionsIds": None}
    options = [context.graph.get(node_id) for node_id in args["options"]]
    strategy = args.get("strategy") or "DEFAULT"
    for index, option in enumerate(options):
        if option is None or option["product"] != product.id:
            error = user_error(("options", str(index)), "Option does not exist", "OPTION_DOES_NOT_EXIST")
            return {**_refused(error), "deletedOptionsIds": None}
        if strategy == "DEFAULT" and len(option["_values"]) > 1:
            message = "Cannot delete an option with multiple values"
            error = user_error(("options", str(index)), message, "CANNOT_DELETE_OPTION_WITH_MULTIPLE_VALUES")
            return {**_refused(error), "deletedOptionsIds": None}
    for option in options:
        if option is not None:
            _delete_option(context, product, option)
    if not options_of(context.graph, product.id):
        fields = {"product": product.id, "name": "Title", "position": 1, "_values": ["Default Title"]}
        context.graph.create("ProductOption", fields)
        for variant in variants_of(context.graph, product.id):
            write_choice(context, variant, dict(STANDALONE))
    renumber(context, product)
    change_product(context, product, {})
    return {"product": product, "deletedOptionsIds": list(args["options"]), "userErrors": []}


def reorder(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``productOptionsReorder``: options, and values inside of them, in the order given."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        return _refused(_missing())
    held = options_of(context.graph, product.id)
    order: list[Node] = []
    for index, row in enumerate(args["options"]):
        found = [node for node in held if row.get("id") == node.id or row.get("name") == node["name"]]
        if not found:
            code = "OPTION_ID_DOES_NOT_EXIST" if row.get("id") else "OPTION_NAME_DOES_NOT_EXIST"
            return _refused(user_error(("options", str(index)), "Option does not exist", code))
        order.append(found[0])
        wanted = [each.get("name") or value_name(found[0], each.get("id")) for each in row.get("values") or []]
        if wanted:
            rest = [value for value in found[0]["_values"] if value not in wanted]
            context.graph.update(found[0].id, _values=[*wanted, *rest])
    _reposition(context, product, [*order, *(node for node in held if node not in order)])
    places = {
        choice_key(choice): place for place, choice in enumerate(combinations(options_of(context.graph, product.id)))
    }
    variants = sorted(variants_of(context.graph, product.id), key=lambda node: places[choice_key(choice_of(node))])
    for place, variant in enumerate(variants, 1):
        context.graph.update(variant.id, position=place)
    change_product(context, product, {})
    return {"product": product, "userErrors": []}


def choice_key(choice: Choice) -> frozenset[tuple[str, str]]:
    """A choice as something to look up, whatever its order."""
    return frozenset(choice.items())


def write_choice(context: Context, variant: Node, choice: Choice) -> None:
    """Give a variant other option values, and the title they make."""
    chosen = [{"name": name, "value": value} for name, value in choice.items()]
    context.graph.update(
        variant.id, selectedOptions=chosen, title=" / ".join(choice.values()), updatedAt=context.graph.now()
    )


def _rewrite(context: Context, product: Node, option: Node, name: str, renamed: Mapping[str | None, str]) -> None:
    """Carry new names of an option and of its values over to the variants."""
    for variant in variants_of(context.graph, product.id):
        choice = {
            (name if key == option["name"] else key): (renamed.get(value, value) if key == option["name"] else value)
            for key, value in choice_of(variant).items()
        }
        if choice != choice_of(variant):
            write_choice(context, variant, choice)


def _complete(context: Context, product: Node) -> None:
    """Add the variants of all choices that have none, priced as the first."""
    first = next(iter(variants_of(context.graph, product.id)), None)
    given = {"price": first["price"]} if first is not None else {}
    for choice in combinations(options_of(context.graph, product.id)):
        if twin(context, product, choice, None) is None:
            add_variant(context, product, given, choice)


def _reposition(context: Context, product: Node, order: Sequence[Node]) -> None:
    for place, option in enumerate(order, 1):
        context.graph.update(option.id, position=place)
    names = [option["name"] for option in order]
    for variant in variants_of(context.graph, product.id):
        choice = choice_of(variant)
        write_choice(context, variant, {name: choice[name] for name in names if name in choice})


def _delete_option(context: Context, product: Node, option: Node) -> None:
    """Take an option away; of variants that become alike the first one stays."""
    context.graph.delete(option.id)
    seen: set[frozenset[tuple[str, str]]] = set()
    for variant in variants_of(context.graph, product.id):
        choice = {name: value for name, value in choice_of(variant).items() if name != option["name"]}
        if choice_key(choice) in seen:
            remove_variant(context, variant)
            continue
        seen.add(choice_key(choice))
        write_choice(context, variant, choice)


def _update_errors(context: Context, product: Node, option: Node, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = []
    used = {choice_of(variant).get(option["name"]) for variant in variants_of(context.graph, product.id)}
    updated = [row["id"] for row in args.get("optionValuesToUpdate") or []]
    for value_id in [*updated, *(args.get("optionValuesToDelete") or [])]:
        if value_name(option, value_id) is None:
            message = "Option value does not exist"
            errors.append(user_error(("optionValues",), message, "OPTION_VALUE_DOES_NOT_EXIST"))
    for name in ("optionValuesToAdd", "optionValuesToUpdate"):
        for index, row in enumerate(args.get(name) or []):
            if not (row.get("name") or "").strip():
                message = "Option value name is missing"  # by analogy
                errors.append(user_error((name, str(index), "name"), message, "INVALID_NAME"))
    for index, row in enumerate(args.get("optionValuesToAdd") or []):
        if row.get("name") in option["_values"]:
            message = "Option value already exists."
            where = ("optionValuesToAdd", str(index), "name")
            errors.append(user_error(where, message, "OPTION_VALUE_ALREADY_EXISTS"))
    for index, node_id in enumerate(args.get("optionValuesToDelete") or []):
        if value_name(option, node_id) in used and args.get("variantStrategy") != "MANAGE":
            message = "Cannot delete an option value that has variants."
            errors.append(user_error(("optionValuesToDelete", str(index)), message, "OPTION_VALUE_HAS_VARIANTS"))
    return errors


def _standalone(context: Context, product: Node) -> bool:
    variants = variants_of(context.graph, product.id)
    return len(variants) == 1 and choice_of(variants[0]) == STANDALONE


def _drop_standalone(context: Context, product: Node) -> None:
    """Take away the option ``Title`` that a product without options has, so that real ones can take its place."""
    if not _standalone(context, product):
        return
    for option in options_of(context.graph, product.id):
        context.graph.delete(option.id)
    for variant in variants_of(context.graph, product.id):
        write_choice(context, variant, {})


def _missing() -> dict[str, Any]:
    return user_error(("productId",), "Product does not exist", "PRODUCT_DOES_NOT_EXIST")


def _refused(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"product": None, "userErrors": list(errors)}


MUTATIONS = {
    "productOptionUpdate": update,
    "productOptionsCreate": create,
    "productOptionsDelete": delete,
    "productOptionsReorder": reorder,
}
