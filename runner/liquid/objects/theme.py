"""Themes and their files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runner.liquid.objects.listing import Listing, ResourceCollection
from runner.liquid.objects.relation import Many, Relation
from runner.liquid.objects.resource import Resource

THEMES = Listing("theme", ("themes.json",), paged=False, limit=False)


class AssetCollection(ResourceCollection):
    """``theme.assets``: one by its key (``templates/index.json``), with its content, which the list leaves out."""

    __slots__ = ()

    def find(self, key: Any) -> Any:
        if not isinstance(key, str):
            return super().find(key)
        found = self.fetch.one(self.listing.paths[0], "asset", {"asset[key]": key})
        return None if found is None else ThemeAsset(found, self.fetch, owner=self.owner, whole=True)


class ThemeAsset(Resource):
    """``key value content_type size …`` of one file of a theme."""

    NAME = "asset"
    __slots__ = ()


class Theme(Resource):
    """``name role …`` of a theme, and its files."""

    NAME = "theme"
    PATH = "themes/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "assets": Many(Listing("asset", ("themes/{id}/assets.json",), paged=False, limit=False, form=AssetCollection)),
    }
    __slots__ = ()
