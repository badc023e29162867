"""What ftp takes for options, and what it refuses before anything is sent (actions.md 1.5, 1.9, 1.10, 3.6)."""

from __future__ import annotations

from typing import Any

import pytest

from runner.actions import action_type
from runner.actions.ftp import FtpAction
from runner.errors import ActionError
from runner.model.secret import Secrets

FTP = FtpAction()
LOGIN = {"host": "h.example", "user": "u"}


def test_the_type_is_known_by_its_name() -> None:
    assert isinstance(action_type("ftp"), FtpAction)


@pytest.mark.parametrize(
    ("options", "protocol", "port"),
    [
        ({}, "ftp", 21),
        ({"port": 2121}, "ftp", 2121),
        ({"port": 22}, "sftp", 22),
        ({"port": "22"}, "sftp", 22),
        ({"port": 990}, "ftps", 990),
        ({"private_key_pem": "k"}, "sftp", 22),
        ({"private_key": "k"}, "sftp", 22),
        ({"known_hosts": "k"}, "sftp", 22),
        ({"known_hosts": "k", "port": 990}, "sftp", 990),
        ({"private_key": "", "known_hosts": None}, "ftp", 21),
        ({"protocol": "ftps"}, "ftps", 21),
        ({"protocol": "FTP", "port": 22}, "ftp", 22),
        ({"protocol": "sftp"}, "sftp", 22),
        ({"protocol": " sftp ", "port": " 2222 "}, "sftp", 2222),
        ({"protocol": "ftps", "port": 990.0}, "ftps", 990),
        ({"protocol": "", "port": None}, "ftp", 21),
    ],
)
def test_protocol_and_port_follow_from_what_is_given(options: dict[str, Any], protocol: str, port: int) -> None:
    call = FTP.validate(LOGIN | options)
    assert (call.protocol, call.port) == (protocol, port)


@pytest.mark.parametrize(
    ("options", "verify", "known_hosts"),
    [
        ({"protocol": "ftps"}, True, None),
        ({"protocol": "ftps", "verify": "false"}, False, None),
        ({"protocol": "sftp"}, False, None),
        ({"protocol": "sftp", "known_hosts": "h k"}, False, None),
        ({"protocol": "sftp", "known_hosts": "h k", "verify": "true"}, True, "h k"),
        ({"protocol": "sftp", "known_hosts": "h k", "verify": False}, False, None),
    ],
)
def test_the_other_side_is_checked_as_the_platform_does(
    options: dict[str, Any], verify: bool, known_hosts: str | None
) -> None:
    call = FTP.validate(LOGIN | options)
    assert (call.verify, call.known_hosts) == (verify, known_hosts)


@pytest.mark.parametrize("blank", [None, "", " "])
def test_blank_options_are_absent(blank: Any) -> None:
    names = ("protocol", "port", "password", "mode", "verify", "known_hosts", "private_key_pem", "uploads", "downloads")
    assert FTP.validate(LOGIN | dict.fromkeys(names, blank)) == FTP.validate(LOGIN)


def test_a_password_counts_byte_for_byte() -> None:
    assert FTP.validate(LOGIN | {"password": " p "}).password == " p "


def test_the_documented_name_of_the_key_wins() -> None:
    assert FTP.validate(LOGIN | {"private_key": "a", "private_key_pem": "b"}).private_key == "b"


