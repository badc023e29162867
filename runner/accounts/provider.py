"""The three providers: where they give tokens, which rights are asked for, how an account proves itself."""

from __future__ import annotations

from dataclasses import dataclass

from runner.errors import InputError


@dataclass(frozen=True, slots=True)
class Provider:
    """``authorize``, ``token`` and ``device`` are the addresses of OAuth; None: this provider has no such way.

    ``who`` answers whose token it is. ``scopes`` are the rights that actions need. ``redirect`` is where the browser
    ends, with the port of this machine.
    """

    name: str
    label: str
    who: str
    scopes: tuple[str, ...]
    token: str
    authorize: str | None = None
    device: str | None = None
    redirect: str = "http://127.0.0.1:{port}/"


PROVIDERS: dict[str, Provider] = {
    "airtable": Provider(
        "airtable",
        "Airtable",
        who="https://api.airtable.com/v0/meta/whoami",
        scopes=(
            *("data.records:read", "data.records:write", "data.recordComments:read", "data.recordComments:write"),
            *("schema.bases:read", "schema.bases:write"),
        ),
        token="https://airtable.com/oauth2/v1/token",
        authorize="https://airtable.com/oauth2/v1/authorize",
        redirect="http://localhost:{port}/",
    ),
    "google": Provider(
        "google",
        "Google",
        who="https://www.googleapis.com/oauth2/v3/userinfo",
        # Only files that the app made, as on the platform; the address of mail names the account.
        scopes=("https://www.googleapis.com/auth/drive.file", "openid", "email"),
        token="https://oauth2.googleapis.com/token",
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        device="https://oauth2.googleapis.com/device/code",
    ),
    "slack": Provider(
        "slack",
        "Slack",
        who="https://slack.com/api/auth.test",
        scopes=("chat:write", "chat:write.customize", "chat:write.public"),
        token="https://slack.com/api/oauth.v2.access",
    ),
}
"""By the name that actions and commands use."""


def provider(name: str) -> Provider:
    """The provider called ``name``. Raises InputError for an unknown one."""
    found = PROVIDERS.get(name.strip().lower())
    if found is None:
        raise InputError(f'"{name}" has no accounts', code="input.usage", hint=f"one of {', '.join(PROVIDERS)}")
    return found
