"""Takes people out of captured data: names, addresses, telephone numbers, tokens get stand-ins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_STAND_INS = {
    "email": "person{n}@example.com",
    "contact_email": "person{n}@example.com",
    "first_name": "First{n}",
    "firstName": "First{n}",
    "last_name": "Last{n}",
    "lastName": "Last{n}",
    "displayName": "First{n} Last{n}",
    "phone": "+1555010{n:04d}",
    "address1": "{n} Example Street",
    "address2": "Floor {n}",
    "company": "Company {n}",
    "zip": "{n:05d}",
    "city": "City {n}",
    "note": "Note {n}",
    "customer_note": "Note {n}",
    "browser_ip": "192.0.2.{n}",
    "ip": "192.0.2.{n}",
    "user_agent": "agent {n}",
}
"""Key -> what stands for the nth value. Addresses and numbers are those set aside for examples."""
_COORDINATES = {"latitude", "longitude"}
_OF_PEOPLE = {"first_name", "last_name", "firstName", "lastName", "address1", "email"}
_SHORTEST = 4
"""Values of fewer characters are not looked for inside other texts: they would hit plain words."""


class Anonymous:
    """Replaces what tells who somebody is. The same value has the same stand-in in all that one of these is given."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}
        self._replaced: dict[str, str] = {}

    def data(self, value: Any) -> Any:
        """A copy of a JSON value without personal data: by the names of keys, then wherever else the values stand."""
        return self._rest(self._by_key(value))

    def _by_key(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._by_key(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        is_person = bool(_OF_PEOPLE & value.keys())
        return {key: self._member(key, each, is_person) for key, each in value.items()}

    def _member(self, key: str, value: Any, is_person: bool) -> Any:
        if key in _COORDINATES and isinstance(value, int | float | str):
            return 0 if not isinstance(value, str) else "0"
        if isinstance(value, str) and value:
            if key in _STAND_INS:
                return self._stand_in(key, value, _STAND_INS[key])
            if key == "name" and is_person and not value.startswith("#"):
                return self._stand_in(key, value, "First{n} Last{n}")
            if key == "token" or key.endswith(("_token", "Token")):
                return self._stand_in("token", value, "token-{n}")
        return self._by_key(value)

    def _stand_in(self, key: str, value: str, form: str) -> str:
        found = self._known.get((form, value))
        if found is None:
            number = sum(1 for other, _ in self._known if other == form) + 1
            found = self._known[form, value] = form.format(n=number)
            if len(value) >= _SHORTEST:
                self._replaced[value] = found
        return found

    def _rest(self, value: Any) -> Any:
        """The values that were replaced, and addresses of mail, inside other texts."""
        if isinstance(value, list):
            return [self._rest(each) for each in value]
        if isinstance(value, Mapping):
            return {key: self._rest(each) for key, each in value.items()}
        if not isinstance(value, str):
            return value
        if value in self._replaced.values():
            return value
        for old in sorted(self._replaced, key=len, reverse=True):
            value = value.replace(old, self._replaced[old])
        return _EMAIL.sub(self._mail, value)

    def _mail(self, found: re.Match[str]) -> str:
        text = found.group()
        if text.endswith("@example.com"):
            return text
        return self._stand_in("email", text, _STAND_INS["email"])
