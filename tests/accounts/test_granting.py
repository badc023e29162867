"""How a person is asked: the page, the way back to this machine, the code on another device (RFC 6749, 7636, 8628)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from runner.accounts import PROVIDERS, Account
from runner.accounts.granting import Callback, Invitation, invite, invite_device, redeem, wait_for_device
from runner.actions.base import Services
from runner.clock import FixedClock
from runner.errors import ConfigError, InputError
from tests.servers.providers import CLIENT, REFRESH, SECRET, Providers
from tests.servers.web import Answer

GOOGLE = PROVIDERS["google"]
APPLICANT = Account("new", client_id=CLIENT, client_secret=SECRET, scopes=("a", "b"))
Redeem = Callable[..., Account]


def random(size: int) -> str:
    return f"{size}-bytes-of-randomness-that-is-not".ljust(43, "x")


def invitation(providers: Providers, port: int = 1234, name: str = "google") -> Invitation:
    path = urlsplit(PROVIDERS[name].authorize or "").path
    return invite(PROVIDERS[name], APPLICANT, address=providers.url + path, port=port, random=random)


@pytest.fixture
def exchange(providers: Providers, outside: Services, clock: FixedClock) -> Redeem:
    """``exchange(invitation, code)``: the account."""

    def act(invited: Invitation, code: str, applicant: Account = APPLICANT) -> Account:
        address = f"{providers.url}/token"
        return redeem(GOOGLE, applicant, invited, code, address=address, network=outside.network, clock=clock)

    return act


@contextmanager
def asking(*addresses: str) -> Iterator[list[httpx.Response]]:
    """A browser that opens these one after the other, meanwhile."""
    got: list[httpx.Response] = []

    def browse() -> None:
        got.extend(httpx.get(address, follow_redirects=True, timeout=5) for address in addresses)

    thread = threading.Thread(target=browse)
    thread.start()
    yield got
    thread.join()


def test_the_page_asks_for_the_scopes_with_a_state_and_a_challenge(providers: Providers) -> None:
    query = parse_qs(urlsplit(invitation(providers).address).query)
    assert {name: values for name, values in query.items() if name not in ("state", "code_challenge")} == {
        "client_id": [CLIENT],
        "redirect_uri": ["http://127.0.0.1:1234/"],
        "response_type": ["code"],
        "scope": ["a b"],
        "code_challenge_method": ["S256"],
        "access_type": ["offline"],
        "prompt": ["consent"],
    }
    assert random(48) not in invitation(providers).address, "the verifier stays here"


def test_only_google_is_asked_for_offline_access(providers: Providers) -> None:
    query = parse_qs(urlsplit(invitation(providers, name="airtable").address).query)
    assert query["redirect_uri"] == ["http://localhost:1234/"]
    assert not {"access_type", "prompt"} & set(query)


def test_the_browser_comes_back_with_a_code_that_buys_tokens(providers: Providers, exchange: Redeem) -> None:
    with Callback(0) as callback:
        invited = invitation(providers, callback.port)
        with asking(invited.address) as got:
            code = callback.wait(invited, 10)
    account = exchange(invited, code)
    assert (account.access_token, account.refresh_token) == ("ya29.access-token-1", REFRESH)
    assert "You can close this page" in got[0].text
    assert got[0].headers["referrer-policy"] == "no-referrer"
    assert code not in got[0].text


def test_what_is_not_the_answer_is_turned_away(providers: Providers) -> None:
    """Another state would connect somebody else's account to this one."""
    with Callback(0) as callback:
        invited, here = invitation(providers, callback.port), f"http://127.0.0.1:{callback.port}"
        with asking(
            f"{here}/favicon.ico",
            f"{here}/",
            f"{here}/?code=stolen",
            f"{here}/?code=stolen&state=another",
            f"{here}/?error=access_denied&state=another",
            f"{here}/other?code=stolen&state={invited.state}",
            invited.address,
        ) as got:
            code = callback.wait(invited, 10)
    assert code == "4/code-1"
    assert [reply.status_code for reply in got] == [404, 404, 404, 200, 200, 404, 200]