def test_unknown_options_are_not_looked_at() -> None:
    assert FTP.validate(LOGIN | {"passive": False, "meta": 1}) == FTP.validate(LOGIN)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (None, "the options are null"),
        ("x", "the options are text"),
        ({"user": "u"}, '"host" is missing'),
        ({"host": "h"}, '"user" is missing'),
        ({"host": "ftp://h", "user": "u"}, '"host" is not the name of a host'),
        ({"host": "h/x", "user": "u"}, '"host" is not the name of a host'),
        ({"host": "a b", "user": "u"}, '"host" is not the name of a host'),
        ({"host": 5, "user": "u"}, '"host" is the number 5'),
        ({"host": "h", "user": "a\r\nDELE x"}, '"user" holds a line break'),
        ({"host": "h", "user": "u", "password": "a\nb"}, '"password" holds a line break'),
        ({"host": "h", "user": "u", "password": 5}, '"password" is not text'),
        (LOGIN | {"protocol": "scp"}, 'no protocol "scp"'),
        (LOGIN | {"port": "x"}, '"port" is text, not a whole number'),
        (LOGIN | {"port": 0}, '"port" is the number 0'),
        (LOGIN | {"port": 65536}, '"port" is the number 65536'),
        (LOGIN | {"port": 2.5}, '"port" is the number 2.5'),
        (LOGIN | {"port": True}, '"port" is true'),
        (LOGIN | {"mode": "image"}, '"mode" is neither binary nor ascii'),
        (LOGIN | {"verify": 1}, '"verify" is the number 1'),
        (LOGIN | {"protocol": "sftp", "verify": True}, '"verify" needs "known_hosts"'),
        (LOGIN | {"protocol": "sftp", "verify": True, "known_hosts": " "}, '"verify" needs "known_hosts"'),
        (LOGIN | {"uploads": ["x"]}, '"uploads" is an array'),
        (LOGIN | {"uploads": {" ": "x"}}, 'a path in "uploads" is blank'),
        (LOGIN | {"uploads": {"a\r\nDELE b": "x"}}, 'a path in "uploads" holds a line break'),
        (LOGIN | {"downloads": "in.csv"}, '"downloads" is not an array'),
        (LOGIN | {"downloads": {"in.csv": 1}}, '"downloads" is not an array'),
        (LOGIN | {"downloads": [5]}, 'a path in "downloads" is blank, or no text'),
        (LOGIN | {"downloads": ["a\nb"]}, 'a path in "downloads" holds a line break'),
    ],
)
def test_options_that_cannot_be_meant_are_refused_for_good(options: Any, named: str) -> None:
    with pytest.raises(ActionError, match="ftp: ") as caught:
        FTP.validate(options)
    assert named in caught.value.message
    assert (caught.value.code, caught.value.transient) == ("action.invalid_options", False)
    assert caught.value.hint


def test_secrets_are_put_into_the_login_alone() -> None:
    secrets = Secrets({"k": "value"}, salt="salt")
    mark = secrets.placeholder("k")
    login = ("host", "user", "password", "private_key", "private_key_pem", "known_hosts")
    others = {"uploads": {mark: mark}, "downloads": [mark], "protocol": mark, "mode": mark}
    assert FTP.with_secrets(dict.fromkeys(login, mark) | others, secrets) == dict.fromkeys(login, "value") | others
    assert FTP.with_secrets([mark], secrets) == [mark]


def test_an_upload_interrupted_by_the_end_of_the_process_is_made_again() -> None:
    """It replaces the file, so that twice is once (durability.md 6.2)."""
    assert FTP.resendable(FTP.validate(LOGIN | {"uploads": {"a": "1"}}))


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (LOGIN, "h.example: log in only"),
        (LOGIN | {"uploads": {"a": "1"}, "downloads": ["b"]}, "h.example: upload a, download b"),
        (LOGIN | {"uploads": {"a": "1", "b": "2", "c": "3", "d": "4"}}, "h.example: upload a, b and 2 more"),
        ({}, "no host: log in only"),
        (None, "no host: log in only"),
    ],
)
def test_the_summary_says_where_and_what(options: Any, line: str) -> None:
    assert FTP.summary(options) == line


def test_no_password_is_in_what_python_prints_of_a_call() -> None:
    call = FTP.validate(LOGIN | {"password": "hush", "private_key": "PEM"})
    assert "hush" not in repr(call)
    assert "PEM" not in repr(call)
