"""A mailbox on a real IMAP server: each mail is one event, whatever breaks in between (engine.md 6.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from runner.actions.base import Services
from runner.clock import FixedClock
from runner.engine import Engine
from runner.errors import InputError, NetworkError, StoreError
from runner.mail.imap import MOST_BYTES, MailboxReader
from runner.mail.inbox import Inbox
from runner.model.event import Event
from runner.network import Network, Policy
from runner.store import Store
from runner.store.kept import KeptValues
from tests.mail.letters import LETTER, content, letter
from tests.servers.imap import PASSWORD, USER, ImapServer

CLOCK = FixedClock(LETTER.date)
OWN = {"Orders@shop.test"}


class Taken(list[Event]):
    """An intake that knows repeats by name, and fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.faults: list[Exception | None] = []

    def __call__(self, event: Event, *, dedupe: str) -> str | None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        if dedupe in self.names:
            return None
        self.names.append(dedupe)
        self.append(event)
        return dedupe

    def subjects(self) -> list[str]:
        data: list[Any] = [event.data for event in self]
        return [each["subject"] for each in data]


class Marks(dict[str, Any]):
    """How far a mailbox was read, in memory; ``broken``: the process dies before it is kept."""

    broken = False

    def put(self, name: str, value: Any) -> None:
        if self.broken:
            raise StoreError("the database is away", transient=True)
        self[name] = value


@pytest.fixture
def inbox(imap: ImapServer) -> Inbox:
    return Inbox("imap+plain", "127.0.0.1", imap.port, "INBOX", USER, PASSWORD)


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
def marks() -> Marks:
    return Marks()


Reader = Callable[..., MailboxReader]


@pytest.fixture
def reader(inbox: Inbox, outside: Services, taken: Taken, marks: Marks) -> Reader:
    def make(most: int = MOST_BYTES, **changes: Any) -> MailboxReader:
        return MailboxReader(replace(inbox, **changes), outside.network, taken, marks, CLOCK, own=OWN, most=most)

    return make


def mail(number: int, **headers: str) -> bytes:
    lines = {
        "Message-ID": f"<{number}@example.com>",
        "From": "Pat <pat@example.com>",
        "Subject": f"mail {number}",
        **headers,
    }
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\nbody\r\n"


def test_only_what_arrives_after_the_first_look_is_taken_and_once(
    reader: Reader, imap: ImapServer, taken: Taken
) -> None:
    imap.deliver(mail(1))
    assert reader().look() == 0
    imap.deliver(mail(2), mail(3))
    assert (reader().look(), taken.subjects()) == (2, ["mail 2", "mail 3"])
    assert reader().look() == 0
    imap.deliver(mail(4))
    assert (reader().look(), taken.subjects()) == (1, ["mail 2", "mail 3", "mail 4"])
    assert imap.unread() == 1, "those that were taken are marked as read, the one before the first look is not"


def test_the_first_mail_of_an_empty_mailbox_is_taken(reader: Reader, imap: ImapServer, taken: Taken) -> None:
    reader().look()
    imap.deliver(mail(1))
    assert (reader().look(), taken.subjects()) == (1, ["mail 1"])


def test_a_mail_someone_read_already_or_deleted_is_no_trouble(reader: Reader, imap: ImapServer, taken: Taken) -> None:
    reader().look()
    imap.deliver(mail(1), mail(2))
    with imap.client() as client:
        client.store("1", "+FLAGS", r"(\Seen)")
        client.store("2", "+FLAGS", r"(\Deleted)")
        client.expunge()
    assert (reader().look(), taken.subjects()) == (1, ["mail 1"])


@pytest.mark.parametrize("fault", [StoreError("the disk is full", transient=True), RuntimeError("killed")])
def test_nothing_is_marked_before_it_is_kept(fault: Exception, reader: Reader, imap: ImapServer, taken: Taken) -> None:
    reader().look()
    imap.deliver(mail(1), mail(2), mail(3))
    taken.faults = [None, fault]
    with pytest.raises(type(fault)):
        reader().look()
    assert imap.unread() == 2
    assert (reader().look(), taken.subjects()) == (2, ["mail 1", "mail 2", "mail 3"])


def test_a_death_between_event_and_mark_makes_no_second_event(
    reader: Reader, imap: ImapServer, taken: Taken, marks: Marks
) -> None:
    reader().look()
    imap.deliver(mail(1))
    marks.broken = True
    with pytest.raises(StoreError):
        reader().look()
    marks.broken = False
    assert (reader().look(), taken.subjects()) == (0, ["mail 1"])
    assert imap.unread() == 0


def test_the_same_mail_delivered_twice_is_one_event(reader: Reader, imap: ImapServer, taken: Taken) -> None:
    reader().look()
    imap.deliver(mail(1), mail(1))
    assert (reader().look(), taken.subjects()) == (1, ["mail 1"])


