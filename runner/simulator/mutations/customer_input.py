"""What Shopify refuses in a customer's fields, and the fields as they are stored. Texts by analogy with Rails' own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.customers import by_contact
from runner.simulator.graph import Node
from runner.simulator.mutations.tags import split_tags

_EMAIL = re.compile(r"[^\s@,;<>()]+@[^\s@,;<>()]+\.[^\s@,;<>()]+")
_LIMITS = {"firstName": ("First name", 255), "lastName": ("Last name", 255), "note": ("Note", 5000)}
_PLAIN = ("firstName", "lastName", "note", "locale", "multipassIdentifier")
TAG_LIMIT, TAG_LENGTH = 250, 255

Errors = list[dict[str, Any]]


def phone_number(context: Context, text: str) -> str | None:
    """A phone number in E.164, read in the shop's country; None when it is none."""
    import phonenumbers

    region = (context.shop["_address"] or {}).get("countryCode") or "US"
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def stored_fields(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields of a ``CustomerInput`` that was found good, as they are stored."""
    fields: dict[str, Any] = {name: given[name] or None for name in _PLAIN if name in given}
    if "email" in given:
        fields["email"] = (given["email"] or "").strip().lower() or None
    if "phone" in given:
        fields["phone"] = phone_number(context, given["phone"]) if given["phone"] else None
    if "tags" in given:
        fields["tags"] = sorted(split_tags(given["tags"] or []), key=str.casefold)
    if "taxExempt" in given:
        fields["taxExempt"] = bool(given["taxExempt"])
    if "taxExemptions" in given:
        fields["taxExemptions"] = list(dict.fromkeys(given["taxExemptions"] or []))
    return fields


def field_errors(context: Context, given: Mapping[str, Any], customer: Node | None) -> Errors:
    """What is wrong with the fields given; ``customer`` is the one to be changed, None for a new one."""
    errors: Errors = []
    for name, (label, limit) in _LIMITS.items():
        if len(given.get(name) or "") > limit:
            errors.append(user_error((name,), f"{label} is too long (maximum is {limit} characters)", "TOO_LONG"))
    errors += _email_errors(context, given, customer) + _phone_errors(context, given, customer)
    errors += _tag_errors(given)
    if _nameless(given, customer):
        message = "A name, phone number, or email address must be present"
        errors.append(user_error(None, message, "BLANK"))
    return errors


def _nameless(given: Mapping[str, Any], customer: Node | None) -> bool:
    names = ("firstName", "lastName", "email", "phone")
    return not any(given[name] if name in given else customer is not None and customer[name] for name in names)


def _email_errors(context: Context, given: Mapping[str, Any], customer: Node | None) -> Errors:
    email = (given.get("email") or "").strip()
    if not email:
        return []
    if not _EMAIL.fullmatch(email):
        return [user_error(("email",), "Email is invalid", "INVALID")]
    other = by_contact(context.graph, "email", email)
    if other is not None and other is not customer:
        return [user_error(("email",), "Email has already been taken", "TAKEN")]
    return []


def _phone_errors(context: Context, given: Mapping[str, Any], customer: Node | None) -> Errors:
    if not given.get("phone"):
        return []
    number = phone_number(context, given["phone"])
    if number is None:
        return [user_error(("phone",), "Phone is invalid", "INVALID")]
    other = by_contact(context.graph, "phone", number)
    if other is not None and other is not customer:
        return [user_error(("phone",), "Phone has already been taken", "TAKEN")]
    return []


def _tag_errors(given: Mapping[str, Any]) -> Errors:
    tags = split_tags(given.get("tags") or [])
    if any(len(tag) > TAG_LENGTH for tag in tags):
        return [user_error(("tags",), f"Tags is too long (maximum is {TAG_LENGTH} characters)", "TOO_LONG")]
    if len(tags) > TAG_LIMIT:
        return [user_error(("tags",), f"Tags can't have more than {TAG_LIMIT} values", "INVALID")]
    return []
