"""Further accounts that mail is sent by: ``email_accounts`` of ``runner.yml``, checked (actions.md 3.3)."""

from __future__ import annotations

from collections.abc import Mapping

from runner.config_file import Found
from runner.errors import ConfigError
from runner.mail.account import read_server
from runner.mail.addresses import read_mailbox


def email_accounts(
    given: Mapping[str, Mapping[str, Found]], variables: Mapping[str, str], warnings: list[str]
) -> dict[str, dict[str, str]]:
    """Values by account and key, those of ``env:NAME`` from ``variables``.

    Raises ConfigError for a server or an address that is none. A variable that is empty, or a password in clear, is a
    warning.
    """
    return {name: _account(name, parts, variables, warnings) for name, parts in given.items()}


def _account(
    name: str, parts: Mapping[str, Found], variables: Mapping[str, str], warnings: list[str]
) -> dict[str, str]:
    values: dict[str, str] = {}
    for part, found in parts.items():
        text = found.text.strip()
        if text.startswith("env:"):
            variable = text.removeprefix("env:").strip()
            text = variables.get(variable, "")
            if not text:
                warnings.append(f"{found.origin}: {part} of {name} names environment {variable}, which is empty")
                continue
        elif part == "password":
            warnings.append(
                f"{found.origin}: the password of {name} stands in the file in clear; write `password: env:NAME` and "
                "set that variable, so that it cannot reach a repository"
            )
        values[part] = text
        try:
            if part == "server":
                read_server(text)
            elif part == "from" and read_mailbox(text) is None:
                raise ValueError(f'"{text}" is no address; expected such as Billing <billing@example.com>')
        except ValueError as fault:
            raise ConfigError(
                f"email_accounts: {part} of {name}: {fault}", where=found.where, hint="`runner docs email` shows one"
            ) from None
    return values
