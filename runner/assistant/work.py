"""Tools that let the engine work on a task: preview, lint, test, compare, list, build. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field

from runner.assistant.building import build
from runner.assistant.desk import LIBRARY_ID, Desk, Tool
from runner.assistant.index import has_all
from runner.assistant.texts import Limit, Offset, Tags, Topics
from runner.cli.inputs import event_in
from runner.cli.samples import sample_event, sample_shop
from runner.errors import InputError, RunnerError
from runner.model.task import Task
from runner.preview import preview_task as preview

_MOST_TEXT = 20_000
"""Characters of the difference of texts that are told."""

TaskWord = Annotated[
    str | None,
    Field(description="A task of the project by handle or path, or one of the library as task:HANDLE."),
]
Export = Annotated[
    dict[str, Any] | None,
    Field(description="In place of task: a whole export (name, script, subscriptions_template, options …), unsaved."),
]
Handle = Annotated[str, Field(description="The handle of a task of the project.")]


def work_tools(desk: Desk) -> list[Tool]:
    """The tools, in the order in which they are listed."""
    bench = Bench(desk)
    return [
        bench.list_tasks,
        bench.preview_task,
        bench.lint_task,
        bench.test_task,
        bench.diff_actions,
        bench.build_task_export,
    ]


class Bench:
    """The tools."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def list_tasks(
        self,
        source: Annotated[Literal["project", "library"], Field(description="Which tasks to list.")] = "project",
        tags: Tags = [],  # noqa: B006 - read only; the protocol shows it as the default
        subscriptions: Topics = [],  # noqa: B006
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> dict[str, Any]:
        """List the tasks of the project, or of the library, with topics and tags; those that cannot be read too."""
        found: list[dict[str, Any]] = []
        if source == "library":
            bookcase = self._desk.bookcase
            for handle, entry in bookcase.entries.items():
                row = _row(f"{LIBRARY_ID}{handle}", entry.task, bookcase.url(handle))
                found.append(row)
        else:
            for handle, path, task in self._desk.project_tasks():
                named = str(path.relative_to(self._desk.root)) if path.is_relative_to(self._desk.root) else str(path)
                if isinstance(task, RunnerError):
                    found.append({"id": handle, "file": named, "error": task.to_dict()})
                else:
                    found.append(_row(handle, task, named))
        fitting = [row for row in found if _fits(row, tags, subscriptions)]
        chosen = fitting[offset : offset + limit]
        following = offset + limit if offset + limit < len(fitting) else None
        return {"total": len(fitting), "tasks": chosen, "nextOffset": following}

    def preview_task(
        self,
        task: TaskWord = None,
        export: Export = None,
        event: Annotated[
            dict[str, Any] | None, Field(description="Render this event alone: {topic, data}; else one of each topic.")
        ] = None,
        options: Annotated[
            dict[str, Any] | None, Field(description="Values by whole option key, over those of the task.")
        ] = None,
    ) -> dict[str, Any]:
        """Render a task and tell what it would do: actions, logs, errors, access scopes, for each topic. Offline.

        Each topic is rendered with the events that the task defines for its preview, else with a sample. `errors` make
        the task invalid, `option_errors` would keep it from being enabled. Nothing is performed.
        """
        from runner.cli.preview import check_options
        from runner.shop_values import load_values

        found = self._desk.task(task, export)
        check_options(found, options, "options")
        settings = self._desk.settings
        values = load_values(settings)
        result = preview(
            found,
            sample=cache(sample_event),
            event=event_in(event) if event is not None else None,
            options={**found.options, **options} if options else None,
            globals=values.globals,
            secrets=values.without_values(),
            granted=settings.granted,
            shop=sample_shop(),
        )
        document = result.to_dict()
        return {
            "ok": result.ok,
            "errors": [fault.to_dict() for fault in result.faults],
            "task": document["task"],
            "events": document["previews"],
            "scopes": document["scopes"],
        }

    def lint_task(
        self,
        task: TaskWord = None,
        export: Export = None,
        severity: Annotated[
            Literal["error", "warning", "advice"], Field(description="The least severity to tell.")
        ] = "advice",
        rules: Annotated[list[str], Field(description="Rules or families to ask only, such as gql; else all.")] = [],  # noqa: B006
    ) -> dict[str, Any]:
        """Find mistakes in a task without running it: GraphQL against the schema, fields not selected, options, loops.

        Each finding has its line and a hint; get_doc doc:lint explains the rules.
        """
        from runner.cli.lint import asked_rules, surroundings
        from runner.cli.lint_text import summary_of
        from runner.lint.engine import examine
        from runner.lint.finding import Severity
        from runner.lint.ignoring import matches

        found = self._desk.task(task, export)
        settings = self._desk.settings
        asked, elsewhere = asked_rules(settings, {"only": rules, "without": (), "library": False})
        silent = tuple(elsewhere.get(found.handle or "", ()))
        asked = tuple(rule for rule in asked if not matches(rule.name, silent))
        findings = [
            each for each in examine(found, asked, surroundings(settings)) if _reaches(each, Severity(severity))
        ]
        summary = summary_of(findings, 1)
        return {"ok": not summary["errors"], "summary": summary, "findings": [each.to_dict() for each in findings]}

    def test_task(
        self,
        task: Annotated[
            str | None, Field(description="A task's handle, or a case such as my-task/plain; else all of the project.")
        ] = None,
        coverage: Annotated[bool, Field(description="Tell what the cases and previews never enter, too.")] = False,
    ) -> dict[str, Any]:
        """Run the cases of a task (fixtures/<task>/*.yml, and the preview events it defines) against their snapshots.

        What differs is told action by action. Snapshots stay as they are: `runner test --update` takes over what is
        meant. With coverage, gaps name the lines and conditions that nothing entered.
        """
        from runner.cli.test import chosen_targets, covered_tasks
        from runner.testing.running import run_cases
        from runner.testing.tracing import Tracing

        root = self._desk.root
        targets, handles = chosen_targets(root, [task] if task is not None else [])
        tracing = Tracing() if coverage else None
        results = run_cases(root, targets, handles, tracing=tracing)
        if not results.cases and not results.unused and tracing is None:
            hint = "a case is a file fixtures/<task>/<case>.yml: get_doc doc:fixtures"
            raise InputError("there is no case to run", code="fixture.missing", hint=hint)
        document: dict[str, Any] = {
            "ok": results.ok,
            "passed": sum(case.outcome == "passed" for case in results.cases),
            "failed": sum(case.outcome == "failed" for case in results.cases),
            "cases": [case.to_dict() for case in results.cases],
            "unused_snapshots": [str(each.relative_to(root)) for each in results.unused],
        }
        if tracing is not None:
            document["coverage"] = [each.to_dict() for each in covered_tasks(root, handles, tracing)]
        return document

    def diff_actions(
        self,
        task: Handle,
        other: Annotated[
            str | None, Field(description="What to compare with: a revision of Git (default HEAD), or a file.")
        ] = None,
        export: Annotated[
            dict[str, Any] | None,
            Field(description="In place of other: an edited export, which counts as the new one."),
        ] = None,
        events: Annotated[int, Field(ge=0, le=200, description="How many stored events to try as well.")] = 20,
    ) -> dict[str, Any]:
        """Tell what one version of a task does differently from another, over its cases, previews and stored events.

        Without export, the old version is `other` and the new one is the file as it is now. With it, the file is the
        old one and the export the new one. Actions are matched by type and by what they are aimed at.
        """
        from runner.cli.diff import other_version
        from runner.cli.diff_cases import cases_of, compare, stored_events, subscriptions
        from runner.cli.task_places import task_place

        if other is not None and export is not None:
            raise InputError("other and export exclude each other", code="input.usage", hint="give one of them")
        place = task_place(task, self._desk.root)
        now = self._desk.task(str(place.file if place.file.is_file() else place.folder), None)
        if export is None:
            old, new = other_version(place, other or "HEAD"), now
        else:
            old, new = now, self._desk.task(None, export)
        topics = list(dict.fromkeys(each.topic for version in (old, new) for each in subscriptions(version)))
        stored = stored_events(self._desk.settings, topics, events) if events else []
        compared = list(compare(cases_of(self._desk.root, place.handle, old, new, stored), old, new))
        different = [each for each in compared if each.changes]
        return {
            "task": place.handle,
            "same_actions": not different,
            "compared": len(compared),
            "different": [
                {**each.to_dict(), "told": [line for change in each.changes for line in change.lines()]}
                for each in different
            ],
        }

    def build_task_export(
        self,
        name: Annotated[str, Field(min_length=1, description="The name of the task.")],
        script: Annotated[str, Field(description="The Liquid script.")],
        subscriptions: Annotated[
            list[str] | None, Field(description="Topics, with offsets such as +1.hour; made of the template if absent.")
        ] = None,
        subscriptions_template: Annotated[
            str | None, Field(description="The template of subscriptions; made of the list if absent.")
        ] = None,
        options: Annotated[
            dict[str, Any] | None, Field(description="Values by whole option key; keys that the script reads get null.")
        ] = None,
        docs: Annotated[str, Field(description="Documentation in Markdown.")] = "",
        tags: Annotated[list[str], Field(description="Tags of the task.")] = [],  # noqa: B006
        preview_event_definitions: Annotated[
            list[dict[str, Any]], Field(description="Events {description, event_attributes: {topic, data}}.")
        ] = [],  # noqa: B006
        shopify_api_version: Annotated[str | None, Field(description="Such as 2026-04; else the present one.")] = None,
    ) -> dict[str, Any]:
        """Put a task export together from its parts, check it, and give it as the text of its file. Nothing is saved.

        Subscriptions and their template are made of each other; options are the keys that the script reads. `errors`
        say what keeps it from being saved or enabled. Save `json` as `file`, then preview_task and lint_task it.
        """
        parts = {
            "docs": docs,
            "tags": tags,
            "preview_event_definitions": preview_event_definitions,
            "shopify_api_version": shopify_api_version,
        }
        return build(name, script, options or {}, parts, subscriptions=subscriptions, template=subscriptions_template)


def _row(name: str, task: Task, file: str) -> dict[str, Any]:
    topics = list(dict.fromkeys(line.partition("+")[0] for line in task.subscriptions or task.template.split()))
    return {"id": name, "title": task.name, "file": file, "subscriptions": topics, "tags": list(task.tags)}


def _fits(row: Mapping[str, Any], tags: Sequence[str], topics: Sequence[str]) -> bool:
    subscribed = "\n".join(row.get("subscriptions", ())).lower()
    return has_all(tags, row.get("tags", ())) and all(topic.lower() in subscribed for topic in topics)


def _reaches(finding: Any, least: Any) -> bool:
    return bool(finding.severity.reaches(least))
