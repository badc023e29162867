"""``secrets``, ``globals`` and options that name one, in templates (liquid.md 5.1, tasks.md 3.6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.liquid.objects.secrets import SecretReference, secret_reference, secret_references
from runner.liquid.render import render, render_subscriptions
from runner.model.event import Event
from runner.model.secret import Secrets, resolve
from runner.model.task import Task
from tests.liquid.objects.recorded import NOW

VALUE = "RAW-VALUE-42"
SECRETS = Secrets({"api_token": VALUE, "gone": None}, salt="s")
TOKEN = SECRETS.placeholder("api_token")
GLOBALS = {"rates": {"eu": [1, 2.5, False]}, "name": "Prints", "zero": 0, "off": False, "nothing": None}


def log(script: str, options: Mapping[str, Any] | None = None, *, preview: bool = True, **given: Any) -> Any:
    """What ``script`` logs, with the globals and secrets above."""
    task = Task("T", f"{{% log %}}{script}{{% endlog %}}", options=options or {})
    event = Event("mechanic/user/trigger", preview=preview)
    rendering = render(task, event, clock=FixedClock(NOW), **{"globals": GLOBALS, "secrets": SECRETS, **given})
    assert rendering.error is None, rendering.liquid_error
    assert VALUE not in json.dumps(rendering.to_dict())
    return rendering.logs[0]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("{{ secrets.api_token | json }}", TOKEN),
        ('"{{ secrets.api_token }}"', TOKEN),
        ('{{ secrets["api_token"] | append: "!" | json }}', TOKEN + "!"),
        ('{{ "Bearer " | append: secrets.api_token | json }}', "Bearer " + TOKEN),
        ("{{ secrets | json }}", {"api_token": TOKEN, "gone": SECRETS.placeholder("gone")}),
        ('{{ "a" | split: "," | push: secrets.api_token | json }}', ["a", TOKEN]),
        ("{{ secrets.api_token | url_param_escape | url_encode | json }}", TOKEN),
        ("{{ secrets.missing | json }}", None),
        ("{{ secrets.api_token.anything | json }}", None),
        ("{{ secrets.api_token[0] | json }}", None),
        ("{{ secrets.api_token.size | json }}", None),
        ("[{% for x in secrets.api_token %}1,{% endfor %}2]", [2]),
        ("[{% for pair in secrets %}{{ pair.first | json }},{% endfor %}0]", ["api_token", "gone", 0]),
        ("{% if secrets.api_token %}1{% else %}0{% endif %}", 1),
        ("{% if secrets.missing %}1{% else %}0{% endif %}", 0),
        ("{% if secrets.api_token == blank or secrets.api_token == empty %}1{% else %}0{% endif %}", 0),
        ("{% if secrets.api_token == nil %}1{% else %}0{% endif %}", 0),
        ("{% if secrets.api_token == secrets.api_token %}1{% else %}0{% endif %}", 1),
        ("{% if secrets.api_token == secrets.gone %}1{% else %}0{% endif %}", 0),
        ('{% if secrets.api_token contains "RAW" %}1{% else %}0{% endif %}', 0),
        ('{{ secrets.api_token | default: "x" | json }}', TOKEN),
    ],
)
@pytest.mark.parametrize("preview", [True, False])
def test_a_secret_is_truthy_and_shows_its_placeholder_only(script: str, expected: Any, preview: bool) -> None:
    assert log(script, preview=preview) == expected


def test_a_filter_that_changes_letters_breaks_the_placeholder_and_shows_no_value() -> None:
    shown = log("{{ secrets.api_token | upcase | json }}")
    assert shown == TOKEN.upper()
    assert resolve(shown, SECRETS) == shown


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("{{ globals.rates.eu | json }}", [1, 2.5, False]),
        ("{{ globals.name | json }}", "Prints"),
        ('{{ globals["zero"] | json }}', 0),
        ("{{ globals.off | json }}", False),
        ("{{ globals.nothing | json }}", None),
        ("{{ globals.missing.deep | json }}", None),
        ("{{ globals | json }}", GLOBALS),
    ],
)
def test_globals_are_json_values_by_key(script: str, expected: Any) -> None:
    assert log(script) == expected


@pytest.mark.parametrize("assigned", ['globals["x"] = 1', 'secrets["x"] = 1', 'globals["rates"]["x"] = 1'])
def test_they_cannot_be_assigned_to(assigned: str) -> None:
    task = Task("T", f"{{% assign {assigned} %}}")
    rendering = render(task, Event("mechanic/user/trigger"), clock=FixedClock(NOW), globals=GLOBALS, secrets=SECRETS)
    assert rendering.error is not None


@pytest.mark.parametrize(
    ("key", "stored", "expected"),
    [
        ("token__secret_required", "api_token", TOKEN),
        ("token__required_secret", "gone", SECRETS.placeholder("gone")),
        ("token__secret", "missing", None),
        ("token__secret", "", None),
        ("token__secret", None, None),
        ("token__secret", 5, None),
        ("rates__global", "rates", GLOBALS["rates"]),
        ("zero__global_required", "zero", 0),
        ("off__global", "off", False),
        ("missing__global", "missing", None),
        ("missing__global", "", None),
        ("missing__global", ["rates"], None),
        ("select__select_o1_global_o2_secret", "secret", "secret"),
    ],
)
def test_an_option_names_a_global_or_a_secret(key: str, stored: Any, expected: Any) -> None:
    assert log(f"{{{{ options.{key} | json }}}}", {key: stored}) == expected
    assert log("{{ task.options | json }}", {key: stored}) == {key: expected}


def test_liquid_in_option_values_sees_both() -> None:
    options = {"line": "{{ globals.name }}: {{ secrets.api_token }}"}
    assert log("{{ options.line | json }}", options) == f"Prints: {TOKEN}"


def test_without_any_given_both_are_empty() -> None:
    script = "{{ secrets.api_token | json }}"
    assert log(script, secrets=None) is None
    assert log("{{ globals | json }}", globals=None) == {}


def test_plain_values_may_be_given_instead_of_secrets() -> None:
    shown = log("{{ secrets.api_token | json }}", secrets={"api_token": VALUE})
    assert shown == Secrets({}).placeholder("api_token")


def test_an_action_keeps_the_placeholder_until_it_is_performed() -> None:
    script = """{% assign url = "https://x.test/?k=" | append: secrets.api_token %}
        {% action "http" %}{"method": "get", "url": {{ url | json }},
        "headers": {"Authorization": "Bearer {{ options.token__secret }}"}}{% endaction %}"""
    task = Task("T", script, options={"token__secret": "api_token"})
    (action,) = render(task, Event("mechanic/user/trigger"), clock=FixedClock(NOW), secrets=SECRETS).actions
    assert VALUE not in json.dumps(action.to_dict())
    assert resolve(action.options, SECRETS) == {
        "method": "get",
        "url": f"https://x.test/?k={VALUE}",
        "headers": {"Authorization": f"Bearer {VALUE}"},
    }


def test_subscriptions_see_the_values_of_options_that_name_a_global() -> None:
    task = Task(
        "T",
        subscriptions_template="mechanic/user/trigger+{{ options.days__global }}.days",
        options={"days__global": "zero"},
    )
    assert render_subscriptions(task, clock=FixedClock(NOW), globals=GLOBALS) == "mechanic/user/trigger+0.days"
    assert render_subscriptions(task, clock=FixedClock(NOW)) == "mechanic/user/trigger+.days"


def test_a_reference_tells_its_key_and_no_value() -> None:
    reference = secret_reference("api_token", SECRETS)
    assert repr(reference) == "SecretReference('api_token')"
    assert isinstance(reference, SecretReference)
    assert reference.key == "api_token"
    assert secret_reference(["api_token"], SECRETS) is None
    assert set(secret_references(SECRETS)) == {"api_token", "gone"}
