"""Findings in SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from runner import __version__
from runner.lint.finding import Finding, Rule, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
BASE = "%SRCROOT%"
"""What code hosts call the top of a checkout."""
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def document(findings: Iterable[Finding], rules: Sequence[Rule], root: Path) -> dict[str, Any]:
    """The whole log. Files are named from ``root`` where they are in it."""
    position = {rule.name: index for index, rule in enumerate(rules)}
    driver = {
        "name": "runner lint",
        "informationUri": "https://pypi.org/project/mechanic-runner/",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    results = [_result(finding, position, root) for finding in findings]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"uri": root.resolve().as_uri() + "/"}},
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.about},
        "fullDescription": {"text": f"{rule.about} {rule.why}"},
        "help": {"text": f"{rule.why} `runner lint --explain {rule.name}` shows examples."},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, position: dict[str, int], root: Path) -> dict[str, Any]:
    text = f"{finding.message}. {finding.hint}" if finding.hint else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "properties": {"task": finding.where.task, "part": finding.where.part},
    }
    if finding.rule in position:
        result["ruleIndex"] = position[finding.rule]
    if finding.file is not None:
        location: dict[str, Any] = {"artifactLocation": _artifact(finding.file, root)}
        if finding.line is not None:
            location["region"] = {"startLine": finding.line, "startColumn": finding.column or 1}
        result["locations"] = [{"physicalLocation": location}]
    return result


def _artifact(file: str, root: Path) -> dict[str, str]:
    path = Path(file).absolute()
    try:
        inner = path.relative_to(root.absolute())
    except ValueError:
        return {"uri": path.as_uri()}
    return {"uri": inner.as_posix(), "uriBaseId": BASE}
