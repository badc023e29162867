"""Globals and secrets: where they come from, which wins, and that values stay out of the project and of all texts."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from runner.config import load_settings
from runner.errors import ConfigError
from runner.model.shop_values import ShopValues
from runner.shop_values import load_values


def project(folder: Path, settings: str = "", shared: str | None = None) -> Path:
    made = folder / "project"
    (made / "tasks").mkdir(parents=True)
    (made / "runner.yml").write_text(settings, encoding="utf-8")
    if shared is not None:
        (made / "mechanic.globals.json").write_text(shared, encoding="utf-8")
    return made


def secrets_file(folder: Path, text: str = '{"api_token": "abc\\n", "other": "x"}', mode: int = 0o600) -> Path:
    file = folder / "secrets.json"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def values(folder: Path, **variables: str) -> ShopValues:
    return load_values(load_settings(folder, environment=variables))


def test_without_anything_there_is_nothing(tmp_path: Path) -> None:
    found = values(tmp_path)
    assert (dict(found.globals), dict(found.secrets.values)) == ({}, {})


def test_globals_of_the_settings_win_over_the_shared_file(tmp_path: Path) -> None:
    made = project(tmp_path, "globals: {rate: 2}\n", '{"rate": 1, "tiers": {"gold": [5, null]}}')
    assert dict(values(made).globals) == {"rate": 2, "tiers": {"gold": [5, None]}}
    assert dict(values(made / "tasks").globals) == {"rate": 2, "tiers": {"gold": [5, None]}}


@pytest.mark.parametrize("text", ["[1]", '"x"', "{", '{"a": 1, "a": 2}'])
def test_a_shared_file_that_is_no_object_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        values(project(tmp_path, shared=text))
    assert "mechanic.globals.json, line 1" in str(caught.value) or "mechanic.globals.json" in str(caught.value)


def test_secrets_come_by_name_from_the_file_and_the_environment_which_wins(tmp_path: Path) -> None:
    made = project(tmp_path, f"secrets: [hook]\nsecrets_file: {secrets_file(tmp_path)}\n")
    found = values(made, RUNNER_SECRET_OTHER="y")
    assert dict(found.secrets.values) == {"hook": None, "api_token": "abc\n", "other": "y"}
    assert dict(found.without_values().values) == {"hook": None, "api_token": None, "other": None}
    assert "abc" not in repr(found)


def test_a_relative_file_counts_from_the_settings(tmp_path: Path) -> None:
    secrets_file(tmp_path)
    assert "api_token" in values(project(tmp_path, "secrets_file: ../secrets.json\n")).secrets


def test_a_file_in_the_project_is_refused(tmp_path: Path) -> None:
    made = project(tmp_path, "secrets_file: secrets.json\n")
    secrets_file(made)
    with pytest.raises(ConfigError, match="stands in the project's folder"):
        values(made)


def test_a_link_into_the_project_is_refused(tmp_path: Path) -> None:
    made = project(tmp_path, "secrets_file: ../link.json\n")
    (tmp_path / "link.json").symlink_to(secrets_file(made))
    with pytest.raises(ConfigError, match="stands in the project's folder"):
        values(made)


@pytest.mark.skipif(os.name != "posix", reason="permission bits are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    made = project(tmp_path, f"secrets_file: {secrets_file(tmp_path, mode=mode)}\n")
    with pytest.raises(ConfigError) as caught:
        values(made)
    assert "chmod 600" in str(caught.value.hint)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        values(project(tmp_path, "secrets_file: ~/surely/not/there.json\n"))


@pytest.mark.parametrize(
    "text", ['{"a": "hunter2', '["hunter2"]', '{"a": {"b": "hunter2"}}', '{"hunter": 2, "hunter2"}']
)
def test_no_error_quotes_a_file_of_secrets(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        values(project(tmp_path, f"secrets_file: {secrets_file(tmp_path, text)}\n"))
    assert "hunter2" not in json.dumps(caught.value.to_dict())
