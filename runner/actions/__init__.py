"""The types of actions, one module each."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from runner.actions.airtable import AirtableAction
from runner.actions.base import ActionType, EventDraft, Outcome, ShopClient, Tools
from runner.actions.cache import CacheAction
from runner.actions.echo import EchoAction
from runner.actions.email import EmailAction
from runner.actions.event import EventAction
from runner.actions.files import FilesAction
from runner.actions.flow import FlowAction
from runner.actions.ftp import FtpAction
from runner.actions.google import GoogleAction
from runner.actions.google_drive import GoogleDriveAction
from runner.actions.google_sheets import GoogleSheetsAction
from runner.actions.http import HttpAction
from runner.actions.report_toaster import ReportToasterAction
from runner.actions.shopify import ShopifyAction
from runner.actions.slack import SlackAction
from runner.errors import ActionError

__all__ = ["ACTION_TYPES", "ActionType", "EventDraft", "Outcome", "ShopClient", "Tools", "action_type"]

ACTION_TYPES: Mapping[str, ActionType] = {
    "airtable": AirtableAction(),
    "cache": CacheAction(),
    "echo": EchoAction(),
    "email": EmailAction(),
    "event": EventAction(),
    "files": FilesAction(),
    "flow": FlowAction(),
    "ftp": FtpAction(),
    "google": GoogleAction(),
    "google_drive": GoogleDriveAction(),
    "google_sheets": GoogleSheetsAction(),
    "http": HttpAction(),
    "report_toaster": ReportToasterAction(),
    "shopify": ShopifyAction(),
    "slack": SlackAction(),
}
"""Every type the platform knows (actions.md 1.1)."""


def action_type(name: str, types: Mapping[str, ActionType] = ACTION_TYPES) -> ActionType:
    """The type called ``name``. Raises ActionError for an unknown one."""
    found = types.get(name)
    if found is not None:
        return found
    near = get_close_matches(name.lower(), types, n=1)
    raise ActionError(
        f'there is no action type "{name}"',
        hint=f'Did you mean "{near[0]}"?' if near else f"Types are {', '.join(sorted(types))}.",
        code="action.unknown_type",
    )
