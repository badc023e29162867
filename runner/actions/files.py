"""files: makes files and gives out addresses where others can read them (actions.md 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runner.actions.base import ActionType, Outcome, Tools
from runner.actions.reading import shown_files
from runner.errors import ActionError
from runner.files import check
from runner.model.json import JSON

_UNAVAILABLE = "Files are kept by `runner run`, `runner serve` and `runner worker` for a configured shop."


class FilesAction(ActionType):
    """All files or none: what was kept before a failure is taken back."""

    name = "files"
    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "description": "files by name",
        "additionalProperties": {
            "type": ["string", "object"],
            "description": "the file of that name: text, or an object with one of the keys below",
        },
    }

    def validate(self, options: JSON) -> Mapping[str, Any]:
        check(options)
        return options if isinstance(options, Mapping) else {}

    def perform(self, options: Mapping[str, Any], tools: Tools) -> Outcome:
        store = tools.services.store
        if not options:
            return Outcome(ok=True, result={})
        if store is None:
            raise ActionError("files cannot be kept here", hint=_UNAVAILABLE, code="action.unavailable")
        made = tools.generated(options)
        kept = []
        try:
            for file in made:
                kept.append(store.put(tools.run_id, file))
        except BaseException:
            for each in kept:
                store.drop(each)
            raise
        warning = store.warning()
        warnings = [f"{file.name}: {text}" for file in made for text in file.warnings]
        warnings += [warning] if warning else []
        return Outcome(
            ok=True,
            result={file.name: file.to_dict() for file in kept},
            response={"warnings": warnings} if warnings else None,
        )

    def summary(self, options: JSON) -> str:
        names = [str(name) for name in options] if isinstance(options, Mapping) else []
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        return shown or "no files"

    def shown(self, options: JSON) -> JSON:
        """The files by their size."""
        return shown_files(options)
