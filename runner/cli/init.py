"""``runner init``: the folder of a project, with a first task that works; or what an existing one lacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from runner.cli.output import Output
from runner.errors import InputError, Where

_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
_HANDLE = "tag-large-orders"
_WORKFLOW = Path(".github", "workflows", "tasks.yml")


@click.command("init")
@click.argument("folder", default=".", type=click.Path(file_okay=False))
@click.option("--shop", help="The shop's permanent domain, such as example.myshopify.com.")
@click.option("--github", is_flag=True, help="Write a workflow that checks the tasks on every push; it needs no token.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(folder: str, shop: str | None, github: bool, force: bool, as_json: bool) -> None:
    """Begin a project in FOLDER: settings, a first task, two cases that test it.

    A folder that holds tasks already, such as a project of the platform's own command line, gets what it lacks and
    nothing else: its files stay as they are, mechanic.json and .mechanic/ are never written.
    """
    from runner.whole_files import write_files

    output = Output(as_json=as_json)
    root = Path(folder)
    if shop is not None and not _DOMAIN.fullmatch(shop):
        raise InputError(f'"{shop}" is not the permanent domain of a shop', hint="such as example.myshopify.com")
    known = shop or _vendor_shop(root)
    starts = force or _is_empty(root)
    files = {root / ".gitignore": _IGNORED.encode()}
    if starts:
        files |= {root / name: text.encode() for name, text in _starter()}
    if github:
        files[root / _WORKFLOW] = _WORKFLOW_TEXT.encode()
    settings = {root / "runner.yml": _settings(known).encode()}
    left = [] if force else [path for path, text in (settings | files).items() if _is_other(path, text)]
    written = write_files({path: text for path, text in files.items() if path not in left}, force=force)
    written += _write_snapshots(root) if starts else []
    # The settings come last: without them, whatever ended the command, the next one begins anew.
    written[:0] = write_files({path: text for path, text in settings.items() if path not in left}, force=force)
    _tell(output, root, written, left, starts=starts)
    output.document(
        {"folder": str(root), "shop": known, "written": [str(each) for each in written], "kept": [str(e) for e in left]}
    )


def _is_empty(root: Path) -> bool:
    """Whether there is no task but those of a beginning that was interrupted."""
    found = {each.name for each in (root / "tasks").glob("[!.]*")}
    begun = found <= {_HANDLE, f"{_HANDLE}.json"} and not (root / "runner.yml").exists()
    return (not found or begun) and not (root / "mechanic.json").exists()


def _is_other(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() != content


def _tell(output: Output, root: Path, written: list[Path], left: list[Path], *, starts: bool) -> None:
    for path in written:
        output.say(f"  {path.relative_to(root)}")
    for path in left:
        output.note(f"  {path.relative_to(root)} is there already: left as it is")
    if not written:
        output.say("There was nothing to add.")
        return
    at = "" if root == Path(".") else f"cd {root} && "
    output.say(f"Next: {at}runner preview {_HANDLE if starts else 'tasks/'}, then `runner test`.")


def _vendor_shop(root: Path) -> str | None:
    """The shop that ``mechanic.json`` names: any value that is a shop's domain, since its keys are not published."""
    file = root / "mechanic.json"
    if not file.is_file():
        return None
    from runner.cli.inputs import read_bytes
    from runner.model.json_text import read_json

    value = read_json(read_bytes(str(file), "project file"), file=str(file)).value
    if not isinstance(value, dict):
        raise InputError("it holds no object", where=Where(file=str(file)), hint="the platform's tool writes it anew")
    return next((each for each in _texts(value) if _DOMAIN.fullmatch(each)), None)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.lower().removeprefix("https://").rstrip("/")
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)


def _starter() -> Iterator[tuple[str, str]]:
    """(path, text) of the first task, of its folder, and of its cases."""
    from runner.model.task import Task
    from runner.shopify.schema import DEFAULT_VERSION
    from runner.task_folder import folder_files

    document = {
        "name": "Tag large orders",
        "docs": _DOCS,
        "options": {"minimum_total__number_required": 200, "tag_to_add__required": "large"},
        "script": _SCRIPT,
        "subscriptions": ["shopify/orders/create"],
        "subscriptions_template": "shopify/orders/create\n",
        "shopify_api_version": DEFAULT_VERSION,
        "perform_action_runs_in_sequence": False,
        "halt_action_run_sequence_on_error": False,
        "online_store_javascript": None,
        "order_status_javascript": None,
        "preview_event_definitions": [],
        "tags": ["Auto-Tag", "Orders"],
    }
    text = Task.from_json(document).canonical_json()
    yield f"tasks/{_HANDLE}.json", text
    for name, content in folder_files(Task.from_json(text)).items():
        yield f"tasks/{_HANDLE}/{name}", content.decode()
    yield f"fixtures/{_HANDLE}/large.yml", _case("An order at the minimum is tagged.", "200.00", "actions: 1")
    yield f"fixtures/{_HANDLE}/small.yml", _case("An order below it is left alone.", "199.99", "actions: 0, logs: 1")


def _case(description: str, total: str, expect: str) -> str:
    return (
        f"description: {description}\nevent:\n  topic: shopify/orders/create\n  data:\n    id: 1001\n"
        f"    admin_graphql_api_id: gid://shopify/Order/1001\n    name: '#1001'\n    total_price: '{total}'\n"
        f"expect: {{{expect}, liquid_error: null}}\n"
    )


def _write_snapshots(root: Path) -> list[Path]:
    """What the cases come to: written as `runner test --update` would."""
    from runner.testing.fixtures import read_case
    from runner.testing.play import play
    from runner.whole_files import write_file

    written = []
    for case in sorted((root / "fixtures" / _HANDLE).glob("*.yml")):
        kept = case.with_suffix(".json")
        text = json.dumps(play(read_case(case.absolute())), ensure_ascii=False, indent=2) + "\n"
        if write_file(kept, text.encode()):
            written.append(kept)
    return written


_DOCS = """Tags each new order whose total reaches a minimum.

Set the minimum in the shop's currency, and the tag. Orders below it are logged and left alone.
"""
_SCRIPT = """{% assign total = order.total_price | times: 1.0 %}

{% if total >= options.minimum_total__number_required %}
  {% action "shopify" %}
    mutation {
      tagsAdd(id: {{ order.admin_graphql_api_id | json }}, tags: [{{ options.tag_to_add__required | json }}]) {
        userErrors {
          field
          message
        }
      }
    }
  {% endaction %}
{% else %}
  {% log message: "Below the minimum", order: order.name, total: total %}
{% endif %}
"""
_IGNORED = ".runner/\n.env\n"


def _settings(shop: str | None) -> str:
    named = f"shop: {shop}" if shop else "# shop: example.myshopify.com"
    return (
        "# Settings of this project: `runner docs settings`. Secrets belong into the environment, not into this file.\n"
        f"{named}\n# access_token: env:SHOPIFY_ACCESS_TOKEN\nmode: dry # live: actions may change the shop\n"
    )


_WORKFLOW_TEXT = """# Checks the tasks of this repository on every push. Offline: it needs no token and reaches no shop.
name: tasks
on: [push, pull_request]
permissions:
  contents: read
jobs:
  tasks:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
      - run: pip install "mechanic-runner[test]"
      - run: runner tasks status
      - run: runner lint --github
      - run: runner preview tasks/
      - run: runner test --junit results.xml
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: results
          path: results.xml
"""
