"""Globals and secrets that commands write: who may read the files, and that a server sees changes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from runner.config import Settings, load_settings
from runner.errors import ConfigError, InputError
from runner.value_files import LiveValues, drop_global, drop_secret, put_global, put_secret


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A project with a shop; the user's own folder stands beside it."""
    (tmp_path / "project" / "tasks").mkdir(parents=True)
    (tmp_path / "project" / "runner.yml").write_text("shop: example.myshopify.com\n", encoding="utf-8")
    return load_settings(tmp_path / "project", environment={"XDG_CONFIG_HOME": str(tmp_path / "home")})


def test_secrets_lie_outside_the_project_in_a_file_of_the_shop_that_only_its_owner_reads(
    settings: Settings, tmp_path: Path
) -> None:
    file = put_secret(settings, "api_token", "abc\n ü")
    assert file == tmp_path / "home" / "mechanic-runner" / "example.myshopify.com.secrets.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text(encoding="utf-8")) == {"api_token": "abc\n ü"}
    assert LiveValues(settings).values.secrets.values["api_token"] == "abc\n ü"
    assert (drop_secret(settings, "api_token"), drop_secret(settings, "api_token")) == (True, False)
    assert dict(LiveValues(settings).values.secrets.values) == {}


def test_the_file_that_a_setting_names_is_made_and_widened_for_nobody(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "runner.yml").write_text("secrets_file: ../kept/s.json\n", encoding="utf-8")
    settings = load_settings(tmp_path / "project", environment={})
    file = put_secret(settings, "a", "1")
    file.chmod(0o400)
    put_secret(settings, "b", "2")
    assert file.stat().st_mode & 0o777 == 0o400
    assert json.loads(file.read_text(encoding="utf-8")) == {"a": "1", "b": "2"}


def test_a_file_inside_the_project_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "runner.yml").write_text("secrets_file: s.json\n", encoding="utf-8")
    settings = load_settings(tmp_path, environment={})
    with pytest.raises(ConfigError, match="project"):
        put_secret(settings, "a", "1")
    assert not (tmp_path / "s.json").exists()


def test_without_a_shop_or_a_setting_no_file_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file"):
        put_secret(load_settings(tmp_path, environment={"HOME": str(tmp_path)}), "a", "1")


@pytest.mark.parametrize("key", ["", "a b", "-x", "ü", "a" * 101, "a/b", "a\n"])
def test_a_key_that_no_template_could_name_is_refused(settings: Settings, key: str) -> None:
    with pytest.raises(InputError, match="key"):
        put_secret(settings, key, "1")
    with pytest.raises(InputError, match="key"):
        put_global(settings, key, 1)


def test_globals_stay_in_the_project_with_everything_else_that_is_there(settings: Settings) -> None:
    shared = settings.folder / "mechanic.globals.json"
    shared.write_text('{"b": {"x": [1.50, null]}, "a": "ü"}', encoding="utf-8")
    assert put_global(settings, "c", [1, {"d": None}]) == shared
    assert json.loads(shared.read_text(encoding="utf-8")) == {"b": {"x": [1.5, None]}, "a": "ü", "c": [1, {"d": None}]}
    assert "ü" in shared.read_text(encoding="utf-8")
    assert (drop_global(settings, "b"), drop_global(settings, "b")) == (True, False)
    assert list(LiveValues(settings).values.globals) == ["a", "c"]


def test_what_cannot_be_written_is_told_and_leaves_no_pieces(settings: Settings) -> None:
    if os.geteuid() == 0:
        (settings.folder / "mechanic.globals.json").mkdir()  # root may write everywhere, but not over a folder
        expected: tuple[Path, ...] = (settings.folder / "mechanic.globals.json",)
    else:
        settings.folder.chmod(0o500)
        expected = ()
    before = sorted(each.name for each in settings.folder.iterdir())
    with pytest.raises(ConfigError, match="cannot be written"):
        put_global(settings, "a", 1)
    assert sorted(each.name for each in settings.folder.iterdir()) == before
    assert all(each.exists() for each in expected)
    settings.folder.chmod(0o700)


def test_values_change_in_place_for_whoever_holds_them(settings: Settings) -> None:
    live = LiveValues(settings)
    held = live.values.salted("s")
    before = live.refresh()
    assert live.refresh() == before
    put_global(settings, "rate", 2)
    put_secret(settings, "token", "t1")
    assert live.refresh() != before
    assert (held.globals["rate"], held.secrets.known_values(), held.secrets.salt) == (2, ("t1",), "s")
    drop_secret(settings, "token")
    live.refresh()
    assert (held.secrets.known_values(), "token" in held.secrets) == ((), False)


def test_a_broken_file_is_told_once_and_the_known_values_stay(settings: Settings) -> None:
    put_global(settings, "rate", 2)
    live = LiveValues(settings)
    file = settings.folder / "mechanic.globals.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError):
        live.refresh()
    live.refresh()
    assert dict(live.values.globals) == {"rate": 2}
    file.write_text('{"rate": 3}', encoding="utf-8")
    live.refresh()
    assert dict(live.values.globals) == {"rate": 3}


def test_a_file_that_others_may_read_is_refused(settings: Settings) -> None:
    file = put_secret(settings, "token", "t1")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="others"):
        LiveValues(settings)
