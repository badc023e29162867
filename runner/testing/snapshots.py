"""Snapshots of cases: ``fixtures/<handle>/<case>.json`` beside the case, kept by syrupy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from syrupy.data import SnapshotCollection, SnapshotCollections
from syrupy.extensions.json import JSONSnapshotExtension

from runner.testing.fixtures import SUFFIXES, is_case
from runner.whole_files import write_file

if TYPE_CHECKING:
    from syrupy.location import PyTestLocation

    from runner.testing.fixtures import Case

DEFINITIONS = "previews"
"""The folder in ``fixtures/<handle>/`` for what preview events of the task come to."""
ITEM = "rendering"
"""The name of the one test of a case, and of its snapshot."""
_MARKS = ({"actions", "liquid_error"}, {"steps", "quiet", "totals"})
"""Keys by which a snapshot, of a rendering or of a live case, is told from other JSON files."""


class CaseSnapshots(JSONSnapshotExtension):
    """One JSON file a case, in the case's own folder and under its name, keys in the order given.

    A file is unused when its case is gone. Nothing else in the folders is ever claimed, so that ``--snapshot-update``
    can delete nothing else.
    """

    def serialize(self, data: Any, **unused: Any) -> str:
        """The text of the file."""
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """The folder of the case."""
        return str(Path(test_location.filepath).parent)

    @classmethod
    def discovery_dirname(cls, *, test_location: PyTestLocation) -> str:
        """``fixtures/``: a folder whose last case is gone is looked into as well."""
        return str(Path(test_location.filepath).parent.parent)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: Any = 0) -> str:
        """The same in every file: it holds one."""
        return ITEM

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: Any) -> str:
        """The name of the case."""
        return test_location.basename

    def read_snapshot_collection(self, *, snapshot_location: str) -> SnapshotCollection:
        """The one snapshot of the file."""
        from syrupy.data import Snapshot

        collection = SnapshotCollection(location=snapshot_location)
        collection.add(Snapshot(name=ITEM))
        return collection

    @classmethod
    def write_snapshot_collection(
        cls, *, snapshot_collection: SnapshotCollection, name_order: dict[str, int] | None = None
    ) -> None:
        """The file, whole or not at all."""
        (snapshot,) = snapshot_collection
        write_file(Path(snapshot_collection.location), str(snapshot.data).encode())

    def discover_snapshots(
        self, *, test_location: PyTestLocation, ignore_extensions: list[str] | None = None
    ) -> SnapshotCollections:
        """The snapshots whose cases are gone. Syrupy asks at the places of other tests too: there is none of ours."""
        found = SnapshotCollections()
        if is_case(Path(test_location.filepath)):
            for file in orphans(Path(test_location.filepath).parent.parent):
                found.add(self.read_snapshot_collection(snapshot_location=str(file)))
        return found


class DefinitionSnapshots(CaseSnapshots):
    """The same for preview events that tasks define: ``fixtures/<handle>/previews/<name>.json``."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """The folder of the task's cases, and therein ``previews``."""
        case = cast("Case", test_location.item.case)  # type: ignore[attr-defined]
        return str(case.path.parent / DEFINITIONS)

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: Any) -> str:
        """The name of the event."""
        return str(test_location.nodename)

    def discover_snapshots(
        self, *, test_location: PyTestLocation, ignore_extensions: list[str] | None = None
    ) -> SnapshotCollections:
        """None: `runner test` itself looks for those whose events are gone."""
        return SnapshotCollections()


def definition_orphans(fixtures: Path) -> list[Path]:
    """Snapshots in ``fixtures/*/previews/`` whose task defines no such event any more."""
    from runner.testing.definitions import definition_names

    found = []
    for folder in sorted(fixtures.glob(f"*/{DEFINITIONS}")):
        names = definition_names(fixtures.parent, folder.parent.name)
        if names is not None:
            found += [each for each in sorted(folder.glob("*.json")) if each.stem not in names and _is_snapshot(each)]
    return found


def orphans(fixtures: Path) -> list[Path]:
    """Snapshots in ``fixtures/*/`` without a case of the same name."""
    files = (file for file in sorted(fixtures.glob("*/*.json")) if file.parent.name[0] not in "_.")
    return [file for file in files if not _has_case(file) and _is_snapshot(file)]


def _has_case(file: Path) -> bool:
    return any(file.with_suffix(suffix).is_file() for suffix in SUFFIXES)


def _is_snapshot(file: Path) -> bool:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and any(marks <= content.keys() for marks in _MARKS)
