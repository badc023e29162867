"""Every export runs live in a simulated store until the store is quiet: its scenario, or else each of its topics.

``python -m tests.library.live FOLDER [--seed NAME] [--json]`` prints the report: a Markdown page, or JSON;
with ``--vintage`` that of the exports of 2021; ``--only HANDLE`` the story of one export's scenario.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from runner import Task, load_task
from runner.engine.matching import EnabledTask
from runner.errors import RunnerError
from runner.model.event import Event
from runner.model.options import discover, stored_values
from runner.model.subscription import parse_subscriptions
from runner.project import find_sample, find_seed, seed_names
from runner.simulator.server import RunningShop, simulator
from runner.testing.filler import fill
from runner.testing.fixtures import Case, parse_case
from runner.testing.live import LiveRun
from runner.testing.live_case import LiveReport, play_live
from runner.testing.steps import QUIET, Wait
from runner.testing.verdict import CaseFailed, check_claims, worded
from tests.library.candidates import HERE, Candidate, Goods, candidates, words_of
from tests.library.sweep import SEED, exports

REACHED_BY_THE_TASK = re.compile(r"mechanic/(actions/perform|shopify/bulk_operation|errors/)|user/")
"""Topics of events that a task makes for itself: they come, or they do not, while its other topics run."""
FITTING: tuple[tuple[str, str], ...] = (
    (r"topic", "topics"),
    (r"segment|customers?_(search_|matching_this_)?query", "segments"),
    (r"shopify_object_type", "resources"),
    (r"location", "locations"),
    (r"sales_channel|publication", "channels"),
    (r"product_types?_", "types"),
    (r"vendor", "vendors"),
    (r"sku", "skus"),
    (r"collection", "collections"),
    (r"(monitor|filter|only|require|include|exclude|match).*product_tag|product_tag.*(monitor|filter|only)", "tags"),
)
"""Keys of options that name something of the store, and the name of that."""
ROOT = Path(__file__).parents[2]
MOST_CANDIDATES = 8
"""Ways in which a topic comes that are tried until one changes the store."""
SCENARIOS = Path(__file__).parent / "scenarios"
BEST_SEED = "fashion" if "fashion" in seed_names(ROOT) else "prints"
"""The store that scenarios are written for."""


@dataclass(frozen=True)
class World:
    """Served stores with what exports need of the one of ``seed``. ``names``: what there is, by kind."""

    shop: RunningShop
    seed: str
    names: Mapping[str, list[str]]
    gids: Mapping[str, str]
    objects: Mapping[str, Mapping[str, Mapping[str, Any]]]
    others: dict[str, RunningShop]
    open_stores: ExitStack

    def shop_of(self, seed: str) -> RunningShop:
        """The served store of another seed too, which a scenario may name."""
        if seed == self.seed:
            return self.shop
        if seed not in self.others:
            path = find_seed(seed, root=ROOT)
            self.others[seed] = self.open_stores.enter_context(simulator(path, hold_webhooks=True))
        return self.others[seed]


@dataclass
class Lived:
    """An export's runs; ``refusal`` when it could not be run at all, ``broken`` when a claim does not hold."""

    runs: list[LiveRun] = field(default_factory=list)
    refusal: str | None = None
    broken: str | None = None
    report: LiveReport | None = None

    def all(self, name: str) -> list[str]:
        """The reasons of one list of all runs, each once."""
        return list(dict.fromkeys(each for run in self.runs for each in getattr(run, name)))

    @property
    def changed(self) -> bool:
        return any(run.changed for run in self.runs)

    @property
    def quiet(self) -> bool:
        return all(run.quiet for run in self.runs)


