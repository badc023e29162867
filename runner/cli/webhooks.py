"""``runner webhooks``: the shop's webhooks, and the addresses that others post to."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from runner.cli.grouping import CommandGroup
from runner.cli.output import ExitCode, Output
from runner.cli.webhook_secrets import secret

if TYPE_CHECKING:
    from runner.cli.project_tasks import ProjectTasks
    from runner.cli.target import Target
    from runner.config import Settings
    from runner.model.shop_values import ShopValues


@click.group("webhooks", cls=CommandGroup)
def command() -> None:
    """Register Shopify's webhooks; make addresses that others post to."""


command.add_command(secret)


@command.command("register")
@click.option("--url", required=True, metavar="URL", help="Address by which Shopify reaches `runner serve`.")
@click.option("--prune", is_flag=True, help="Also remove ours that no enabled task needs.")
@click.option("--dry-run", "dry", is_flag=True, help="Only show what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def register_(url: str, prune: bool, dry: bool, as_json: bool) -> int:
    """Subscribe to the topics that the enabled tasks need.

    Creates what is missing and corrects what leads elsewhere; again is harmless. Subscriptions of other programs are
    left alone. The token's access scopes are looked at first: what a task needs and the token lacks is said.
    """
    from runner.cli.custom_webhooks import ProjectWebhooks
    from runner.cli.registering import register, show, webhook_address

    output = Output(as_json=as_json)
    with ExitStack() as stack:
        settings, target, tasks, values = _opened(stack, output)
        uri = webhook_address(url, simulated=settings.is_simulated)
        found = tasks.load()
        custom = ProjectWebhooks(settings).load()
        done = register(target.asking, found, values, uri, custom=custom, prune=prune, dry=dry)
        for task in found:
            if task.enabled and task.fault is not None:
                output.note(f"Warning: {task.handle} is not looked at: {task.fault}", style="yellow")
        if not any(task.enabled for task in found):
            output.note("Warning: no task is enabled, so nothing is needed: `runner tasks enable`", style="yellow")
    show(output, done, dry=dry, prune=prune)
    output.document(done.to_dict())
    return ExitCode.DONE if done.ok else ExitCode.SHOP


@command.command("list")
@click.option("--url", metavar="URL", help="The address they should lead to; without it, any address of ours is right.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(url: str | None, as_json: bool) -> None:
    """List the app's webhook subscriptions in the shop, and how they stand to what the enabled tasks need."""
    from runner.cli.custom_webhooks import ProjectWebhooks
    from runner.cli.registering import wanted, webhook_address
    from runner.shopify.registration import plan, subscriptions
    from runner.web.inbound import PATH

    output = Output(as_json=as_json)
    with ExitStack() as stack:
        settings, target, tasks, _ = _opened(stack, output)
        uri = None if url is None else webhook_address(url, simulated=settings.is_simulated)
        steps = plan(
            subscriptions(target.asking), wanted(tasks.load(), ProjectWebhooks(settings).load()), uri=uri, path=PATH
        )
    rows = [
        (
            step.event_topic,
            step.state.value,
            ", ".join(step.needed_by) or "-",
            step.found.uri if step.found is not None else "-",
            (step.found.version if step.found is not None else None) or "-",
            str(step.to_dict().get("filter", "-")),
        )
        for step in steps
    ]
    if rows:
        output.table(("topic", "state", "needed by", "address", "version", "filter"), rows)
    else:
        output.say("none, and no enabled task needs one")
    output.document({"subscriptions": [step.to_dict() for step in steps]})


def _opened(stack: ExitStack, output: Output) -> tuple[Settings, Target, ProjectTasks, ShopValues]:
    """The configured shop with its project; the stack closes it."""
    from runner.cli.project_tasks import ProjectTasks
    from runner.cli.target import configured_target
    from runner.config import load_settings
    from runner.shop_values import load_values

    settings = load_settings()
    for warning in settings.warnings:
        output.note(f"Warning: {warning}", style="yellow")
    target = stack.enter_context(configured_target(settings, dry=False))
    values = load_values(settings)
    return settings, target, ProjectTasks(settings, target.store, shop=target.record, values=values), values
