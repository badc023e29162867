"""The settings there are: their names, the variables that set them, what they may be (ecosystem.md 2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

DELAYS = "30,76,152,308"
"""Seconds before the second to fifth attempt, as the platform waits (engine.md 4.4)."""


class Mode(StrEnum):
    """Whether actions may reach a real shop."""

    DRY = "dry"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of ``runner.yml``.

    ``environment`` are the variables that set it, the first one present wins; ``secret`` values are never printed.
    """

    name: str
    environment: tuple[str, ...]
    about: str
    check: Callable[[str], str]
    default: str | None = None
    secret: bool = False


def _mode(text: str) -> str:
    if text not in set(Mode):
        raise ValueError(f'"{text}" is not a mode; expected "dry" (nothing is performed) or "live"')
    return text


def _shop(text: str) -> str:
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


def _version(text: str) -> str:
    if not re.fullmatch(r"20\d\d-(01|04|07|10)|unstable", text):
        raise ValueError(f'"{text}" is not an API version; expected a quarter such as 2026-04, or unstable')
    return text


def _database(text: str) -> str:
    if not re.match(r"(sqlite|postgresql)(\+\w+)?://", text):
        raise ValueError(f'"{text}" is not a database; expected sqlite:///FILE or postgresql://HOST/NAME')
    return text


def _number(least: float, most: float, unit: str) -> Callable[[str], str]:
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


def _synchronous(text: str) -> str:
    if text not in ("full", "normal"):
        raise ValueError(f'"{text}" is neither "full" (nothing is lost with the power) nor "normal" (faster)')
    return text


def _age(text: str) -> str:
    if not re.fullmatch(r"\d{1,5}(\.\d{1,3})?[hdw]", text.strip().lower()) or not float(text.strip()[:-1]):
        raise ValueError(f'"{text}" is no length of time; expected a number with h, d or w, such as 15d')
    return text.strip().lower()


def _delays(text: str) -> str:
    parts = [part.strip() for part in text.split(",")]
    if not 1 <= len(parts) <= 10 or not all(re.fullmatch(r"\d{1,6}(\.\d{1,3})?", part) for part in parts):
        raise ValueError(f'"{text}" is no list of delays; expected up to ten numbers of seconds, such as {DELAYS}')
    return ",".join(parts)


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a value, found blank text")
    return text.strip()


def _scopes(text: str) -> str:
    names = [name for name in re.split(r"[\s,]+", text) if name]
    wrong = next((name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)), None)
    if wrong or not names:
        raise ValueError(f'"{wrong or text}" is not an access scope; expected names such as read_orders, write_orders')
    return ",".join(dict.fromkeys(names))


def _network_allow(text: str) -> str:
    from runner.network.policy import Policy

    Policy.parse(text)
    return ",".join(re.split(r"[\s,]+", text.strip()))


def _email_server(text: str) -> str:
    from runner.mail.account import read_server

    read_server(text)
    return text.strip()


def _email_inbox(text: str) -> str:
    from runner.mail.inbox import read_inbox

    read_inbox(text)
    return text.strip()


def _email_from(text: str) -> str:
    from runner.mail.addresses import read_mailbox

    if read_mailbox(text) is None:
        raise ValueError(
            f'"{text}" is no address; expected such as orders@example.com, or My Shop <orders@example.com>'
        )
    return text.strip()


