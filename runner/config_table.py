"""The settings there are: their names, the variables that set them, what they may be (ecosystem.md 2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from runner.config_checks import (
    DELAYS,
    LIBRARY,
    age,
    database,
    delays,
    email_from,
    email_inbox,
    email_server,
    files,
    filled,
    flow_triggers,
    hook_secret,
    library,
    library_ref,
    lint_rules,
    network_allow,
    number,
    public_url,
    redact,
    scopes,
    shop,
    synchronous,
    version,
)


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


def _reconcile(text: str) -> str:
    if not re.fullmatch(r"off|[1-9]\d{0,4}m", text):
        raise ValueError(f'"{text}" is no interval; expected minutes such as 15m, or off')
    return text


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "access_token",
        ("RUNNER_ACCESS_TOKEN", "SHOPIFY_ACCESS_TOKEN"),
        "Admin API access token of the app installed in the shop.",
        filled,
        secret=True,
    ),
    Setting(
        "accounts_file",
        ("RUNNER_ACCOUNTS_FILE",),
        "The file of accounts at Google, Slack and Airtable, outside the project; `runner connect` writes it.",
        filled,
    ),
    Setting(
        "airtable_url",
        ("RUNNER_AIRTABLE_URL",),
        "An address that stands in for Airtable's own, such as a gateway's.",
        public_url,
    ),
    Setting(
        "api_version",
        ("RUNNER_API_VERSION", "SHOPIFY_API_VERSION"),
        "Version of the Admin API for tasks that name none.",
        version,
        default="2026-04",
    ),
    Setting(
        "client_id",
        ("RUNNER_CLIENT_ID", "SHOPIFY_CLIENT_ID"),
        "Client id of the app: with client_secret, instead of access_token.",
        filled,
    ),
    Setting(
        "client_secret",
        ("RUNNER_CLIENT_SECRET", "SHOPIFY_CLIENT_SECRET"),
        "Client secret of the app: buys tokens, and signs webhooks.",
        filled,
        secret=True,
    ),
    Setting(
        "database",
        ("RUNNER_DATABASE",),
        "Where events, runs and the cache are kept; a relative file counts from the folder of runner.yml.",
        database,
        default="sqlite:///.runner/runner.db",
    ),
    Setting(
        "email_from",
        ("RUNNER_EMAIL_FROM",),
        "The address that mail of tasks comes from, with or without a name.",
        email_from,
    ),
    Setting(
        "email_hook_secret",
        ("RUNNER_EMAIL_HOOK_SECRET",),
        "The end of the address where received mail may be posted; without it there is none.",
        hook_secret,
        secret=True,
    ),
    Setting(
        "email_inbox",
        ("RUNNER_EMAIL_INBOX",),
        "A mailbox whose new mail becomes events: imaps://HOST/FOLDER, imap:// or imap+plain://.",
        email_inbox,
    ),
    Setting(
        "email_inbox_password",
        ("RUNNER_EMAIL_INBOX_PASSWORD",),
        "Its password, where it is not email_password.",
        filled,
        secret=True,
    ),
    Setting(
        "email_inbox_user",
        ("RUNNER_EMAIL_INBOX_USER",),
        "Its user, where it is not email_user.",
        filled,
    ),
    Setting(
        "email_password",
        ("RUNNER_EMAIL_PASSWORD",),
        "The password at email_server; of postmark the API token of a server.",
        filled,
        secret=True,
    ),
    Setting(
        "email_poll",
        ("RUNNER_EMAIL_POLL",),
        "Seconds between two looks into email_inbox.",
        number(1, 86400, "seconds"),
        default="30",
    ),
    Setting(
        "email_server",
        ("RUNNER_EMAIL_SERVER",),
        "What sends mail: smtp://HOST, smtps://HOST, smtp+plain://HOST, postmark, or outbox.",
        email_server,
    ),
    Setting(
        "email_templates",
        ("RUNNER_EMAIL_TEMPLATES",),
        "The folder of email templates; a relative one counts from the folder of runner.yml.",
        filled,
        default="templates",
    ),
    Setting(
        "email_user",
        ("RUNNER_EMAIL_USER",),
        "The user at email_server; without one there is no login.",
        filled,
    ),
    Setting(
        "files",
        ("RUNNER_FILES",),
        "Where files of tasks are kept for others: a folder, or s3://BUCKET/PREFIX; by default beside the database.",
        files,
    ),
    Setting(
        "files_lifetime",
        ("RUNNER_FILES_LIFETIME",),
        "How long these files can be read: a number with h, d or w.",
        age,
        default="7d",
    ),
    Setting(
        "flow_triggers",
        ("RUNNER_FLOW_TRIGGERS",),
        "Handles of your app's Flow triggers: general=…,customer=…,product=…,order=….",
        flow_triggers,
    ),
    Setting(
        "google_url",
        ("RUNNER_GOOGLE_URL",),
        "An address that stands in for all of Google's own, such as a gateway's.",
        public_url,
    ),
    Setting(
        "heartbeat",
        ("RUNNER_HEARTBEAT",),
        "Seconds without a sign of life after which a worker counts as dead, and others take over.",
        number(0.5, 300.0, "seconds"),
        default="5",
    ),
    Setting(
        "job_limit",
        ("RUNNER_JOB_LIMIT",),
        "Seconds after which a job counts as hanging; a worker most of whose slots hang ends itself.",
        number(10, 86400, "seconds"),
        default="900",
    ),
    Setting(
        "library",
        ("RUNNER_LIBRARY",),
        "The task library: a checkout of it, or the address of its repository, which is fetched and kept.",
        library,
        default=LIBRARY,
    ),
    Setting(
        "library_ref",
        ("RUNNER_LIBRARY_REF",),
        "The branch, tag or commit of that repository; HEAD is its main branch.",
        library_ref,
        default="HEAD",
    ),
    Setting(
        "lint_ignore",
        ("RUNNER_LINT_IGNORE",),
        "Rules that `runner lint` leaves out, separated by commas; handle:rule for one task.",
        lint_rules,
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
        network_allow,
    ),
    Setting(
        "network_authorities",
        ("RUNNER_NETWORK_AUTHORITIES",),
        "A PEM file of certificate authorities that actions trust besides the public ones.",
        filled,
    ),
    Setting(
        "outbox",
        ("RUNNER_OUTBOX",),
        "The folder where dry and simulated runs keep what they would send; a relative one counts from runner.yml's.",
        filled,
        default=".runner/outbox",
    ),
    Setting(
        "poll",
        ("RUNNER_POLL",),
        "Seconds between two looks of a worker for something to do.",
        number(0.005, 60.0, "seconds"),
        default="0.05",
    ),
    Setting(
        "public_url",
        ("RUNNER_PUBLIC_URL",),
        "The address by which others reach the port of runner serve; addresses of files begin with it.",
        public_url,
    ),
    Setting(
        "reconcile",
        ("RUNNER_RECONCILE",),
        "How often the shop is asked for changes that no webhook told of: minutes such as 15m, or off.",
        _reconcile,
        default="15m",
    ),
    Setting(
        "redact",
        ("RUNNER_REDACT",),
        "What Shopify's requests to delete data lead to: by hand (they are told, `runner purge` does it), or at once.",
        redact,
        default="by hand",
    ),
    Setting(
        "report_toaster_token",
        ("RUNNER_REPORT_TOASTER_TOKEN",),
        "Sent to report_toaster_url as a bearer token.",
        filled,
        secret=True,
    ),
    Setting(
        "report_toaster_url",
        ("RUNNER_REPORT_TOASTER_URL",),
        "Where Report Toaster takes operations; it gives that address to partners.",
        public_url,
    ),
    Setting(
        "retention",
        ("RUNNER_RETENTION",),
        "How long events are kept once they and what came of them have ended: a number with h, d or w.",
        age,
        default="15d",
    ),
    Setting(
        "retry_delays",
        ("RUNNER_RETRY_DELAYS",),
        "Seconds before each further attempt of a run that failed and may be tried again; one in ten more or less.",
        delays,
        default=DELAYS,
    ),
    Setting(
        "scopes",
        ("RUNNER_SCOPES", "SHOPIFY_SCOPES"),
        "Access scopes the token was granted, comma-separated; previews then say which are missing.",
        scopes,
    ),
    Setting(
        "secrets_file",
        ("RUNNER_SECRETS_FILE",),
        "A JSON object of secrets by name, outside the project, readable by its owner alone.",
        filled,
    ),
    Setting(
        "shop",
        ("RUNNER_SHOP", "SHOPIFY_SHOP"),
        "The shop's permanent domain, or the loopback address of a simulated store.",
        shop,
    ),
    Setting(
        "shop_slots",
        ("RUNNER_SHOP_SLOTS",),
        "Task runs of the shop that are worked on at a time, by all workers together.",
        number(1, 1000, "a number"),
        default="5",
    ),
    Setting(
        "slack_url",
        ("RUNNER_SLACK_URL",),
        "An address that stands in for Slack's own, such as a gateway's.",
        public_url,
    ),
    Setting(
        "synchronous",
        ("RUNNER_SYNCHRONOUS",),
        "SQLite: full waits for the disk at each commit; normal is faster, and may lose the last ones with the power.",
        synchronous,
        default="full",
    ),
    Setting(
        "webhook_secrets",
        ("RUNNER_WEBHOOK_SECRETS",),
        "Further secrets that sign webhooks, comma-separated: an old client secret, the shop's own key.",
        filled,
        secret=True,
    ),
    Setting(
        "worker_slots",
        ("RUNNER_WORKER_SLOTS",),
        "Task runs that one worker process works on at a time.",
        number(1, 1000, "a number"),
        default="16",
    ),
)
"""Every setting, alphabetically."""
