"""Corrections as edits of the texts that are open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lsprotocol.types import (
    CodeAction,
    CodeActionContext,
    CodeActionKind,
    OptionalVersionedTextDocumentIdentifier,
    Range,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)

from runner.lint.finding import Fix
from runner.lint.fixing import changes
from runner.lsp.diagnostics import Examined, Placed, diagnostic
from runner.lsp.documents import Document, Documents
from runner.model.json_write import replace_values
from runner.model.task import Task
from runner.task_folder import HEAD, PARTS

FIX_ALL = CodeActionKind("source.fixAll")
KINDS = (CodeActionKind.QuickFix, FIX_ALL)


def code_actions(
    found: Examined, document: Document, asked: Range, context: CodeActionContext, documents: Documents
) -> Iterator[CodeAction]:
    """The corrections of what is wrong in a range of ``document``, ways to silence it, and one for the whole task."""
    if found.task is None:
        return
    start, end = document.lines.offset(asked.start), document.lines.offset(asked.end)
    here = [each for each in found.placed if each.path == document.path and each.start <= end and start <= each.end]
    if _wants(context, CodeActionKind.QuickFix):
        for placed in here:
            yield from _correction(found.task, placed, document, documents)
        for placed in here:
            yield from _silencing(placed, document)
    fixes = [each.finding.fix for each in found.placed if each.finding.fix is not None]
    if fixes and _wants(context, FIX_ALL):
        edit = _edit(found.task, fixes, documents)
        if edit is not None:
            yield CodeAction("Correct all that can be corrected safely", kind=FIX_ALL, edit=edit)


def _wants(context: CodeActionContext, kind: str) -> bool:
    return context.only is None or any(kind == only or kind.startswith(f"{only}.") for only in context.only)


def _correction(task: Task, placed: Placed, document: Document, documents: Documents) -> Iterator[CodeAction]:
    fix = placed.finding.fix
    edit = _edit(task, [fix], documents) if fix is not None else None
    if fix is not None and edit is not None:
        title = f"{fix.says[:1].upper()}{fix.says[1:]}"
        told = diagnostic(placed, document)
        yield CodeAction(title, CodeActionKind.QuickFix, diagnostics=[told], is_preferred=True, edit=edit)


def _silencing(placed: Placed, document: Document) -> Iterator[CodeAction]:
    """A comment in the line before, where the finding stands in a script that is a file of its own."""
    if document.path.name != "script.liquid" or placed.finding.where.line is None:
        return
    start = document.text.rfind("\n", 0, placed.start) + 1
    text = document.text[start:]
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    newline = "\r\n" if "\r\n" in document.text else "\n"
    comment = f"{indent}{{% # lint: ignore {placed.finding.rule} %}}{newline}"
    place = document.lines.position(start)
    yield CodeAction(
        f"Ignore {placed.finding.rule} here",
        CodeActionKind.QuickFix,
        diagnostics=[diagnostic(placed, document)],
        edit=_workspace_edit([(document, [TextEdit(Range(place, place), comment)])]),
    )


def _edit(task: Task, fixes: Sequence[Fix], documents: Documents) -> WorkspaceEdit | None:
    """The edits of all files that ``fixes`` change; None when that is none."""
    edits = []
    for path, text in _texts(task, fixes, documents).items():
        document = documents.at(path)
        if text != document.text:
            edits.append((document, [_difference(document, text)]))
    return _workspace_edit(edits) if edits else None


def _workspace_edit(edits: Iterable[tuple[Document, list[TextEdit]]]) -> WorkspaceEdit:
    return WorkspaceEdit(
        document_changes=[
            TextDocumentEdit(OptionalVersionedTextDocumentIdentifier(document.uri, document.version), list(texts))
            for document, texts in edits
        ]
    )


def without_versions(action: CodeAction) -> CodeAction:
    """The same action for an editor that knows edits by address only."""
    edits = action.edit.document_changes if action.edit is not None else None
    found = {
        each.text_document.uri: [edit for edit in each.edits if isinstance(edit, TextEdit)]
        for each in edits or ()
        if isinstance(each, TextDocumentEdit)
    }
    action.edit = WorkspaceEdit(changes=found)
    return action


def _texts(task: Task, fixes: Sequence[Fix], documents: Documents) -> dict[Path, str]:
    """File -> its text after the corrections."""
    changed = changes(task, list(fixes))
    source = Path(task.file or "")
    if not source.is_dir():
        return {source: task.edited(**changed).to_json()} if changed else {}
    texts = {}
    stored = task.to_dict()
    for name, key in PARTS.items():
        document = documents.at(source / name)
        if key in changed and document.text:
            texts[source / name] = _with_ending_of(document.text, str(stored.get(key) or ""), str(changed.pop(key)))
    head = documents.at(source / HEAD)
    if changed and head.text:
        texts[source / HEAD] = replace_values(head.text, changed)
    return texts


def _with_ending_of(text: str, stored: str, new: str) -> str:
    """``new`` for a file whose text differs from what the task holds by a final newline only."""
    if text == f"{stored}\n":
        return f"{new}\n"
    return new.removesuffix("\n") if f"{text}\n" == stored else new


def _difference(document: Document, text: str) -> TextEdit:
    """The one edit that makes ``text`` of a document."""
    old = document.text
    start = _shared(old, text)
    tail = _shared(old[start:][::-1], text[start:][::-1])
    return TextEdit(document.lines.range(start, len(old) - tail), text[start : len(text) - tail])


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