def _hook_secret(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{20,200}", text.strip()):
        raise ValueError("expected 20 to 200 letters, digits, _ and -, as `openssl rand -hex 20` prints")
    return text.strip()


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "access_token",
        ("RUNNER_ACCESS_TOKEN", "SHOPIFY_ACCESS_TOKEN"),
        "Admin API access token of the app installed in the shop.",
        _filled,
        secret=True,
    ),
    Setting(
        "api_version",
        ("RUNNER_API_VERSION", "SHOPIFY_API_VERSION"),
        "Version of the Admin API for tasks that name none.",
        _version,
        default="2026-04",
    ),
    Setting(
        "client_id",
        ("RUNNER_CLIENT_ID", "SHOPIFY_CLIENT_ID"),
        "Client id of the app: with client_secret, instead of access_token.",
        _filled,
    ),
    Setting(
        "client_secret",
        ("RUNNER_CLIENT_SECRET", "SHOPIFY_CLIENT_SECRET"),
        "Client secret of the app: buys tokens, and signs webhooks.",
        _filled,
        secret=True,
    ),
    Setting(
        "database",
        ("RUNNER_DATABASE",),
        "Where events, runs and the cache are kept; a relative file counts from the folder of runner.yml.",
        _database,
        default="sqlite:///.runner/runner.db",
    ),
    Setting(
        "email_from",
        ("RUNNER_EMAIL_FROM",),
        "The address that mail of tasks comes from, with or without a name.",
        _email_from,
    ),
    Setting(
        "email_hook_secret",
        ("RUNNER_EMAIL_HOOK_SECRET",),
        "The end of the address where received mail may be posted; without it there is none.",
        _hook_secret,
        secret=True,
    ),
    Setting(
        "email_inbox",
        ("RUNNER_EMAIL_INBOX",),
        "A mailbox whose new mail becomes events: imaps://HOST/FOLDER, imap:// or imap+plain://.",
        _email_inbox,
    ),
    Setting(
        "email_inbox_password",
        ("RUNNER_EMAIL_INBOX_PASSWORD",),
        "Its password, where it is not email_password.",
        _filled,
        secret=True,
    ),
    Setting(
        "email_inbox_user",
        ("RUNNER_EMAIL_INBOX_USER",),
        "Its user, where it is not email_user.",
        _filled,
    ),
    Setting(
        "email_password",
        ("RUNNER_EMAIL_PASSWORD",),
        "The password at email_server; of postmark the API token of a server.",
        _filled,
        secret=True,
    ),
    Setting(
        "email_poll",
        ("RUNNER_EMAIL_POLL",),
        "Seconds between two looks into email_inbox.",
        _number(1, 86400, "seconds"),
        default="30",
    ),
    Setting(
        "email_server",
        ("RUNNER_EMAIL_SERVER",),
        "What sends mail: smtp://HOST, smtps://HOST, smtp+plain://HOST, postmark, or outbox.",
        _email_server,
    ),
    Setting(
        "email_templates",
        ("RUNNER_EMAIL_TEMPLATES",),
        "The folder of email templates; a relative one counts from the folder of runner.yml.",
        _filled,
        default="templates",
    ),
    Setting(
        "email_user",
        ("RUNNER_EMAIL_USER",),
        "The user at email_server; without one there is no login.",
        _filled,
    ),
    Setting(
        "heartbeat",
        ("RUNNER_HEARTBEAT",),
        "Seconds without a sign of life after which a worker counts as dead, and others take over.",
        _number(0.5, 300.0, "seconds"),
        default="5",
    ),
    Setting(
        "job_limit",
        ("RUNNER_JOB_LIMIT",),
        "Seconds after which a job counts as hanging; a worker most of whose slots hang ends itself.",
        _number(10, 86400, "seconds"),
        default="900",
    ),
    Setting(
        "mode",
        ("RUNNER_MODE",),
        "dry: nothing is performed; live: runner run may change the shop.",
        _mode,
        default=Mode.DRY.value,
    ),
    Setting(
        "network_allow",
        ("RUNNER_NETWORK_ALLOW",),
        "Internal hosts, addresses and CIDR blocks that actions may reach, comma-separated; all others are refused.",
        _network_allow,
    ),
    Setting(
        "network_authorities",
        ("RUNNER_NETWORK_AUTHORITIES",),
        "A PEM file of certificate authorities that actions trust besides the public ones.",
        _filled,
    ),
    Setting(
        "poll",
        ("RUNNER_POLL",),
        "Seconds between two looks of a worker for something to do.",
        _number(0.005, 60.0, "seconds"),
        default="0.05",
    ),
    Setting(
        "retention",
        ("RUNNER_RETENTION",),
        "How long events are kept once they and what came of them have ended: a number with h, d or w.",
        _age,
        default="15d",
    ),
    Setting(
        "retry_delays",
        ("RUNNER_RETRY_DELAYS",),
        "Seconds before each further attempt of a run that failed and may be tried again; one in ten more or less.",
        _delays,
        default=DELAYS,
    ),
    Setting(
        "scopes",
        ("RUNNER_SCOPES", "SHOPIFY_SCOPES"),
        "Access scopes the token was granted, comma-separated; previews then say which are missing.",
        _scopes,
    ),
    Setting(
        "secrets_file",
        ("RUNNER_SECRETS_FILE",),
        "A JSON object of secrets by name, outside the project, readable by its owner alone.",
        _filled,
    ),
    Setting(
        "shop",
        ("RUNNER_SHOP", "SHOPIFY_SHOP"),
        "The shop's permanent domain, or the loopback address of a simulated store.",
        _shop,
    ),
    Setting(
        "shop_slots",
        ("RUNNER_SHOP_SLOTS",),
        "Task runs of the shop that are worked on at a time, by all workers together.",
        _number(1, 1000, "a number"),
        default="5",
    ),
    Setting(
        "synchronous",
        ("RUNNER_SYNCHRONOUS",),
        "SQLite: full waits for the disk at each commit; normal is faster, and may lose the last ones with the power.",
        _synchronous,
        default="full",
    ),
    Setting(
        "webhook_secrets",
        ("RUNNER_WEBHOOK_SECRETS",),
        "Further secrets that sign webhooks, comma-separated: an old client secret, the shop's own key.",
        _filled,
        secret=True,
    ),
    Setting(
        "worker_slots",
        ("RUNNER_WORKER_SLOTS",),
        "Task runs that one worker process works on at a time.",
        _number(1, 1000, "a number"),
        default="16",
    ),
)
"""Every setting, alphabetically."""
