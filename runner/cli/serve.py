"""``runner serve``: receives webhooks, and works off what they start, until stopped."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from runner.cli.output import Output
from runner.errors import ConfigError

if TYPE_CHECKING:
    from starlette.routing import Route

    from runner.cli.custom_webhooks import ProjectWebhooks
    from runner.cli.project_tasks import ProjectTasks
    from runner.cli.target import Target
    from runner.config import Settings
    from runner.engine.engine import Engine
    from runner.engine.matching import EnabledTask
    from runner.engine.working import WorkingThread

RATE = 2000.0
"""Requests a second that the inbound address takes; twice as many at once."""
_PORTS = click.IntRange(0, 65535)


@click.command("serve")
@click.option("--port", type=_PORTS, default=9393, show_default=True, help="Port for webhooks; 0: any free one.")
@click.option("--api-port", type=_PORTS, default=9394, show_default=True, help="Port for health and status; 0: any.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that the port for webhooks listens on.")
@click.option(
    "--public-url",
    metavar="URL",
    help="Address by which others reach the port, such as a tunnel's; the setting public_url, if not given.",
)
@click.option("--no-register", is_flag=True, help="Leave the shop's webhooks as they are, also with --public-url.")
@click.option("--no-work", is_flag=True, help="Receive only: `runner worker` runs the tasks.")
@click.option("--json", "as_json", is_flag=True, help="Print the addresses as one JSON document.")
def command(
    *, port: int, api_port: int, host: str, public_url: str | None, no_register: bool, no_work: bool, as_json: bool
) -> None:
    """Receive webhooks and run the enabled tasks until stopped.

    Actions are performed only when the settings say mode: live. New tasks are disabled: `runner tasks enable` switches
    one on. The port for webhooks is the only one that a tunnel should lead to; with its address as --public-url, the
    topics that enabled tasks need are registered in the shop, and again when these tasks change.
    """
    from runner.cli.receiving import mailbox
    from runner.cli.working import stop_signals
    from runner.config import load_settings

    output = Output(as_json=as_json)
    settings = load_settings()
    public_url = public_url or settings.public_url
    mailbox(settings)  # a mailbox without a login is told before anything is opened
    for warning in settings.warnings:
        output.note(f"Warning: {warning}", style="yellow")
    if not settings.signing_secrets:
        output.note("Warning: client_secret is not set, so that no webhook of Shopify can be verified", style="yellow")
    with stop_signals() as stop:
        _serve(output, settings, stop, (host, port, api_port), public_url, works=not no_work, registers=not no_register)


def _serve(
    output: Output,
    settings: Settings,
    stop: threading.Event,
    where: tuple[str, int, int],
    public_url: str | None,
    *,
    works: bool,
    registers: bool,
) -> None:
    from runner.cli.custom_webhooks import ProjectWebhooks
    from runner.cli.logs import logging_to_stderr
    from runner.cli.project_tasks import ProjectTasks
    from runner.cli.receiving import receiving
    from runner.cli.registering import KeptRegistered, webhook_address
    from runner.cli.steps import Steps
    from runner.cli.target import configured_target
    from runner.cli.working import ending, open_engine
    from runner.clock import stopwatch
    from runner.store.kept import KeptValues
    from runner.value_files import LiveValues
    from runner.web.guard import public_host

    if public_url and registers:
        webhook_address(public_url, simulated=settings.is_simulated)
    hosts = [public_host(public_url)] if public_url else []
    if where[0] not in ("0.0.0.0", "::"):
        hosts.append(where[0])
    # The one document of --json is that of the addresses; steps would be lines beside it.
    steps = Steps(output, endless=True)
    with ExitStack() as stack:
        target = stack.enter_context(configured_target(settings, dry=False, log=steps.called))
        current = LiveValues(settings)
        stack.enter_context(logging_to_stderr(lambda: (*settings.secrets, *current.values.secrets.known_values())))
        tasks = ProjectTasks(settings, target.store, shop=target.record, values=current)
        custom = ProjectWebhooks(settings)
        custom.load()
        engine, work = open_engine(
            stack, target, tasks, current.values, steps.occurred, settings=settings, note=output.note, works=works
        )
        taken = engine.recover() if works else 0
        stack.enter_context(ending(output, work))
        addresses = _open(stack, settings, target, engine, work, where=where, hosts=hosts, custom=custom, tasks=tasks)
        addresses["public"] = (public_url or addresses["inbound"]).rstrip("/")
        KeptValues(target.store.database, "server").put("public", addresses["public"])
        work.start()
        _banner(output, settings, target, tasks, addresses, taken)
        if public_url and registers:
            uri = webhook_address(public_url, simulated=settings.is_simulated)
            stack.enter_context(
                KeptRegistered(
                    output, target.asking, tasks, current.values, custom=custom, uri=uri, elapsed=stopwatch()
                )
            )
        stack.enter_context(receiving(settings, target, engine))
        stop.wait()
        output.note("stopping: what runs is finished first")
    # The block has closed the ports first, then let the work end, then closed the store.
    output.note("stopped")


def _open(
    stack: ExitStack,
    settings: Settings,
    target: Target,
    engine: Engine,
    work: WorkingThread,
    *,
    where: tuple[str, int, int],
    hosts: list[str],
    custom: ProjectWebhooks,
    tasks: ProjectTasks,
) -> dict[str, Any]:
    """Open both ports, until the stack ends: they close first, then the work under way may end."""
    from runner.cli.receiving import mail_address
    from runner.clock import stopwatch
    from runner.engine.ids import fresh_id
    from runner.store.figures import figures
    from runner.store.overview import Overview
    from runner.web.addresses import Addresses
    from runner.web.api import Served, local_api
    from runner.web.counts import Counts
    from runner.web.guard import Bucket, Guard
    from runner.web.inbound import guarded, inbound
    from runner.web.serving import serving

    host, port, api_port = where
    counts = Counts()
    receiver = inbound(
        engine,
        secrets=settings.signing_secrets,
        shop=str(target.record.get("myshopify_domain") or ""),
        opened=Addresses(target.store),
        ids=fresh_id,
        counts=counts,
        custom=custom.find,
        mail=mail_address(settings),
        files=target.services.store,
    )
    outer = guarded(receiver, hosts=hosts, bucket=Bucket(RATE, 2 * RATE, stopwatch()), counts=counts)
    served = Served(
        engine,
        counts,
        Overview(target.store.database, target.store.clock).status,
        lambda: work.is_alive,
        token=fresh_id(),
        instance=fresh_id(),
        runs=lambda: figures(target.store.database, target.store.clock).runs,
        gauges=lambda: _gauges(target, engine),
    )
    inbound_url = stack.enter_context(serving(outer, host=host, port=port))
    pages = _pages(engine, target, tasks)
    api_url = stack.enter_context(serving(Guard(local_api(served, pages), hosts=[]), port=api_port))
    _announce(stack, target, {"url": api_url, "token": served.token, "instance": served.instance})
    return {"inbound": inbound_url, "api": api_url}


def _pages(engine: Engine, target: Target, tasks: ProjectTasks) -> list[Route]:
    """What a browser on this machine can start tasks with."""
    from runner.engine.ids import fresh_id
    from runner.web.requests import Room
    from runner.web.run_pages import RunPages

    def enabled() -> list[EnabledTask]:
        return [task.prepared for task in tasks.load() if task.enabled and task.prepared is not None]

    return RunPages(engine, target.client, enabled, fresh_id(), Room()).routes()


def _gauges(target: Target, engine: Engine) -> dict[str, tuple[str, float | None]]:
    """What `/metrics` tells beside runs and requests."""
    from runner.store.figures import figures

    throttle = target.client.throttle
    return {
        "workers": ("Processes that take runs.", figures(target.store.database, target.store.clock).workers),
        "under_way": ("Runs that this process is doing.", engine.queue.under_way),
        "shop_points": ("Points of the GraphQL budget at hand.", throttle.graphql.available()),
        "shop_hold_seconds": ("Seconds until the shop's budgets allow new runs.", throttle.hold()),
    }


def _announce(stack: ExitStack, target: Target, row: dict[str, str]) -> None:
    """Tell other commands where the local address is; ``ConfigError`` when another server works on this database."""
    from runner.cli.handover import running_server
    from runner.store.kept import KeptValues

    other = running_server(target.store)
    if other is not None:
        raise ConfigError(
            f"`runner serve` works on this database already, at {other.url}",
            code="config.serving",
            hint="stop it first, or name another database in the settings",
        )
    kept = KeptValues(target.store.database, "server")
    kept.put("local", row)
    stack.callback(kept.drop, "local")


def _banner(
    output: Output,
    settings: Settings,
    target: Target,
    tasks: ProjectTasks,
    addresses: dict[str, Any],
    taken: int,
) -> None:
    from runner.web.inbound import PATH

    found = tasks.load()
    enabled = [task.handle for task in found if task.enabled]
    live = settings.mode == "live"
    output.say(f"{target.label}: {'LIVE, actions change it' if live else 'dry, nothing is performed'}", style="bold")
    output.say(f"database  {target.store.database.name.removeprefix('the database ')}")
    output.say(f"webhooks  {addresses['public']}{PATH}")
    words = None if target.services.store is None else target.services.store.warning()
    if words:
        output.say(f"files     {words}")
    if settings.email_inbox:
        output.say(f"mailbox   {settings.email_inbox}, every {settings.email_poll} s")
    output.say(f"status    {addresses['api']}/status, /healthz, /metrics")
    output.say(f"tasks     {', '.join(enabled) or 'none enabled'} ({len(found)} in all)")
    if taken:
        output.say(f"{taken} run(s) that were left open are taken up.")
    output.document(
        {
            **addresses,
            "webhooks": f"{addresses['public']}{PATH}",
            "shop": target.record.get("myshopify_domain"),
            "mode": str(settings.mode),
            "enabled": enabled,
            "taken_up": taken,
            "warnings": [words] if words else [],
        }
    )
