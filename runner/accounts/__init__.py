"""Accounts at Google, Slack and Airtable that actions act for: what is kept of them, and tokens that are in force.

An account has a provider and a name; tasks say the name. ``AccountBook`` is the file of accounts; ``Accounts`` gives
tokens, refreshed where they have expired; a ``Session`` makes calls with them. ``runner.accounts.granting`` asks a
person for the right, in a browser or on another device.
"""

from __future__ import annotations

from runner.accounts.account import Account
from runner.accounts.accounts import Accounts
from runner.accounts.book import AccountBook
from runner.accounts.provider import PROVIDERS, Provider, provider
from runner.accounts.session import Session

__all__ = ["PROVIDERS", "Account", "AccountBook", "Accounts", "Provider", "Session", "provider"]
