"""What the settings may be: each check gives a value in the form it is kept in, or raises ValueError with words."""

from __future__ import annotations

import re
from collections.abc import Callable

DELAYS = "30,76,152,308"
"""Seconds before the second to fifth attempt, as the platform waits (engine.md 4.4)."""


LIBRARY = "https://github.com/lightward/mechanic-tasks"
"""Where the public task library lives."""


def shop(text: str) -> str:
    """A shop's own domain in lower case, or the loopback address of a simulated store without a closing slash."""
    bare = re.sub(r"^https?://", "", text.strip().lower()).split("/", 1)[0]
    if re.fullmatch(r"[a-z0-9][a-z0-9-]*\.myshopify\.com", bare):
        return bare
    if re.fullmatch(r"(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}", bare):
        return f"http://{bare}"
    raise ValueError(
        f'"{text}" is not a shop; expected its permanent domain, such as example.myshopify.com, '
        "or the address of a simulated store, such as http://127.0.0.1:9292"
    )


def version(text: str) -> str:
    """A quarter, or unstable."""
    if not re.fullmatch(r"20\d\d-(01|04|07|10)|unstable", text):
        raise ValueError(f'"{text}" is not an API version; expected a quarter such as 2026-04, or unstable')
    return text


def database(text: str) -> str:
    """An SQLAlchemy URL of SQLite or PostgreSQL."""
    if not re.match(r"(sqlite|postgresql)(\+\w+)?://", text):
        raise ValueError(f'"{text}" is not a database; expected sqlite:///FILE or postgresql://HOST/NAME')
    return text


def number(least: float, most: float, unit: str) -> Callable[[str], str]:
    """A check for numbers from ``least`` to ``most``; whole ones, where both bounds are."""
    whole = isinstance(least, int)

    def check(text: str) -> str:
        given = text.strip()
        if (
            not re.fullmatch(r"\d{1,6}" if whole else r"\d{1,6}(\.\d{1,3})?", given)
            or not least <= float(given) <= most
        ):
            raise ValueError(f'"{text}" does not fit; expected {unit} from {least} to {most}')
        return given

    return check


def synchronous(text: str) -> str:
    """full or normal."""
    if text not in ("full", "normal"):
        raise ValueError(f'"{text}" is neither "full" (nothing is lost with the power) nor "normal" (faster)')
    return text


def redact(text: str) -> str:
    """by hand or at once."""
    if text not in ("by hand", "at once"):
        raise ValueError(f'"{text}" is neither "by hand" (`runner purge` deletes) nor "at once" (workers do)')
    return text


def age(text: str) -> str:
    """A length of time: a number with h, d or w."""
    if not re.fullmatch(r"\d{1,5}(\.\d{1,3})?[hdw]", text.strip().lower()) or not float(text.strip()[:-1]):
        raise ValueError(f'"{text}" is no length of time; expected a number with h, d or w, such as 15d')
    return text.strip().lower()


def delays(text: str) -> str:
    """Up to ten numbers of seconds."""
    parts = [part.strip() for part in text.split(",")]
    if not 1 <= len(parts) <= 10 or not all(re.fullmatch(r"\d{1,6}(\.\d{1,3})?", part) for part in parts):
        raise ValueError(f'"{text}" is no list of delays; expected up to ten numbers of seconds, such as {DELAYS}')
    return ",".join(parts)


def filled(text: str) -> str:
    """Anything but blank text."""
    if not text.strip():
        raise ValueError("expected a value, found blank text")
    return text.strip()


def scopes(text: str) -> str:
    """Names of access scopes, each once."""
    names = [name for name in re.split(r"[\s,]+", text) if name]
    wrong = next((name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)), None)
    if wrong or not names:
        raise ValueError(f'"{wrong or text}" is not an access scope; expected names such as read_orders, write_orders')
    return ",".join(dict.fromkeys(names))


def lint_rules(text: str) -> str:
    """Names of rules, with or without the handle of a task in front; whether there are such rules, `lint` says."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    wrong = next((word for word in words if not re.fullmatch(r"(?:[\w-]+:)?[a-z]+(?:\.[a-z_*]+)?", word)), None)
    if wrong or not words:
        raise ValueError(f'"{wrong or text}" is not a rule; expected names such as opt.stale or my-task:gql.schema')
    return ",".join(words)


def network_allow(text: str) -> str:
    """Hosts, addresses and blocks, as `runner.network.Policy` reads them."""
    from runner.network.policy import Policy

    Policy.parse(text)
    return ",".join(re.split(r"[\s,]+", text.strip()))


def email_server(text: str) -> str:
    """What sends mail, as `runner.mail.account` reads it."""
    from runner.mail.account import read_server

    read_server(text)
    return text.strip()


def email_inbox(text: str) -> str:
    """A mailbox, as `runner.mail.inbox` reads it."""
    from runner.mail.inbox import read_inbox

    read_inbox(text)
    return text.strip()


def email_from(text: str) -> str:
    """A mail address, with or without a name."""
    from runner.mail.addresses import read_mailbox

    if read_mailbox(text) is None:
        raise ValueError(
            f'"{text}" is no address; expected such as orders@example.com, or My Shop <orders@example.com>'
        )
    return text.strip()


def hook_secret(text: str) -> str:
    """20 to 200 letters, digits, _ and -."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{20,200}", text.strip()):
        raise ValueError("expected 20 to 200 letters, digits, _ and -, as `openssl rand -hex 20` prints")
    return text.strip()


def public_url(text: str) -> str:
    """An address that paths are put after, without a closing slash."""
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text.strip(), re.IGNORECASE):
        raise ValueError(f'"{text}" is no address; expected such as https://hooks.example.com, without a query')
    return text.strip().rstrip("/")


def files(text: str) -> str:
    """A folder or a bucket, as `runner.files.place` reads it."""
    from runner.files.place import read_place

    read_place(text)
    return text.strip()


def flow_triggers(text: str) -> str:
    """Handles of Flow triggers by kind, in the order of the kinds."""
    kinds = ("general", "customer", "product", "order")
    found = dict(re.findall(r"(\w+)\s*=\s*([A-Za-z0-9-]{1,30})(?=[\s,]|$)", text))
    left = re.sub(r"\w+\s*=\s*[A-Za-z0-9-]{1,30}(?=[\s,]|$)|[\s,]+", "", text)
    if left or not found or not set(found) <= set(kinds):
        raise ValueError(f'"{text}" names no triggers; expected such as general=mechanic-general,order=mechanic-order')
    return ",".join(f"{kind}={found[kind]}" for kind in kinds if kind in found)


def library(text: str) -> str:
    """A folder as it is, or the https address of a repository (http on this machine) without a closing slash."""
    given = text.strip().removesuffix("/")
    if "://" not in given and not given.startswith("git@"):
        return filled(text)
    local = r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?/"
    if not re.fullmatch(rf"(https://[\w.-]+(:\d{{1,5}})?/|{local})[\w.-]+/[\w.-]+", given):
        raise ValueError(f'"{text}" is neither a folder nor the address of a repository; expected such as {LIBRARY}')
    return given.removesuffix(".git")


def library_ref(text: str) -> str:
    """A name as git allows them, without what would change the address it stands in."""
    if not re.fullmatch(r"(?!.*\.\.)[\w][\w./-]{0,199}", text):
        raise ValueError(f'"{text}" is no branch, tag or commit')
    return text
