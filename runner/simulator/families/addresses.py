"""Mailing addresses: of customers (objects of their own), and of orders and drafts (mappings inside them)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields
from runner.simulator.families.answers import constant
from runner.simulator.graph import Graph, Node, number_of

INDEXES = {"MailingAddress": ("_customer",)}
PLAIN = ("firstName", "lastName", "company", "address1", "address2", "city", "zip", "phone", "provinceCode")
REST_NAMES = {
    "first_name": "firstName",
    "last_name": "lastName",
    "company": "company",
    "address1": "address1",
    "address2": "address2",
    "city": "city",
    "province": "province",
    "province_code": "provinceCode",
    "country": "country",
    "country_code": "countryCode",
    "zip": "zip",
    "phone": "phone",
}
"""What REST and seeds call the fields of a ``MailingAddressInput``."""
SUFFIX = "?model_name=CustomerAddress"
"""What the gid of a customer's address ends in."""


def address_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """A ``MailingAddressInput`` (or the stored form of one) as it is stored, under the names of ``MailingAddress``.

    Names of provinces are kept as given; without one the code stands for it.
    """
    from babel import Locale

    code = given.get("countryCode") or given.get("countryCodeV2")
    country = given.get("country")
    names = Locale("en").territories
    if code is None and country:
        code = next((key for key, name in names.items() if name.lower() == str(country).lower()), None)
        if code is None and len(str(country)) == 2:
            code = str(country).upper()
    fields = {name: given.get(name) for name in PLAIN}
    return {
        **fields,
        "country": names.get(code, country) if code else country,
        "countryCodeV2": code,
        "province": given.get("province") or given.get("provinceCode"),
    }


def addresses_of(graph: Graph, customer_id: str) -> list[Node]:
    """The addresses of a customer, in the order they were added."""
    return graph.find("MailingAddress", "_customer", customer_id)


def person(first: str | None, last: str | None) -> str | None:
    """``Pat Moss``; None without either name."""
    return " ".join(part for part in (first, last) if part) or None


def render_address(address: Any) -> dict[str, Any]:
    """An address as REST gives it inside orders."""
    return {
        "first_name": _of(address, "firstName"),
        "last_name": _of(address, "lastName"),
        "company": _of(address, "company"),
        "address1": _of(address, "address1"),
        "address2": _of(address, "address2"),
        "city": _of(address, "city"),
        "province": _of(address, "province"),
        "country": _of(address, "country"),
        "zip": _of(address, "zip"),
        "phone": _of(address, "phone"),
        "name": person(_of(address, "firstName"), _of(address, "lastName")) or "",
        "province_code": _of(address, "provinceCode"),
        "country_code": _of(address, "countryCodeV2"),
    }


def render_customer_address(address: Node, default: bool) -> dict[str, Any]:
    """An address as REST gives it inside customers."""
    return {
        "id": address.number,
        "customer_id": number_of(address["_customer"]),
        **render_address(address),
        "country_name": address["country"],
        "default": default,
    }


def _of(address: Any, name: str) -> Any:
    return address[name] if isinstance(address, Node) else address.get(name)


def _formatted(address: Any, context: Context, args: Mapping[str, Any]) -> list[str]:
    lines = []
    if args.get("withName"):
        lines.append(_name(address, context, args))
    if args.get("withCompany", True) is not False:
        lines.append(_of(address, "company"))
    town = " ".join(str(_of(address, name)) for name in ("city", "provinceCode", "zip") if _of(address, name))
    lines += [_of(address, "address1"), _of(address, "address2"), town, _of(address, "country")]
    return [str(line) for line in lines if line]


def _area(address: Any, context: Context, args: Mapping[str, Any]) -> str | None:
    parts = [_of(address, name) for name in ("city", "provinceCode", "country")]
    return ", ".join(str(part) for part in parts if part) or None


def _name(address: Any, context: Context, args: Mapping[str, Any]) -> str | None:
    return person(_of(address, "firstName"), _of(address, "lastName"))


FIELDS: Fields = {
    "MailingAddress": {
        "coordinatesValidated": lambda address, context, args: False,
        "countryCode": lambda address, context, args: _of(address, "countryCodeV2"),
        "formatted": _formatted,
        "formattedArea": _area,
        "latitude": constant(None),
        "longitude": constant(None),
        "name": _name,
        "timeZone": constant(None),
        "validationResultSummary": constant(None),
    }
}