@contextmanager
def world(seed: str = BEST_SEED) -> Iterator[World]:
    with ExitStack() as stack:
        shop = stack.enter_context(simulator(find_seed(seed, root=ROOT), hold_webhooks=True))
        objects = shop.state()["objects"]

        def named(kind: str, name: str) -> list[str]:
            found = (str(fields.get(name) or "") for fields in objects.get(kind, {}).values())
            return [each for each in dict.fromkeys(found) if each]

        tags = (tag for fields in objects["Product"].values() for tag in fields["tags"])
        names = {
            "locations": named("Location", "name"),
            "types": named("Product", "productType"),
            "vendors": named("Product", "vendor"),
            "skus": named("ProductVariant", "sku"),
            "collections": named("Collection", "title"),
            "channels": named("Publication", "name"),
            "tags": list(dict.fromkeys(tags)),
            "topics": ["user/test/event"],
            "segments": ["customer_tags CONTAINS 'vip'"],
            "resources": ["product"],
        }
        gids = {kind: next(iter(nodes)) for kind, nodes in objects.items() if nodes}
        yield World(shop, seed, names, gids, objects, {}, stack)


def scenario(vintage: str, handle: str) -> Case | None:
    """The scenario of an export; None where there is none. ``InputError`` when it cannot be read."""
    path = SCENARIOS / f"{handle}.yml" if vintage == "current" else SCENARIOS / vintage / f"{handle}.yml"
    if not path.is_file():
        return None
    return parse_case(path.read_text(encoding="utf-8"), path, project=ROOT, shop=BEST_SEED)


def live_scenario(task: Task, case: Case, here: World) -> Lived:
    """What came of the scenario of an export."""
    found = Lived()
    try:
        found.report = play_live(case, task, shop=here.shop_of(case.shop or here.seed))
        found.runs.append(found.report.sums)
        check_claims(case, found.report.document)
    except CaseFailed as failed:
        found.broken = str(failed)
    except RunnerError as error:
        found.refusal = worded(error)
    return found


def options_for(task: Task, here: World) -> dict[str, Any]:
    """Stored values, unset ones filled; what names something of the store names something that is there."""
    stored = stored_values(task)
    filled = fill(discover(task), seed=SEED, now=here.shop.shop.clock.now(), stored=stored)
    return {**stored, **{key: _fitting(key, value, here) for key, value in filled.items()}}


def _fitting(key: str, value: Any, here: World) -> Any:
    if isinstance(value, str) and value.startswith("gid://shopify/"):
        return here.gids.get(value.split("/")[3], value)
    kind = next((kind for pattern, kind in FITTING if re.search(pattern, key.partition("__")[0])), None)
    names = here.names.get(kind or "") or []
    if not names:
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return names[: len(value)]
    return names[0] if isinstance(value, str) else value


def live(
    task: Task,
    here: World,
    *,
    most: int = MOST_CANDIDATES,
    wanted: Mapping[str, Any] | None = None,
    reached: Container[str] = (),
    topics: Sequence[str] | None = None,
) -> Lived:
    """Every topic that comes from outside: what may happen for it, until the task changes the store by it.

    ``wanted`` are options over those that are filled in; topics that were ``reached`` already are left out. ``topics``
    are those to try (None: all).
    """
    found = Lived()
    options = {**options_for(task, here), **(wanted or {})}
    goods = Goods(here.objects, words_of(options))
    for topic in outer_topics(task, options) if topics is None else topics:
        if topic in reached:
            continue
        known = find_sample(topic, root=ROOT) is not None
        runs: list[LiveRun] = []
        refusals: list[str] = []
        for each in islice(candidates(topic, goods, has_sample=known), most):
            try:
                report = play_live(_case(task, options, each, here), task, shop=here.shop)
            except RunnerError as error:
                refusals.append(worded(error))
                continue
            report.sums.topic = topic
            runs.append(report.sums)
            if report.sums.changed:
                break
        if runs:
            found.runs.append(max(runs, key=_worth))
        else:
            found.refusal = found.refusal or next(iter(refusals), None)
    return found


