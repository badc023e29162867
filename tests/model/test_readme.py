"""READMEs of the library, read back: tasks.md 7.3."""

from __future__ import annotations

import pytest

from runner.errors import TaskError
from runner.model.readme import read_readme

README = """# Tag new orders

Tags: Orders, Auto-Tag

Tags each order when it comes in.

* View in the library: x
* Task JSON: y
* Preview task code: [script.liquid](./script.liquid)

## Default options

```json
{
  "tag__required": "new",
  "note__multiline": "a\\nb"
}
```

[Learn about options](x)

## Subscriptions

```liquid
shopify/orders/create
{% if options.x %}
  user/a/b
{% endif %}
```

[Learn about subscriptions](x)

## Documentation

Tags each order when it comes in.

## A heading of the docs

```liquid
{{ code }}
```

## Installing this task

Find it.

## Contributions

Welcome.
"""


def test_name_tags_options_template_and_docs_are_read_back() -> None:
    assert read_readme(README) == {
        "name": "Tag new orders",
        "tags": ["Orders", "Auto-Tag"],
        "options": {"tag__required": "new", "note__multiline": "a\nb"},
        "subscriptions_template": "shopify/orders/create\n{% if options.x %}\n  user/a/b\n{% endif %}",
        "docs": "Tags each order when it comes in.\n\n## A heading of the docs\n\n```liquid\n{{ code }}\n```",
    }


def test_line_ends_inside_docs_stay() -> None:
    text = "# T\n\n## Documentation\n\nOne\r\n\r\nTwo\n\n\n## Contributions\n"
    assert read_readme(text)["docs"] == "One\r\n\r\nTwo\n"


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("# T\n\nTags: (not tagged!)\n", "tags", []),
        ("# T\n\n## Documentation\n\n(none)\n", "docs", None),
        ("# T\n\n## Documentation\n\nWords.\n", "docs", "Words."),
        ("# T\n", "docs", None),
        ("# T\n", "options", {}),
        ("# T\n", "subscriptions_template", ""),
        ("# T\r\n\r\n## Subscriptions\r\n\r\n```liquid\r\nuser/a/b\r\n```\r\n", "subscriptions_template", "user/a/b"),
        ("# T\n\n## Subscriptions\n\n```liquid\n```\n", "subscriptions_template", ""),
    ],
)
def test_what_is_absent_has_its_default(text: str, key: str, value: object) -> None:
    assert read_readme(text)[key] == value


def test_a_readme_without_tags_has_none() -> None:
    assert "tags" not in read_readme("# T\n")


def test_other_markdown_is_refused() -> None:
    with pytest.raises(TaskError, match="no title"):
        read_readme("Just words", file="README.md")


def test_options_that_are_not_json_are_refused_with_their_line() -> None:
    with pytest.raises(TaskError) as caught:
        read_readme("# T\n\n## Default options\n\n```json\n{oops}\n```\n", file="README.md")
    assert caught.value.where is not None
    assert (caught.value.where.line, caught.value.where.part) == (6, "options")
