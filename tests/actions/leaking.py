"""How a secret may be written down, and where to look for it."""

from __future__ import annotations

import base64
import html
import json
import re
from pathlib import Path
from urllib.parse import quote, quote_plus


def forms(secret: str) -> dict[str, str]:
    """How a server may say a secret that it was told."""
    raw = secret.encode()
    return {
        "raw": secret,
        "percent": quote(secret, safe=""),
        "percent small": re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
        "form": quote_plus(secret),
        "base64": base64.b64encode(raw).decode(),
        "base64url": base64.urlsafe_b64encode(raw).decode(),
        "basic": base64.b64encode(b"user:" + raw).decode(),
        "bearer": base64.b64encode(b"Bearer " + raw + b"!").decode(),
        "json": json.dumps(secret)[1:-1],
        "json twice": json.dumps(json.dumps(secret))[3:-3],
        "html": html.escape(secret),
        "references": secret.encode("ascii", "xmlcharrefreplace").decode(),
    }


def said(*secrets: str) -> str:
    """All secrets in all forms, in one line."""
    return " | ".join(form for secret in secrets for form in forms(secret).values())


def traces(core: str) -> set[str]:
    """Texts of which one shows whatever the form: of a secret's ``core``, letters and digits that nothing escapes.

    The core itself, and what its base64 has in common wherever it begins.
    """
    found = {core}
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + core.encode()).decode()
        found.add(encoded[4 if lead else 0 : len(core) // 3 * 4 - 4])
    return found


def everything(folder: Path) -> str:
    """The bytes of every file below, as text."""
    files = (each for each in sorted(folder.rglob("*")) if each.is_file())
    return "\n".join(each.read_bytes().decode("utf-8", "replace") for each in files)


NASTY = 'ä/"+&<x>%\\ '
CORES = {
    "task": "Kq7TaskSecretQ0aZ9",
    "option": "Kq7OptionSecretB1yX",
    "shop": "Kq7ShopTokenC2xW8vv",
    "slack": "Kq7SlackTokenD3wV7uu",
    "client": "Kq7ClientSecretE4vU6",
    "refresh": "Kq7RefreshTokenF5uT5",
    "mail": "Kq7MailPasswordG6tS4",
    "ftp": "Kq7FtpPasswordH7sR3r",
    "toaster": "Kq7ToasterTokenI8rQ2",
    "proxy": "Kq7ProxyPasswordJ9qP1",
}
HELD = {name: NASTY + core for name, core in CORES.items()}
"""The secrets of tasks may hold anything."""
PLAIN = ("shop", "slack", "refresh", "mail", "toaster", "ftp", "proxy")
"""What goes into headers, or is asked for in one line."""
SECRETS = {**HELD, **{name: CORES[name] for name in PLAIN}}
TOLD = {name: said(secret) for name, secret in SECRETS.items()}
"""What a server says that was told the secret, and wants everybody to know."""
NAMES = {"task": "secrets.task", "ftp": "secrets.ftp", "proxy": "secrets.proxy", "option": "options.key__secret"}
