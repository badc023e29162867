"""``runner preview --shop``: with a store's answers in place of the made-up ones of the script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.made import event_file, task_file

TOPIC = "shopify/products/update"
SCRIPT = """{% capture query %}query { product(id: {{ event.data.admin_graphql_api_id | json }}) {
  title templateSuffix tags variants(first: 1) { nodes { sku } } } }{% endcapture %}
{% assign result = query | shopify %}
{% if event.preview %}
  {% capture result_json %}{"data": {"product": {"title": 7, "templateSuffix": "x", "tags": ["a"],
    "variants": {"nodes": [{"sku": "A"}]}}}}{% endcapture %}
  {% assign result = result_json | parse_json %}
{% endif %}
{% log result.data.product.title %}"""


def words(folder: Path, script: str = SCRIPT) -> tuple[str | Path, ...]:
    return ("preview", task_file(folder, script, subscriptions_template=TOPIC), "--shop", "prints")


def test_it_shows_what_the_store_answers_and_how_the_made_up_data_differ(run: Command, tmp_path: Path) -> None:
    ran = run(*words(tmp_path))
    assert ran.code == 0
    assert "Log: Harbour at Dawn" in ran.out
    assert "product.title is a number, in the store text" in ran.out
    assert "product.templateSuffix is text, in the store nil" in ran.out
    assert "sku" not in ran.out


def test_the_document_has_renderings_and_differences(run: Command, tmp_path: Path) -> None:
    document = run(*words(tmp_path), "--json").document
    assert [(each["topic"], each["logs"]) for each in document["previews"]] == [(TOPIC, ["Harbour at Dawn"])]
    (stub,) = document["stubs"]
    assert [each["path"] for each in stub["differences"]] == ["product.title", "product.templateSuffix"]


def test_an_event_of_ones_own_is_taken(run: Command, tmp_path: Path) -> None:
    event = event_file(tmp_path, TOPIC, {"admin_graphql_api_id": "gid://shopify/Product/80000002"})
    assert "Log: Salt Marsh" in run(*words(tmp_path), "--event", event).out


def test_nothing_is_performed(run: Command, tmp_path: Path) -> None:
    action = '{% action "shopify" %}mutation { tagsAdd(id: "gid://shopify/Product/1", tags: ["x"]) '
    action += "{ userErrors { message } } }"
    ran = run(*words(tmp_path, action + "{% endaction %}"))
    assert (ran.code, "Action 1: shopify" in ran.out) == (0, True)


def test_a_script_that_fails_on_real_answers_fails(run: Command, tmp_path: Path) -> None:
    ran = run(*words(tmp_path, '{% unless event.preview %}{% error "no" %}{% endunless %}'))
    assert (ran.code, "no" in ran.out) == (1, True)


@pytest.mark.parametrize(("more", "told"), [(("--input", "INPUT"), "--input"), (("MORE",), "--shop")])
def test_what_does_not_go_together_is_told(run: Command, tmp_path: Path, more: tuple[str, ...], told: str) -> None:
    given = tmp_path / "input.json"
    given.write_text("{}")
    other = task_file(tmp_path, SCRIPT, name="other")
    places = {"INPUT": str(given), "MORE": str(other)}
    ran = run(*words(tmp_path), *(places.get(word, word) for word in more))
    assert ran.code == 2
    assert told in ran.err


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the task, and cases for it."""
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", SCRIPT, name="mine", subscriptions_template=TOPIC)
    (tmp_path / "runner.yml").write_text("")
    event = f"event: {{topic: {TOPIC}, data: {{admin_graphql_api_id: gid://shopify/Product/80000002}}}}\n"
    cases = {
        "recorded": event + "reads: {graphql: {product: {title: Written Down, templateSuffix: null}}}\n",
        "asked": event + "shop: prints\n",
        "preview": f"event: {{topic: {TOPIC}, preview: true}}\n",
        "live": "shop: prints\nlive: [{wait: 2h}]\n",
    }
    folder = tmp_path / "fixtures" / "mine"
    folder.mkdir(parents=True)
    for name, text in cases.items():
        (folder / f"{name}.yml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("case", "title"), [("recorded", "Written Down"), ("asked", "Salt Marsh")])
def test_a_case_gives_its_event_and_its_answers(run: Command, own: Path, case: str, title: str) -> None:
    ran = run("preview", "mine", "--case", f"mine/{case}")
    assert ran.code == 0
    assert f"Log: {title}" in ran.out
    assert "product.templateSuffix is text, in the store nil" in ran.out


@pytest.mark.parametrize(
    ("case", "told"), [("preview", "a preview asks nothing"), ("live", "no one rendering"), ("recorde", "recorded")]
)
def test_a_case_without_answers_is_refused(run: Command, own: Path, case: str, told: str) -> None:
    ran = run("preview", "mine", "--case", f"mine/{case}")
    assert ran.code == 2
    assert told in ran.err


def test_a_case_has_a_store_of_its_own(run: Command, own: Path) -> None:
    ran = run("preview", "mine", "--case", "mine/recorded", "--shop", "prints")
    assert (ran.code, "--case and --shop exclude each other" in ran.err) == (2, True)
