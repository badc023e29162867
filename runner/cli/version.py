"""``runner version``."""

from __future__ import annotations

import platform

import click

from runner import __version__
from runner.cli.output import Output


@click.command("version")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(as_json: bool) -> None:
    """Print the versions of the engine and of what it speaks.

    Asks nobody on the network.
    """
    import liquid

    from runner.shopify.schema import KNOWN_VERSIONS

    output = Output(as_json=as_json)
    output.say(f"runner {__version__}")
    output.say(f"python {platform.python_version()}, python-liquid {liquid.__version__}")
    output.say(f"Shopify Admin API {', '.join(KNOWN_VERSIONS)}")
    output.document(
        {
            "runner": __version__,
            "python": platform.python_version(),
            "python_liquid": liquid.__version__,
            "shopify_api_versions": list(KNOWN_VERSIONS),
        }
    )