def test_a_connection_that_says_nothing_keeps_nobody_waiting_for_ever(providers: Providers) -> None:
    with Callback(0) as callback:
        invited = invitation(providers, callback.port)
        with socket.create_connection(("127.0.0.1", callback.port)) as silent:
            silent.shutdown(socket.SHUT_WR)
            with asking(invited.address):
                assert callback.wait(invited, 10) == "4/code-1"


def test_a_person_who_says_no_ends_it(providers: Providers) -> None:
    providers.denies = True
    with Callback(0) as callback:
        invited = invitation(providers, callback.port)
        with asking(invited.address) as got, pytest.raises(InputError) as caught:
            callback.wait(invited, 10)
    assert (str(caught.value.message), caught.value.code) == (
        "the account was not connected: access_denied",
        "account.denied",
    )
    assert "not allowed" in got[0].text


def test_nobody_who_comes_ends_it_too(providers: Providers) -> None:
    with Callback(0) as callback, pytest.raises(InputError, match="nobody allowed it within") as caught:
        callback.wait(invitation(providers, callback.port), 0.0)
    assert "--paste" in str(caught.value.hint)


def test_a_port_that_is_taken_is_named() -> None:
    with Callback(0) as callback, pytest.raises(ConfigError, match=f"port {callback.port}") as caught:
        Callback(callback.port)
    assert "--port" in str(caught.value.hint)


def test_a_code_counts_once_and_with_its_verifier_only(providers: Providers, exchange: Redeem) -> None:
    def code() -> tuple[Invitation, str]:
        invited = invitation(providers)
        place = httpx.get(invited.address).headers["location"]
        return invited, str(invited.code(urlsplit(place).query))

    invited, first = code()
    assert exchange(invited, first).refresh_token == REFRESH
    with pytest.raises(InputError, match="invalid_grant") as caught:
        exchange(invited, first)
    assert caught.value.code == "account.denied"
    invited, second = code()
    with pytest.raises(InputError, match="invalid_grant"):
        exchange(Invitation(invited.address, invited.redirect, invited.state, "another verifier"), second)


def test_tokens_without_one_to_buy_others_with_are_no_connection(providers: Providers, exchange: Redeem) -> None:
    providers.token_faults = [Answer(200, b'{"access_token": "t", "expires_in": 3600}')]
    with pytest.raises(InputError, match="none to buy another one with"):
        exchange(invitation(providers), "4/code")


@pytest.fixture
def device(providers: Providers, outside: Services, clock: FixedClock) -> Callable[[], Account]:
    """Asks for a code, and waits until it is used."""

    def act() -> Account:
        invited = invite_device(GOOGLE, APPLICANT, address=f"{providers.url}/device/code", network=outside.network)
        assert (invited.page, invited.user_code) == ("https://g.test/device", "ABC-DEF")
        address = f"{providers.url}/token"
        return wait_for_device(GOOGLE, APPLICANT, invited, address=address, network=outside.network, clock=clock)

    return act


def test_a_device_is_asked_again_until_the_person_has_typed_the_code(
    providers: Providers, device: Callable[[], Account], clock: FixedClock
) -> None:
    start, providers.pending = clock.now(), 3
    assert device().refresh_token == REFRESH
    assert (clock.now() - start).total_seconds() == 4
    assert providers.saw[0].form == {"scope": "a b", "client_id": CLIENT, "client_secret": SECRET}
    assert providers.saw[-1].form["device_code"] == "dev-1"


def test_slow_down_adds_five_seconds_and_a_fault_is_waited_out(
    providers: Providers, device: Callable[[], Account], clock: FixedClock
) -> None:
    start = clock.now()
    slow = Answer(403, b'{"error": "slow_down"}', (("Content-Type", "application/json"),))
    providers.token_faults = [slow, Answer(503, b"{}"), Answer(drop=True)]
    assert device().refresh_token == REFRESH
    assert (clock.now() - start).total_seconds() == 1 + 6 + 6 + 6


@pytest.mark.parametrize(("denies", "words"), [(True, "access_denied"), (False, "not used in time")])
def test_a_device_that_is_not_allowed(
    denies: bool, words: str, providers: Providers, device: Callable[[], Account]
) -> None:
    providers.denies, providers.pending, providers.patience = denies, 0 if denies else 10_000, (5, 1)
    with pytest.raises(InputError, match=words):
        device()