def _worth(run: LiveRun) -> tuple[bool, ...]:
    """What tells most of a task comes last: faults first of all, so that none is passed over."""
    return bool(run.faults), not run.quiet, bool(run.stopped), run.changed, bool(run.actions), bool(run.task_runs)


def _case(task: Task, options: Mapping[str, Any], way: Candidate, here: World) -> Case:
    """A candidate as a case. In the end it waits until nothing is due later."""
    lines = parse_subscriptions(task.subscriptions_template) if "{" not in task.subscriptions_template else ()
    ticking = any(line.topic.startswith("mechanic/scheduler/") and line.offset is not None for line in lines)
    rest = Wait("2d", HERE, 2 * 86400.0) if ticking else Wait(QUIET, HERE)
    start = here.shop.shop.seed.start if way.ago else None
    return Case(
        path=ROOT / "fixtures" / (task.handle or "task") / "candidate.yml",
        event=Event(""),
        options=options,
        shop=here.seed,
        before=way.before,
        clock=start + way.ago if start is not None else None,
        steps=(*way.steps, rest),
    )


def outer_topics(task: Task, options: Mapping[str, Any]) -> list[str]:
    """The task's topics that do not come from itself; all of them when there is no other."""
    try:
        enabled = EnabledTask.prepare(task, options=options)
    except RunnerError:
        return ["mechanic/user/trigger"]  # `live` tells the error, with the shop's record at hand
    topics = list(dict.fromkeys(each.topic for each in enabled.subscriptions))
    return [topic for topic in topics if not REACHED_BY_THE_TASK.match(topic)] or topics


def report(library: Path, seed: str, vintages: tuple[str, ...] = ("current",)) -> dict[str, Lived]:
    with world(seed) as here:
        found = {}
        for vintage, path in exports(library):
            if vintage in vintages:
                found[path.stem] = lived(vintage, path, here)
        return found


def lived(vintage: str, path: Path, here: World, *, most: int = MOST_CANDIDATES) -> Lived:
    """An export by its scenario, if it has one, and by each of its topics that did not come there."""
    task, case = load_task(path), scenario(vintage, path.stem)
    if case is None:
        return live(task, here, most=most)
    found = live_scenario(task, case, here)
    rest = live(
        task, here, most=most, wanted=case.options, reached={each for run in found.runs for each in run.reached}
    )
    found.runs += rest.runs
    found.refusal = found.refusal or rest.refusal
    return found


def story(library: Path, handle: str, vintage: str) -> int:
    """Print what came of one export's scenario, and which claims do not hold."""
    case = scenario(vintage, handle)
    if case is None:
        print(f"there is no scenario {handle}.yml in {SCENARIOS}")
        return 2
    with world(case.shop or BEST_SEED) as here:
        path = next(each for name, each in exports(library) if name == vintage and each.stem == handle)
        found = live_scenario(load_task(path), case, here)
    shown = {} if found.report is None else {**found.report.document, "sums": found.report.sums.to_dict()}
    print(json.dumps(shown, indent=1, ensure_ascii=False))
    wrong = found.refusal or found.broken
    print(wrong or ("It changed the store." if found.changed else "It changed NOTHING in the store."))
    return 1 if wrong else 0


def main(arguments: list[str]) -> None:
    seed = arguments[arguments.index("--seed") + 1] if "--seed" in arguments else BEST_SEED
    if "--only" in arguments:
        vintage = "vintage-2021" if "--vintage" in arguments else "current"
        sys.exit(story(Path(arguments[0]), arguments[arguments.index("--only") + 1], vintage))
    vintages = ("vintage-2021",) if "--vintage" in arguments else ("current",)
    found = report(Path(arguments[0]), seed, vintages)
    if "--json" in arguments:
        shown = {name: [run.to_dict() for run in each.runs] for name, each in found.items()}
        print(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    from tests.library.live_page import page

    print(page(found, seed))


if __name__ == "__main__":
    main(sys.argv[1:])
