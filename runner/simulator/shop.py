"""A simulated shop: takes requests, answers them, keeps what happened. One call at a time, under one lock.

Knows nothing of sockets: ``app.py`` brings HTTP to ``handle``, ``control.py`` is the way to look and meddle.
"""

from __future__ import annotations

import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path

from runner.clock import Clock, iso_utc
from runner.errors import RunnerError
from runner.shopify.schema import DEFAULT_VERSION, load
from runner.shopify.versions import served_version
from runner.simulator import auth, calls, cost, search
from runner.simulator.calls import Record, Reply, Request, Wire, json_reply
from runner.simulator.clock import VirtualClock
from runner.simulator.contract import Context, Listing, Refusal, RestError
from runner.simulator.execute import Executor
from runner.simulator.families import FIELDS, INDEXES, bulk
from runner.simulator.faults import Fault, Faults
from runner.simulator.graph import Graph
from runner.simulator.mutations import MUTATIONS, staged_uploads
from runner.simulator.rest import ROUTES
from runner.simulator.rest.body import shaped
from runner.simulator.search_tables import SEARCHES
from runner.simulator.seed import Seed
from runner.simulator.state_file import StateFile
from runner.simulator.webhooks import Webhooks

REQUESTS_KEPT = 10_000
STEP = 1.0
"""Seconds by which a still clock moves after a call that changed something, so that times tell what came first."""
_ROUNDING = 0.001
_NAMESPACE = uuid.UUID("1c9ffad0-4f0a-5bb4-8d6a-56c8a2f4a5d1")


@dataclass(frozen=True, slots=True)
class Options:
    """How a shop is run, also after a reset. None: as the seed says. ``real`` makes its clock tick; ``bucket`` is in
    points; ``hold_webhooks``: none is sent unless told to."""

    token: str | None = None
    client_id: str | None = None
    secret: str | None = None
    strict: bool = False
    real: Clock | None = None
    bucket: float = 2000.0
    restore_rate: float | None = None
    state_file: Path | None = None
    hold_webhooks: bool = False


