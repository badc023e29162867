"""email: a message to people, by the mail server of the settings (actions.md 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from runner.actions.base import ActionType, Outcome, Tools
from runner.actions.reading import in_order, shown_files
from runner.actions.wanted import Wanted
from runner.errors import ActionError, NetworkError
from runner.mail.addresses import Mailbox, MailboxList, one_line, read_mailbox, read_mailboxes
from runner.model.json import JSON, without_surrogates

if TYPE_CHECKING:
    from runner.mail.account import Account
    from runner.mail.letter import Letter
    from runner.mail.post import Mail

_EXAMPLE = '{"to": "someone@example.com", "subject": "…", "body": "…"}.'
_HEADER_NAME = re.compile(r"[!-9;-~]{1,76}")
_OWN_HEADERS = frozenset(
    [
        *("bcc", "cc", "date", "from", "message-id", "mime-version", "received", "return-path", "sender", "subject"),
        *("to", "x-mechanic-run"),
    ]
)
"""Headers that say what other options say, or what only we can know."""
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class EmailCall:
    """Checked options. ``body`` None: a template makes it. ``bad`` are texts among the recipients that are no address.

    ``variables`` are all options as they were given, for templates.
    """

    to: tuple[Mailbox, ...]
    subject: str
    body: str | None = None
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    reply_to: Mailbox | None = None
    from_display_name: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    template: str | None = None
    account: str | None = None
    attachments: Mapping[str, Any] | None = None
    bad: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)


class EmailAction(ActionType):
    """One message, to all its recipients at once."""

    name = "email"
    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["to", "subject"],
        "properties": {
            "to": {
                "type": ["string", "array"],
                "description": "addresses, with or without names, separated by commas or in an array; what is none is "
                "told in `rejected`, and without any good one the action fails",
            },
            "cc": {"type": ["string", "array"], "description": "as `to`; blank ones are as left out"},
            "bcc": {"type": ["string", "array"], "description": "as `to`; nobody else sees them"},
            "reply_to": {"type": "string", "description": "one address"},
            "from_display_name": {
                "type": "string",
                "description": "the name beside the address of the setting `email_from`; the shop's if left out",
            },
            "subject": {"type": "string", "description": "line breaks become spaces"},
            "body": {"type": "string", "description": "HTML; required, unless a template makes it"},
            "headers": {"type": "object", "description": "names to texts; none that other options stand for"},
            "template": {
                "type": "string",
                "description": "a template of the folder `email_templates`; left out: the one called `default`, if any",
            },
            "attachments": {
                "type": "object",
                "description": "files by name; one that the HTML shows as `cid:NAME` is an image inside the message",
            },
            "account": {"type": "string", "description": "an account of `email_accounts`; the usual one if left out"},
        },
        "additionalProperties": {"description": "a variable of the template"},
    }

    def validate(self, options: JSON) -> EmailCall:
        wanted = Wanted(self.name, options, _EXAMPLE)
        lists = {name: _people(wanted, name) for name in ("to", "cc", "bcc")}
        if not lists["to"].good:
            bad = lists["to"].bad
            raise wanted.fault(
                f'"to" holds no address: "{bad[0][:100]}" is none' if bad else '"to" is missing or blank',
                "Give the address of a person, such as someone@example.com; an order may have none.",
            )
        subject = one_line(str(without_surrogates(wanted.required("subject"))))
        if not subject:
            raise wanted.fault('"subject" is missing or blank', 'Give the option "subject".')
        name = wanted.text("from_display_name")
        body = wanted.text("body")
        return EmailCall(
            to=lists["to"].good,
            subject=subject,
            body=None if body is None else str(without_surrogates(wanted.raw("body"))),
            cc=lists["cc"].good,
            bcc=lists["bcc"].good,
            reply_to=_reply_to(wanted),
            from_display_name=None if name is None else one_line(str(without_surrogates(name))) or None,
            headers=tuple(_headers(wanted, wanted.mapping("headers") or {})),
            template=wanted.text("template"),
            account=wanted.text("account"),
            attachments=wanted.mapping("attachments"),
            bad=tuple(dict.fromkeys(bad for each in lists.values() for bad in each.bad)),
            variables=dict(options) if isinstance(options, Mapping) else {},
        )

    def perform(self, options: EmailCall, tools: Tools) -> Outcome:
        mail = _mail(tools)
        account = _account(options, mail)
        letter, content = compose(options, mail, tools, shows_bcc=account.server.kind == "outbox")
        try:
            delivery = mail.transport(account).send(letter, content)
        except NetworkError as error:
            # Lost after the whole message was handed over: nobody knows, and twice would be one too many.
            return replace(Outcome.failed(error), uncertain=error.sent)
        result: dict[str, JSON] = {
            "message_id": letter.message_id,
            "to": [str(each) for each in letter.to],
            "cc": [str(each) for each in letter.cc],
            "bcc": [str(each) for each in letter.bcc],
            "subject": letter.subject,
            "accepted": list(delivery.accepted),
            "rejected": {**dict.fromkeys(options.bad, "not an address"), **delivery.rejected},
        }
        return Outcome(ok=True, result=result, response=delivery.said or None)

    def summary(self, options: JSON) -> str:
        given = options if isinstance(options, Mapping) else {}
        texts = _texts(given.get("to"))
        people = read_mailboxes(texts)
        first = people.good[0].address if people.good else one_line(texts[0])[:60] if texts else "nobody"
        more = f" and {len(people.good) - 1} more" if len(people.good) > 1 else ""
        attached = given.get("attachments")
        names = list(attached) if isinstance(attached, Mapping) else []
        files = f", with {', '.join(map(str, names[:2]))}{' …' if len(names) > 2 else ''}" if names else ""
        return f'"{one_line(str(given.get("subject") or ""))[:80]}" to {first}{more}{files}'

    def shown(self, options: JSON) -> JSON:
        """The message: who, what about, its HTML as text, its files."""
        if not isinstance(options, Mapping):
            return options
        shown = in_order(options, ("to", "cc", "bcc", "from", "from_display_name", "reply_to", "subject"), ("body",))
        if isinstance(shown.get("body"), str):
            from runner.mail.text import plain_text

            shown["body"] = plain_text(shown["body"]).rstrip()
        if "attachments" in shown:
            shown["attachments"] = shown_files(shown.pop("attachments"))
        return shown

    def resendable(self, options: EmailCall) -> bool:
        return False


def compose(options: EmailCall, mail: Mail, tools: Tools, *, shows_bcc: bool = True) -> tuple[Letter, bytes]:
    """The message that ``options`` make, and its bytes; it is sent by nobody. Raises as performing does."""
    from runner.mail.letter import letter_bytes

    letter = _letter(options, mail, _account(options, mail), tools)
    return letter, letter_bytes(letter, tools.child_id, shows_bcc=shows_bcc)


def _account(options: EmailCall, mail: Mail) -> Account:
    # differs: the platform sends from one address; an action may name another account here, once some are set up.
    # Without them `account` is a variable for the template, and no more.
    return mail.chosen(options.account if mail.others else None)


def _mail(tools: Tools) -> Mail:
    mail = tools.services.mail
    if mail is None:
        from runner.mail.post import NOT_SET_UP

        raise ActionError("no mail server is set up", hint=NOT_SET_UP, code="email.not_set_up")
    return mail


def _letter(options: EmailCall, mail: Mail, account: Account, tools: Tools) -> Letter:
    """The message: template, styles, images, files. The same for each attempt, but for its date."""
    from runner.mail.html import Attached, inlined, with_images
    from runner.mail.letter import RUN_HEADER, Letter
    from runner.mail.text import plain_text

    html = mail.templates.body(options.template, options.variables, tools.clock)
    if html is None:
        html = options.body
    if html is None:
        raise ActionError(
            'email: "body" is missing or blank, and no template makes it',
            hint='Give the option "body", or "template".',
            code="action.invalid_options",
        )
    files = [Attached(made.name, made.data, made.mime) for made in tools.generated(options.attachments or {})]
    host = account.sender.host
    shown, images, others = with_images(inlined(html), files, lambda name: f"{tools.child_id(name)}@{host}")
    name = options.from_display_name or account.sender.name or one_line(str(mail.shop.get("name") or ""))
    return Letter(
        sender=account.sender.named(name),
        to=options.to,
        cc=options.cc,
        bcc=options.bcc,
        reply_to=options.reply_to,
        subject=options.subject,
        html=shown,
        text=plain_text(shown),
        message_id=f"{tools.run_id}@{host}",
        date=tools.clock.now(),
        headers=(*options.headers, (RUN_HEADER, tools.run_id)),
        images=images,
        files=others,
    )


def _people(wanted: Wanted, name: str) -> MailboxList:
    value = wanted.value(name)
    if value is None:
        return MailboxList()
    if not isinstance(value, str) and (not isinstance(value, Sequence) or isinstance(value, bytes)):
        raise wanted.fault(f'"{name}" is neither text nor an array of addresses', f'Write "{name}": "…".')
    if not isinstance(value, str) and not all(each is None or isinstance(each, str) for each in value):
        raise wanted.fault(f'an address in "{name}" is not text', f'Write "{name}": ["someone@example.com"].')
    return read_mailboxes(_texts(value))


def _texts(value: Any) -> list[str]:
    """The texts of an option that is one or an array of them; nothing for blank ones."""
    given = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
    return [str(without_surrogates(each)) for each in given if isinstance(each, str) and each.strip()]


def _reply_to(wanted: Wanted) -> Mailbox | None:
    text = wanted.text("reply_to")
    if text is None:
        return None
    mailbox = read_mailbox(str(without_surrogates(text)))
    people = read_mailboxes([text]).good
    if mailbox is None and len(people) == 1:
        mailbox = people[0]
    if mailbox is None:
        raise wanted.fault('"reply_to" is not one address', 'Write "reply_to": "someone@example.com".')
    return mailbox


def _headers(wanted: Wanted, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        plain = name.strip()
        if not _HEADER_NAME.fullmatch(plain):
            raise wanted.fault('a name in "headers" is no header\'s name', "Use letters, digits and hyphens.")
        lower = plain.lower()
        if lower in _OWN_HEADERS or lower.startswith("content-") or (lower == "reply-to" and wanted.value("reply_to")):
            raise wanted.fault(
                f'the header "{plain}" cannot be set', "Options say who gets it and from whom; the rest is made here."
            )
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise wanted.fault(f'the header "{plain}" is not text', f'Write "{plain}": "…".')
        text = str(without_surrogates(str(value))).strip()
        if _CONTROL.search(text):
            raise wanted.fault(f'the header "{plain}" holds a line break or a control character', "Write one line.")
        yield plain, text
