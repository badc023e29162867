"""Hands a message to Postmark's HTTP API, or one that answers as it does (actions.md 3.3)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from runner.errors import ActionError, NetworkError
from runner.mail.account import Account
from runner.mail.addresses import Mailbox
from runner.mail.delivery import Delivery, refused
from runner.mail.html import Attached
from runner.mail.letter import Letter
from runner.network import Network
from runner.redact import Redactor

MOST_RECIPIENTS = 50
MOST_BYTES = 10 * 1024 * 1024
"""Of a message with its attachments, as Postmark counts: their base64 text included."""
_BAD_TOKEN, _INACTIVE = 10, 406
_INACTIVE_LIST = re.compile(r"inactive addresses: (.+?)\.?(?: Inactive\b.*)?$", re.DOTALL)


class PostmarkTransport:
    """Sends each message by one request; may be used by several threads."""

    def __init__(self, account: Account, network: Network, *, seconds: float = 60.0) -> None:
        self._account = account
        self._host = account.server.host
        self._redactor = Redactor((account.password,))
        self._network = network.trusting(self._host)
        self._seconds = seconds
        scheme = account.server.kind.removeprefix("postmark+")
        host = f"[{self._host}]" if ":" in self._host else self._host
        self._url = f"{scheme}://{host}:{account.server.port}/email"

    def send(self, letter: Letter, content: bytes) -> Delivery:
        """Hand in ``letter``; ``content`` is not looked at. Raises as ``SmtpTransport.send``."""
        from runner.network.fetch import fetch

        if len(letter.recipients) > MOST_RECIPIENTS:
            raise refused(
                f"{len(letter.recipients)} recipients are more than the {MOST_RECIPIENTS} that Postmark takes at once",
                "Send several messages.",
            )
        body = json.dumps(_document(letter)).encode()
        if len(body) > MOST_BYTES:
            raise refused(
                f"the message has {len(body):,} bytes, more than the {MOST_BYTES:,} that Postmark takes",
                "Send fewer or smaller attachments, or links to files in their place.",
                code="email.too_large",
            )
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-Postmark-Server-Token": self._account.password or "",
        }
        with self._network.client(total=self._seconds) as client:
            reply = fetch(client, client.build_request("POST", self._url, content=body, headers=headers))
        return self._read(letter, reply.status, reply.content)

    def _read(self, letter: Letter, status: int, content: bytes) -> Delivery:
        try:
            said: Any = json.loads(content)
        except ValueError:
            said = None
        answer = self._redactor.json(said) if isinstance(said, Mapping) else {}
        code, words = answer.get("ErrorCode"), str(answer.get("Message") or "")[:500]
        if status != 200 or code != 0:
            raise self._fault(status, code, words)
        inactive = _INACTIVE_LIST.search(words)
        named = re.split(r"[,\s]+", inactive[1].strip()) if inactive else []
        rejected = {each.address: f"{_INACTIVE} {words}" for each in letter.recipients if each.address in named}
        accepted = tuple(each.address for each in letter.recipients if each.address not in rejected)
        return Delivery(accepted, rejected, f"{answer.get('MessageID')}: {words}")

    def _fault(self, status: int, code: Any, words: str) -> ActionError | NetworkError:
        shown = f"{status}{'' if code is None else f', error {code}'}: {words or 'no reason given'}"
        if status == 401 or code == _BAD_TOKEN:
            return refused(
                f"{self._host} refused the login: {shown}",
                "email_password must be the API token of a Postmark server.",
                code="email.login",
            )
        if status == 200 and code is None:
            return NetworkError(
                f"{self._host} answered, but not as Postmark does",
                hint="Check email_server. The message may have been sent: look before it is sent again.",
                code="network.lost_reply",
                transient=True,
                sent=True,
            )
        if status == 429 or status >= 500:
            return refused(f"{self._host} cannot take the message now: {shown}", "Try later.", transient=True)
        return refused(f"{self._host} refused the message: {shown}", "Its words tell why: the address, its content.")


def _document(letter: Letter) -> dict[str, Any]:
    """The request's JSON. Postmark keeps a Message-ID only when told to."""
    headers = (("Message-ID", f"<{letter.message_id}>"), ("X-PM-KeepID", "true"), *letter.headers)
    document: dict[str, Any] = {
        "From": str(letter.sender),
        "To": _listed(letter.to),
        "Subject": letter.subject,
        "HtmlBody": letter.html,
        "TextBody": letter.text,
        "Headers": [{"Name": name, "Value": value} for name, value in headers],
    }
    if letter.cc:
        document["Cc"] = _listed(letter.cc)
    if letter.bcc:
        document["Bcc"] = _listed(letter.bcc)
    if letter.reply_to is not None:
        document["ReplyTo"] = str(letter.reply_to)
    if letter.images or letter.files:
        document["Attachments"] = [_attachment(each) for each in (*letter.images, *letter.files)]
    return document


def _listed(people: tuple[Mailbox, ...]) -> str:
    return ", ".join(str(each) for each in people)


def _attachment(file: Attached) -> dict[str, Any]:
    made = {"Name": file.name, "Content": base64.b64encode(file.data).decode("ascii"), "ContentType": file.mime}
    return made if file.cid is None else {**made, "ContentID": f"cid:{file.cid}"}