class SimulatedShop:
    """One store. ``reset`` starts it anew; everything else is ``handle`` and, for ``control.py``, its parts."""

    seed: Seed
    number: int
    clock: VirtualClock
    graph: Graph
    faults: Faults
    webhooks: Webhooks
    requests: deque[Record]
    bucket: cost.Bucket
    call_bucket: cost.CallBucket
    tokens: auth.Tokens

    def __init__(self, seed: Seed, options: Options) -> None:
        self.lock = threading.RLock()
        self.options = options
        self.webhook_queued: Callable[[], None] = lambda: None
        self._executors: dict[str, Executor] = {}
        self._state_file = StateFile(options.state_file, seed.name) if options.state_file else None
        self._begin(seed)
        if self._state_file:
            found = self._state_file.restore(self.graph, self.clock, self.webhooks)
            self.number = found or 0
            self._state_file.write(self.graph, self.clock, self.webhooks, self.number)

    @property
    def token(self) -> str:
        """The fixed access token."""
        return self.options.token or self.seed.token

    @property
    def secret(self) -> str:
        """The app's secret, with which webhooks are signed."""
        return self.options.secret or self.seed.secret

    def reset(self, seed: Seed | None = None) -> None:
        """Start anew from ``seed``, or from the one it had: state, clock, buckets, faults, webhooks, logs."""
        with self.lock:
            self._begin(seed or self.seed)
            if self._state_file:
                self._state_file.seed_name = self.seed.name
                self._state_file.write(self.graph, self.clock, self.webhooks, self.number)

    def handle(self, request: Request) -> Reply:
        """Answer a request to ``/admin/…``. What goes wrong inside the simulator is raised."""
        with self.lock:
            self.number += 1
            record = Record(self.number, self._id("requests"), iso_utc(self.clock.now()), request.method, request.path)
            before = len(self.graph.changes)
            struck = self.faults.for_request(request.method, request.path, request.text)
            record.faults = [fault.kind for fault in struck]
            reply = self._spoiled(request, record, struck)
            reply.headers["Date"] = format_datetime(self.clock.now(), usegmt=True)
            reply.headers["X-Request-Id"] = record.id
            record.status = reply.status
            record.changes = len(self.graph.changes) - before
            self.requests.append(record)
            self.after_call(before)
            return reply

    def context(self, cause: str, version: str = DEFAULT_VERSION, scopes: frozenset[str] | None = None) -> Context:
        """What the families are given for one call."""
        return Context(
            graph=self.graph,
            clock=self.clock,
            webhooks=self.webhooks,
            api_version=version,
            cause=cause,
            # By the changes before, which outlive a restart: no two calls that change something share one.
            event_id=str(uuid.uuid5(_NAMESPACE, f"{self.seed.domain}/events/{self.graph.last_change}")),
            scopes=scopes,
            strict=self.options.strict,
            documents=lambda: self.executor(version),
        )

    def after_call(self, changes_before: int) -> None:
        """Move a still clock and save, when the call changed something.

        While a bulk operation is under way, a still clock moves with every call, so that who asks sees it end.
        """
        changed = len(self.graph.changes) != changes_before
        if not self.clock.ticking and bulk.goes_on(self.graph, self.clock.now()):
            self.clock.advance(STEP)
            self.webhooks.clock_moved()
        elif changed and not self.clock.ticking:
            self.clock.advance(STEP)
        self.save()

    def save(self) -> None:
        """Write to the state file, if there is one, what is not in it yet."""
        if self._state_file:
            self._state_file.append(self.graph, self.clock, self.webhooks, self.number)

    def _begin(self, seed: Seed) -> None:
        self.seed = seed
        self.number = 0
        self.clock = VirtualClock(seed.start, self.options.real)
        self.graph = seed.graph(self.clock, INDEXES)
        self.faults = Faults()
        self.webhooks = Webhooks(self.graph, self.clock, self.faults, domain=seed.domain, secret=self.secret)
        self.webhooks.hold = self.options.hold_webhooks
        self.webhooks.on_queued = lambda: self.webhook_queued()
        self.requests = deque(maxlen=REQUESTS_KEPT)
        self.bucket = cost.Bucket(self.clock, self.options.bucket, self.options.restore_rate or seed.restore_rate)
        self.call_bucket = cost.CallBucket(self.clock)
        self.tokens = auth.Tokens(
            self.clock,
            domain=seed.domain,
            token=self.token,
            client_id=self.options.client_id or seed.client_id,
            secret=self.secret,
            scopes=seed.scopes,
        )

    def _id(self, kind: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self.seed.domain}/{kind}/{self.number}/{self.graph.last_change}"))

    # faults

    def _spoiled(self, request: Request, record: Record, struck: list[Fault]) -> Reply:
        """The reply, with everything that ``struck`` does to it."""
        kinds = {fault.kind: fault for fault in struck}
        for fault in struck:
            if fault.kind == "clock_jump" or (fault.kind == "latency" and not fault.parameters.get("real")):
                self.clock.advance(fault.parameters["seconds"])
                self.webhooks.clock_moved()
        if "refused" in kinds:
            return Reply(0, wire=Wire.CLOSE)
        if "error" in kinds:
            # Seen: an HTML page for 502 to 504 at Shopify's edge, JSON for 500.
            status = int(kinds["error"].parameters["status"])
            if status == 500:
                return json_reply(500, {"errors": "Internal Server Error"})
            return Reply(status, b"<html><body>Service unavailable</body></html>", {"Content-Type": "text/html"})
        if "throttled" in kinds:
            self._drain(request)
        reply = self._answer(request, record, kinds)
        if "lost_reply" in kinds:
            reply.wire = Wire.CLOSE
        elif "truncated" in kinds:
            reply.wire = Wire.TRUNCATE
        if "latency" in kinds and kinds["latency"].parameters.get("real"):
            reply.delay = float(kinds["latency"].parameters["seconds"])
        return reply

    def _drain(self, request: Request) -> None:
        """Empty the bucket that the request is paid from: GraphQL and REST have one each (actions.md 4.4)."""
        if request.path.endswith("/graphql.json"):
            self.bucket.drain()
        else:
            self.call_bucket.level = self.call_bucket.size
            self.call_bucket.at = self.clock.now().timestamp()

    # dispatch

    def _answer(self, request: Request, record: Record, faults: Mapping[str, Fault]) -> Reply:
        if request.path == "/admin/oauth/access_token" and request.method == "POST":
            every = auth.every_scope(load(DEFAULT_VERSION))
            record.operation = "client credentials"
            return json_reply(*self.tokens.exchange(calls.form_of(request), every))
        if request.path.startswith(("/bulk-results/", f"{staged_uploads.PATH}/")):
            return self._file(request)
        parts = calls.split_path(request.path)
        if parts is None:
            return json_reply(404, {"errors": "Not Found"})
        grant = self.tokens.grant(request.headers.get("x-shopify-access-token"))
        if grant is None or "token_revoked" in faults:
            return json_reply(401, {"errors": auth.UNAUTHORIZED})
        scopes = grant.scopes
        if "scope_removed" in faults:
            every = auth.every_scope(load(DEFAULT_VERSION)) if scopes is None else scopes
            scopes = _without(every, faults["scope_removed"].parameters["scope"])
        asked, path = parts
        version = served_version(asked or "", self.clock.now().date())
        if "version_retired" in faults:
            version = _next_version(version)
        record.api_version = version
        if path == "graphql.json" and request.method == "POST":
            reply = self._graphql(request, record, version, scopes)
        else:
            reply = self._rest(request, record, path, version, scopes)
        reply.headers["X-Shopify-API-Version"] = version
        return reply

    def _file(self, request: Request) -> Reply:
        """What is kept outside the Admin API: results of bulk operations, and uploads. Nobody needs a token for it."""
        if request.method != "GET":
            status, words = staged_uploads.receive(
                self.graph, request.method, request.path, request.headers, request.body
            )
            return Reply(status, words.encode(), {"Content-Type": "application/xml"})
        content = bulk.file_of(self.graph, request.path.removeprefix("/bulk-results/"), self.clock.now())
        if content is None:
            return Reply(403, b"<Error><Code>ExpiredToken</Code></Error>", {"Content-Type": "application/xml"})
        return Reply(200, content.encode(), {"Content-Type": "application/jsonl"})

    def _graphql(self, request: Request, record: Record, version: str, scopes: frozenset[str] | None) -> Reply:
        given = calls.graphql_of(request)
        if given is None:
            # Seen: this body for a request without a query.
            return json_reply(400, {"errors": {"query": "Required parameter missing or invalid"}})
        record.query, record.variables, name = given
        context = self.context("graphql", version, scopes)
        context.base_url = f"http://{request.headers.get('host', self.seed.domain)}"
        outcome = self.executor(version).run(context, self.bucket, given[0], given[1], name)
        record.operation, record.roots = outcome.operation, outcome.roots
        record.requested_cost, record.actual_cost = outcome.requested, outcome.actual
        record.errors, record.user_errors = outcome.errors, outcome.user_errors
        record.guessed = list(context.guesses)
        reply = json_reply(200, outcome.body)
        if context.guesses:
            reply.headers["X-Simulator-Guessed"] = ", ".join(context.guesses)
        if outcome.throttled:
            self._let_wait((outcome.requested or 0) - self.bucket.available(), self.bucket.rate)
        return reply

    def _rest(self, request: Request, record: Record, path: str, version: str, scopes: frozenset[str] | None) -> Reply:
        record.operation = f"{request.method} {path}"
        if not self.call_bucket.take():
            limit = {
                "Retry-After": self.call_bucket.retry_after,
                "X-Shopify-Shop-Api-Call-Limit": self.call_bucket.header,
            }
            record.errors = ["429"]
            reply = json_reply(429, {"errors": self.call_bucket.refusal}, limit)
            self._let_wait(1, self.call_bucket.leak)
            return reply
        reply = self._route(request, record, path, version, scopes)
        reply.headers["X-Shopify-Shop-Api-Call-Limit"] = self.call_bucket.header
        return reply

    def _route(self, request: Request, record: Record, path: str, version: str, scopes: frozenset[str] | None) -> Reply:
        found = calls.find_route(ROUTES, request.method, path)
        if found is None:
            words = f"Not Found: the simulator does not implement {request.method} {path} yet"
            record.errors = ["SIMULATOR_NOT_IMPLEMENTED"]
            return json_reply(404, {"errors": words}, {"X-Simulator-Not-Implemented": "1"})
        route, ids = found
        missing = auth.scope_missing(scopes, route.scope)
        if missing:
            record.errors = ["403"]
            return json_reply(403, {"errors": missing})
        context = self.context(f"rest {request.method} {path}", version, scopes)
        try:
            call = calls.rest_call(request, path, ids)
        except ValueError:
            return json_reply(400, {"errors": {"error": "the body is not JSON"}})
        record.variables = call.body
        try:
            with self.graph.caused_by(context.cause), self.graph.transaction():
                answer = route.call(context, shaped(call))
        except RestError as refusal:
            record.errors = [str(refusal)]
            return json_reply(refusal.status, {"errors": refusal.errors})
        return json_reply(answer.status, answer.body, answer.headers)

    def executor(self, version: str) -> Executor:
        """The GraphQL side of one API version; built on first use."""
        known = load(version).version
        if version not in self._executors:
            shared = self._executors.get(known)
            self._executors[version] = shared or Executor(version, FIELDS, MUTATIONS, narrowed)
        return self._executors[version]

    def _let_wait(self, missing: float, rate: float) -> None:
        """On a still clock the wait that a refusal asks for is over when the next request comes.

        Otherwise a client that waits in real time would be refused for ever.
        """
        if not self.clock.ticking and missing > 0:
            self.clock.advance(missing / rate + _ROUNDING)


def narrowed(listing: Listing, query: str, context: Context, key: str) -> Listing:
    """``listing`` narrowed to what ``query`` means; ``Refusal`` when its connection cannot be searched here."""
    if listing.search is None or listing.search not in SEARCHES:
        raise Refusal(f"the simulator cannot search {key} yet", "SIMULATOR_NOT_IMPLEMENTED")
    found = search.select(listing.nodes, query, SEARCHES, listing.search, context, key)
    return Listing(found, listing.sorts, listing.search)


def _without(scopes: frozenset[str], scope: str) -> frozenset[str]:
    """``scopes`` less one; taking away ``read_x`` takes ``write_x``, which includes it."""
    gone = {scope, f"write_{scope[5:]}"} if scope.startswith("read_") else {scope}
    return scopes - gone


def _next_version(version: str) -> str:
    """The quarter after ``version``."""
    if not version[:4].isdigit():
        raise RunnerError(f"the version {version} cannot be retired")
    year, month = (int(part) for part in version.split("-"))
    return f"{year + 1}-01" if month == 10 else f"{year}-{month + 3:02d}"
