"""Templates of messages (actions.md 3.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.errors import ActionError, LiquidError
from runner.mail.templates import Templates

CLOCK = FixedClock(datetime(2026, 11, 28, 9, 30, tzinfo=UTC))
SHOP = {"name": "Prints", "iana_timezone": "Europe/Berlin"}
OPTIONS = {"body": "<p>Hi</p>", "subject": "S", "to": ["a@example.com"], "footer": {"lines": ["x", "y"]}, "count": 2}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    return made


def body(folder: Path | None, name: str | None = None, options: dict[str, Any] = OPTIONS) -> str | None:
    return Templates(folder, SHOP).body(name, options, CLOCK)


def test_a_named_template_gets_every_option_and_the_shop(folder: Path) -> None:
    (folder / "order.liquid").write_text(
        "{{ shop.name }}|{{ body }}|{{ subject }}|{{ to | first }}|{{ footer.lines | join: '-' }}|{{ count | plus: 1 }}"
        "|{{ template }}|{{ nothing }}"
    )
    assert body(folder, "order", {**OPTIONS, "template": "order"}) == "Prints|<p>Hi</p>|S|a@example.com|x-y|3|order|"


def test_the_default_template_is_used_when_none_is_named(folder: Path) -> None:
    assert body(folder) is None
    (folder / "default.html").write_text("<div>{{ body }}</div>")
    (folder / "other.html").write_text("other")
    assert body(folder) == "<div><p>Hi</p></div>"
    assert body(folder, "other") == "other"


def test_dates_are_the_shops(folder: Path) -> None:
    (folder / "default.liquid").write_text("{{ 'now' | date: '%H:%M' }}")
    assert body(folder) == "10:30"


def test_a_change_counts_for_the_next_message(folder: Path) -> None:
    (folder / "default.liquid").write_text("one")
    templates = Templates(folder, SHOP)
    assert templates.body(None, {}, CLOCK) == "one"
    (folder / "default.liquid").write_text("two")
    assert templates.body(None, {}, CLOCK) == "two"


@pytest.mark.parametrize("name", ["missing", "../secret", "/etc/passwd", "a/b", ".hidden", "order.liquid"])
def test_an_unknown_template_is_a_named_error_and_no_file_outside_is_read(name: str, folder: Path) -> None:
    (folder / "order.liquid").write_text("x")
    (folder.parent / "secret.liquid").write_text("secret")
    (folder / ".hidden.liquid").write_text("hidden")
    with pytest.raises(ActionError) as raised:
        body(folder, name)
    assert (raised.value.code, raised.value.transient) == ("email.template", False)
    assert "order" in str(raised.value.hint)


@pytest.mark.parametrize("where", [None, "absent"])
def test_without_a_folder_there_are_no_templates(where: str | None, tmp_path: Path) -> None:
    folder = None if where is None else tmp_path / where
    assert body(folder) is None
    with pytest.raises(ActionError, match='no email template "order"'):
        body(folder, "order")


@pytest.mark.parametrize("text", ["a\n{% if %}", "a\n{{ body | no_such_thing: }}", "a\n{% endfor %}"])
def test_an_error_names_file_and_line(text: str, folder: Path) -> None:
    file = folder / "default.liquid"
    file.write_text(text)
    with pytest.raises(LiquidError) as raised:
        body(folder)
    assert raised.value.where is not None
    assert (raised.value.where.file, raised.value.where.line) == (str(file), 2)


def test_a_file_that_is_no_text_is_named(folder: Path) -> None:
    (folder / "default.liquid").write_bytes(b"\xff\xfe")
    with pytest.raises(ActionError, match="not UTF-8"):
        body(folder)


LINK = '<link rel="stylesheet" type="text/css" href="/assets/notifications/styles.css">'


@pytest.mark.parametrize(
    "link", [LINK, LINK.replace('"/assets', '"https://cdn.shop.test/assets'), LINK.replace('"', "'")]
)
def test_the_link_to_shopifys_styles_becomes_a_block_of_ones_own(link: str, folder: Path) -> None:
    (folder / "default.liquid").write_text(f"<head>{link}</head>{{{{ body }}}}")
    assert body(folder) == "<head></head><p>Hi</p>"
    (folder / "styles.css").write_text("p { color: red }")
    assert body(folder) == "<head><style>\np { color: red }\n</style></head><p>Hi</p>"


def test_other_links_and_those_in_a_body_are_left(folder: Path) -> None:
    (folder / "default.liquid").write_text('<link rel="stylesheet" href="https://x.test/a.css">{{ body }}')
    assert str(body(folder)).startswith('<link rel="stylesheet" href="https://x.test/a.css">')
