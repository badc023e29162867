"""The project's own tasks and fixtures reach the whole dialect: a new filter, tag, object or flag needs a case.

The tours (``fixtures/_tasks/``, ``fixtures/dialect-…/``) are small tasks whose snapshots people have read; they hold
without the platform's library at hand.
"""

from __future__ import annotations

import pytest

from runner import Event
from runner.liquid.environment import environment
from runner.liquid.objects import environment as variables
from runner.liquid.objects.resource import Resource
from runner.liquid.objects.resources import IN_BATCH, RESOURCES, SHOP_LISTINGS
from runner.liquid.scan import LITERALS
from runner.liquid.state import RenderState
from runner.liquid.tags import TAGS
from runner.model.option_key import FLAGS, Container, Kind, parse_key
from runner.model.topic import MECHANIC_TOPICS, subject_variable
from runner.testing.play import DEFAULT_CLOCK
from tests.architecture.tours import Reached, own_cases, reached

_UNNAMED = {"content", "output", "illegal"}
"""Entries of the table of tags that nobody writes: text, ``{{ }}``, and what is no tag."""


@pytest.fixture(scope="module")
def tour() -> Reached:
    return reached()


def test_every_tag_is_used(tour: Reached) -> None:
    named = {name for name in TAGS if name not in _UNNAMED}
    assert sorted(named - tour.tags) == []


def test_every_filter_is_used(tour: Reached) -> None:
    assert sorted(environment().functions.keys() - tour.filters) == []


def test_every_literal_is_used(tour: Reached) -> None:
    assert sorted(LITERALS - tour.literals) == []


def test_every_variable_of_the_environment_is_read(tour: Reached) -> None:
    state = RenderState(now=DEFAULT_CLOCK)
    event = Event("mechanic/user/form", {})
    known = variables(event, state=state, task_record={}, options={}, inputs={})
    assert sorted(known.keys() - tour.variables) == []


@pytest.mark.parametrize("name", sorted({name for name in map(subject_variable, MECHANIC_TOPICS) if name}))
def test_a_case_of_its_topic_reads_every_subject_variable(name: str, tour: Reached) -> None:
    topics = {topic for topic in MECHANIC_TOPICS if subject_variable(topic) == name}
    assert topics & {topic for topic, read in tour.spoken if read == name}


def test_every_batch_of_resources_is_read(tour: Reached) -> None:
    assert sorted(IN_BATCH.keys() - tour.variables) == []


@pytest.mark.parametrize("kind", RESOURCES.values(), ids=lambda kind: kind.NAME)
def test_every_kind_of_resource_is_reached_with_all_its_relations(kind: type[Resource], tour: Reached) -> None:
    asked = {key for name, key in tour.members if name == kind.NAME}
    assert asked
    assert sorted(kind.RELATIONS.keys() - asked) == []


def test_every_collection_of_the_shop_and_its_other_members_are_reached(tour: Reached) -> None:
    asked = {key for name, key in tour.members if name == "shop"}
    assert sorted({*SHOP_LISTINGS, "admin_url", "metafields", "reload"} - asked) == []


def test_every_scope_of_every_collection_is_reached(tour: Reached) -> None:
    known = {(listing.kind, scope) for listing in SHOP_LISTINGS.values() for scope in listing.scopes}
    assert sorted(known - tour.scopes) == []


def test_resources_are_read_again(tour: Reached) -> None:
    assert {name for name, key in tour.members if key == "reload"} >= {"order", "inventory_level", "shop"}


def test_every_flag_of_options_is_in_a_key(tour: Reached) -> None:
    words = {word for key in tour.options for word in key.partition("__")[2].split("_")}
    assert sorted(set(FLAGS) - words) == []


def test_every_kind_container_and_modifier_of_options_is_declared(tour: Reached) -> None:
    options = [parse_key(key) for key in tour.options]
    assert [option.key for option in options if option.invalid or option.warnings] == []
    assert {option.kind for option in options} == set(Kind)
    held = {(option.container, option.kind) for option in options if option.container}
    lists: tuple[Container, Container] = ("array", "keyval")
    assert held == {(each, kind) for each in lists for kind in (Kind.TEXT, Kind.NUMBER)} | {("array", Kind.PICKER)}
    for modifier in ("required", "userform", "email", "multiline", "code", "future_only"):
        assert any(getattr(option, modifier) for option in options), modifier


def test_globals_secrets_and_values_of_the_run_form_are_given(tour: Reached) -> None:
    kinds = {parse_key(key).kind for case in own_cases() if case.values.globals for key in case.options}
    assert Kind.GLOBAL in kinds
    assert any(case.values.secrets.values and not case.event.preview for case in own_cases())
    assert any(case.inputs for case in own_cases())
    assert {"globals", "secrets", "input"} <= tour.variables


def test_every_case_of_a_tour_says_how_it_ends() -> None:
    tours = [case for case in own_cases() if case.handle.startswith("dialect-")]
    assert len(tours) > 50
    assert [str(case.path) for case in tours if not (case.expect.renders or case.expect.liquid_error)] == []
    assert [str(case.path) for case in tours if not case.description] == []
