"""Every tag, filter, flag and object that there is has an entry in what the editor shows of the manual."""

from __future__ import annotations

from runner.liquid.filters import all_filters
from runner.liquid.objects.resources import RESOURCES
from runner.liquid.tags import TAGS
from runner.lsp import manual
from runner.model.option_key import FLAGS


def test_every_filter_and_tag_has_its_entry_with_an_example() -> None:
    assert sorted(manual.filters()) == sorted(all_filters())
    assert sorted({*TAGS, "{{"} - manual.tags().keys()) == ["content", "illegal", "output"]
    assert [entry.name for entry in manual.filters().values() if not entry.text or not entry.examples] == []


def test_every_flag_and_object_is_told_about() -> None:
    assert sorted(set(FLAGS) - manual.flags().keys()) == []
    assert sorted(set(RESOURCES) - manual.resources().keys()) == []
    assert {"event", "shop", "options", "cache"} <= manual.variables().keys()
