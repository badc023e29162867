"""Findings and faults as diagnostics, each in the file and at the place where it is to be corrected."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lsprotocol.types import CodeDescription, Diagnostic, DiagnosticSeverity, DiagnosticTag

import runner
from runner.errors import RunnerError
from runner.lint.engine import examine
from runner.lint.finding import Finding, Rule, Severity
from runner.lint.rules import RULES
from runner.lint.subject import Surroundings
from runner.lsp.documents import Document, load
from runner.lsp.views import key_spans
from runner.model.json_text import path_words
from runner.model.task import Task
from runner.task_folder import HEAD, PARTS

SOURCE = "runner"
_DOCS = Path(runner.__file__).parent / "docs"
_SEVERITIES = {
    Severity.ERROR: DiagnosticSeverity.Error,
    Severity.WARNING: DiagnosticSeverity.Warning,
    Severity.ADVICE: DiagnosticSeverity.Information,
}
_TAGS = {"gql.deprecated": DiagnosticTag.Deprecated, "opt.stale": DiagnosticTag.Unnecessary}
_FILES = {("subscriptions" if key == "subscriptions_template" else key): name for name, key in PARTS.items()}
"""The vocabulary of findings for texts that are files of their own."""
_WORD = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\w.-]+\??|\\.|[^\r\n]')
_LINE = re.compile(r"[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding, and the characters of a file that it is about."""

    path: Path
    start: int
    end: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class Examined:
    """What is wrong with the task of ``source``: ``fault`` when it cannot be read, else what rules find.

    ``texts`` are the open documents it was read from.
    """

    source: Path
    texts: Mapping[Path, Document]
    task: Task | None = None
    fault: RunnerError | None = None
    placed: tuple[Placed, ...] = ()


def examined(
    source: Path, texts: Mapping[Path, Document], rules: Iterable[Rule], surroundings: Surroundings
) -> Examined:
    """What is wrong with the task of ``source`` as the editor has it. ``rules`` may end early to stop it."""
    try:
        task = load(source, texts)
    except RunnerError as fault:
        return Examined(source, texts, fault=fault)
    placing = _Placing(source, texts)
    findings = examine(task, rules, surroundings)
    return Examined(source, texts, task, None, tuple(placing.placed(finding) for finding in findings))


def diagnostics(found: Examined) -> dict[Path, list[Diagnostic]]:
    """The diagnostics of each file, none for those without."""
    placing = _Placing(found.source, found.texts)
    told: dict[Path, list[Diagnostic]] = defaultdict(list)
    for placed in found.placed:
        told[placed.path].append(diagnostic(placed, placing.document(placed.path)))
    if found.fault is not None:
        path, start, end = placing.place_of(found.fault)
        told[path].append(_of_fault(found.fault, placing.document(path), start, end))
    return told


def diagnostic(placed: Placed, document: Document) -> Diagnostic:
    """One finding for the editor."""
    finding = placed.finding
    tag = _TAGS.get(finding.rule)
    return Diagnostic(
        document.lines.range(placed.start, placed.end),
        _words(finding.message, finding.hint),
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=CodeDescription(_page("lint", finding.rule)) if finding.rule in RULES else None,
        source=SOURCE,
        tags=[tag] if tag is not None else None,
    )


def _of_fault(fault: RunnerError, document: Document, start: int, end: int) -> Diagnostic:
    return Diagnostic(
        document.lines.range(start, end),
        _words(fault.message, fault.hint),
        severity=DiagnosticSeverity.Error,
        code=fault.code,
        code_description=CodeDescription(_page("errors", "")),
        source=SOURCE,
    )


def _words(message: str, hint: str | None) -> str:
    return f"{message}\n{hint}" if hint else message


def _page(name: str, heading: str) -> str:
    """The address of a page of the manual; headings are anchors without their signs."""
    anchor = re.sub(r"[^\w-]", "", heading)
    return (_DOCS / f"{name}.md").as_uri() + (f"#{anchor}" if anchor else "")


class _Placing:
    """Finds places in the files of one task."""

    def __init__(self, source: Path, texts: Mapping[Path, Document]) -> None:
        self._source = source
        self._texts = dict(texts)
        self._keys: dict[Path, dict[str | None, tuple[int, int]]] = {}

    def document(self, path: Path) -> Document:
        """A file of the task, open or not."""
        if path not in self._texts:
            try:
                text = path.read_bytes().decode(errors="replace")
            except OSError:
                text = ""
            encoding = next((each.lines.encoding for each in self._texts.values()), "utf-16")
            self._texts[path] = Document(path.as_uri(), text, None, encoding)
        return self._texts[path]

    def placed(self, finding: Finding) -> Placed:
        """Where a finding stands."""
        own = self._source / _FILES.get(finding.where.part or "", HEAD)
        if self._source.suffix == ".json" and not self._source.is_dir():
            path, line, column = self._source, finding.line, finding.column
        elif own.name != HEAD and self._is(own):
            path, line, column = own, finding.where.line or 1, finding.where.column
        else:
            path, line, column = self._main_file(self._source), None, None
        document = self.document(path)
        if line is None:
            start, end = self._key(path, finding)
        else:
            start = document.lines.counted(line, column or 1) + _mark(document)
            whole = finding.where.line is None and path.suffix != ".json"
            end = _end(_LINE if whole else _WORD, document.text, start)
        return Placed(path, start, end, finding)

    def place_of(self, fault: RunnerError) -> tuple[Path, int, int]:
        """Where a fault stands that keeps the task from being read."""
        where = fault.where
        path = Path(where.file) if where is not None and where.file else self._source
        if path.is_dir():
            path = self._main_file(path)
        document = self.document(path)
        if where is None or where.line is None:
            return path, 0, _end(_LINE, document.text, 0)
        start = document.lines.counted(where.line, where.column or 1) + _mark(document)
        return path, start, _end(_WORD, document.text, start)

    def _main_file(self, folder: Path) -> Path:
        return next(
            (path for path in (folder / HEAD, *self._texts) if path.parent == folder and self._is(path)), folder
        )

    def _is(self, path: Path) -> bool:
        return path in self._texts or path.is_file()

    def _key(self, path: Path, finding: Finding) -> tuple[int, int]:
        """The key of the part a finding is about, in a file that findings have no lines for."""
        text = self.document(path).text
        if path not in self._keys:
            known = key_spans(text)
            self._keys[path] = {path_words(key): (span.key, span.start) for key, span in known.items()}
        found = self._keys[path].get(finding.where.part)
        start = found[0] if found is not None else 0
        return start, _end(_WORD if found is not None else _LINE, text, start)


def _mark(document: Document) -> int:
    """A byte order mark is no character of what is counted."""
    return 1 if document.text.startswith("\ufeff") else 0


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found is not None else start
