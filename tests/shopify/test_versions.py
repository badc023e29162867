"""Which API versions are served when, and what stands in for the others."""

from __future__ import annotations

from datetime import date

import pytest

from runner.errors import ConfigError
from runner.shopify.versions import check_version, nearest, served_version, supported_versions, version_warning


@pytest.mark.parametrize(
    ("today", "versions"),
    [
        (date(2026, 11, 27), ("2026-01", "2026-04", "2026-07", "2026-10")),
        (date(2026, 9, 30), ("2025-10", "2026-01", "2026-04", "2026-07")),
        (date(2027, 1, 1), ("2026-04", "2026-07", "2026-10", "2027-01")),
    ],
)
def test_four_quarters_are_supported(today: date, versions: tuple[str, ...]) -> None:
    assert supported_versions(today) == versions


@pytest.mark.parametrize(
    ("requested", "served"),
    [
        ("2026-04", "2026-04"),
        ("2026-10", "2026-10"),
        ("2027-01", "2027-01"),  # the release candidate
        ("unstable", "unstable"),
        ("2025-10", "2026-01"),
        ("2019-04", "2026-01"),
        ("2027-04", "2026-01"),
        ("nonsense", "2026-01"),
    ],
)
def test_other_versions_fall_forward_to_the_oldest_supported(requested: str, served: str) -> None:
    assert served_version(requested, date(2026, 11, 27)) == served


def test_the_release_candidate_is_the_next_quarter() -> None:
    assert served_version("2026-07", date(2026, 5, 1)) == "2026-07"
    assert served_version("2026-10", date(2026, 5, 1)) == "2025-07"


@pytest.mark.parametrize(
    ("requested", "known", "chosen"),
    [
        ("2026-04", ("2026-04", "2026-10"), "2026-04"),
        ("2026-01", ("2026-04", "2026-10"), "2026-04"),
        ("2026-07", ("2026-04", "2026-10"), "2026-10"),
        ("2027-01", ("2026-04", "2026-10"), "2026-10"),
        ("unstable", ("2026-04", "2026-10"), "2026-10"),
        ("unstable", ("2026-04", "unstable"), "unstable"),
        ("2027-01", ("2026-04", "unstable"), "2026-04"),
    ],
)
def test_the_nearest_known_version_is_the_next_one_or_else_the_newest(requested, known, chosen) -> None:
    version, note = nearest(requested, known)
    assert version == chosen
    assert (note is None) == (requested == chosen)


@pytest.mark.parametrize("version", ["", "2026-02", "26-04", "v2026-04", "2026-04\n", "UNSTABLE"])
def test_other_texts_are_no_versions(version: str) -> None:
    with pytest.raises(ConfigError, match="not a version"):
        check_version(version)


@pytest.mark.parametrize(
    ("requested", "words"),
    [
        ("2026-01", None),
        ("2026-10", None),
        ("2027-01", None),
        ("unstable", None),
        ("2025-10", "API version 2025-10: Shopify no longer serves it, and answers in 2026-01 instead"),
        ("2027-04", "API version 2027-04: Shopify does not know it, and answers in 2026-01 instead"),
    ],
)
def test_a_version_that_shopify_does_not_serve_is_warned_of(requested: str, words: str | None) -> None:
    said = version_warning(requested, date(2026, 11, 27))
    assert said is None if words is None else (said or "").startswith(words)


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 12, 1), None),
        (date(2026, 12, 2), "API version 2026-01: Shopify stops serving it on 2027-01-01; the newest is 2026-10"),
        (date(2026, 12, 31), "API version 2026-01: Shopify stops serving it on 2027-01-01; the newest is 2026-10"),
        (date(2027, 1, 1), "API version 2026-01: Shopify no longer serves it, and answers in 2026-04 instead"),
    ],
)
def test_the_last_thirty_days_of_a_version_are_told(today: date, words: str | None) -> None:
    said = version_warning("2026-01", today)
    assert said is None if words is None else (said or "").startswith(words)