def test_after_a_new_numbering_late_mail_is_taken_and_nothing_twice(
    reader: Reader, imap: ImapServer, taken: Taken, marks: Marks
) -> None:
    reader().look()
    imap.deliver(mail(1))
    reader().look()
    (name,) = marks
    marks[name] = {**marks[name], "validity": 1, "looked": (CLOCK.now() - timedelta(days=1)).isoformat()}
    imap.deliver(mail(2))
    assert (reader().look(), taken.subjects()) == (1, ["mail 1", "mail 2"])
    assert reader().look() == 0


def test_a_mailbox_whose_numbers_fell_back_begins_again(
    reader: Reader, imap: ImapServer, taken: Taken, marks: Marks
) -> None:
    reader().look()
    imap.deliver(mail(1))
    reader().look()
    (name,) = marks
    marks[name] = {**marks[name], "uid": 50}
    imap.deliver(mail(2))
    assert (reader().look(), taken.subjects()) == (1, ["mail 1", "mail 2"])


def test_mail_of_ours_starts_nothing_and_that_of_people_at_the_same_address_does(
    reader: Reader, imap: ImapServer, taken: Taken
) -> None:
    reader().look()
    ours = content(letter(headers=(("X-Mechanic-Run", "run-1"),)))
    imap.deliver(ours, content(letter(subject="by hand", message_id="2@shop.test")))
    assert (reader().look(), taken.subjects()) == (1, ["by hand"])
    assert reader().look() == 0


def test_a_mail_that_can_be_no_event_is_left_unread_and_stops_nothing(
    reader: Reader, imap: ImapServer, taken: Taken, caplog: pytest.LogCaptureFixture
) -> None:
    reader().look()
    imap.deliver(mail(1), mail(2))
    taken.faults = [InputError("too large")]
    assert (reader().look(), taken.subjects()) == (1, ["mail 2"])
    assert imap.unread() == 1
    assert "too large" in caplog.text
    assert reader().look() == 0


def test_a_huge_mail_is_left_unread_and_told(
    reader: Reader, imap: ImapServer, taken: Taken, caplog: pytest.LogCaptureFixture
) -> None:
    reader().look()
    imap.deliver(mail(1) + b"x" * 1000, mail(2))
    assert (reader(most=1000).look(), taken.subjects(), imap.unread()) == (1, ["mail 2"], 1)
    assert "left unread" in caplog.text


@pytest.mark.parametrize("folder", ["Bestellungen", "Entwürfe & Mehr", 'With "quotes"', "日本"])
def test_folders_of_any_name_are_read(folder: str, reader: Reader, imap: ImapServer, taken: Taken) -> None:
    from runner.mail.imap import _quoted

    with imap.client() as client:
        assert client.create(_quoted(folder))[0] == "OK"
    changed = reader(folder=folder)
    changed.look()
    imap.deliver(mail(1), folder=_quoted(folder))
    imap.deliver(mail(2))
    assert (changed.look(), taken.subjects()) == (1, ["mail 1"])


@pytest.mark.parametrize("kind", ["imap", "imaps"])
@pytest.mark.parametrize("trusts", [True, False])
def test_tls_is_spoken_and_the_certificate_checked(
    trusts: bool, kind: str, inbox: Inbox, imap: ImapServer, outside: Services, taken: Taken, marks: Marks
) -> None:
    port = imap.tls_port if kind == "imaps" else imap.port
    network = outside.network if trusts else Network(Policy(), None)
    made = MailboxReader(replace(inbox, kind=kind, port=port), network, taken, marks, CLOCK)
    if trusts:
        assert made.look() == 0
        return
    with pytest.raises(NetworkError) as raised:
        made.look()
    assert raised.value.code == "network.certificate"


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"password": "wrong"}, "email.login", "refused the login of orders@shop.test"),
        ({"user": "nobody@shop.test"}, "email.login", "refused the login of nobody@shop.test"),
        ({"folder": "Missing"}, "email.mailbox", 'the folder "Missing" cannot be opened'),
        ({"port": 1}, "network.unreachable", "refused the connection"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], code: str, words: str, reader: Reader, marks: Marks) -> None:
    with pytest.raises(NetworkError) as raised:
        reader(**changes).look()
    assert (raised.value.code, words in str(raised.value)) == (code, True), str(raised.value)
    assert raised.value.hint
    assert PASSWORD not in str(raised.value)
    assert marks == {}


def test_two_readers_on_one_database_make_one_event_of_each_mail(
    imap: ImapServer, inbox: Inbox, outside: Services, tmp_path: Any
) -> None:
    with Store(f"sqlite:///{tmp_path}/runner.db", clock=CLOCK) as store:
        engine = Engine(store, [], shop={"myshopify_domain": "shop.test"})
        marks = KeptValues(store.database, "mailbox")
        first, second = (MailboxReader(inbox, outside.network, engine.accept, marks, CLOCK) for _ in range(2))
        first.look()
        imap.deliver(mail(1), mail(2))
        before = marks.get(inbox.name)
        assert first.look() == 2
        marks.put(inbox.name, before)  # as the second one saw it
        assert second.look() == 0
        assert sum(1 for _ in range(10) if engine.step()) == 0
        assert marks.get(inbox.name)["uid"] == before["uid"] + 2
