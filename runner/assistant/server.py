"""The server: all tools and pages, over standard input and output."""

from __future__ import annotations

from urllib.parse import quote

from mcp.server import MCPServer
from mcp.server.mcpserver.resources import TextResource
from mcp_types import ToolAnnotations

from runner import __version__
from runner.assistant.desk import Desk
from runner.assistant.history import history_tools
from runner.assistant.manual import DOC_ID
from runner.assistant.texts import text_tools
from runner.assistant.work import work_tools

SCHEME = "mechanic-docs://"
"""How the addresses of pages begin; the percent-encoded id follows, as at the vendor's server (tooling.md 3)."""
INSTRUCTIONS = """\
Tools for tasks of the Mechanic platform for Shopify, answered by the engine on this machine: no upload, no limit.
Nothing is written or performed by them, and no shop is asked.

To write a task: search_tasks and search_task_examples for one that comes near, get_task to read it; search_docs and
get_doc for tags, filters, options and actions. build_task_export puts the parts together. Save its `json` in tasks/.
To check a task: lint_task, then preview_task. Read `errors`, `option_errors` and what each topic did.
To test it: write cases in fixtures/<handle>/<case>.yml (get_doc doc:fixtures), then test_task with coverage. New and
changed snapshots are taken over by the command `runner test --update`, once a person has read them.
To change a task: diff_actions with the edited export before saving it; replay_event for events that happened."""


def server() -> MCPServer:
    """The server, which reads the project of the current folder when it is asked."""
    desk = Desk()
    made: MCPServer = MCPServer(
        "mechanic-runner", version=__version__, instructions=INSTRUCTIONS, log_level="ERROR", subscriptions=False
    )
    harmless = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    for tool in (*text_tools(desk), *work_tools(desk), *history_tools(desk)):
        made.add_tool(desk.told(tool), annotations=harmless)
    for name, page in desk.manual.pages.items():
        made.add_resource(
            TextResource(
                uri=f"{SCHEME}{quote(DOC_ID + name, safe='')}",
                name=name,
                title=page.title,
                mime_type="text/markdown",
                text=page.markdown,
            )
        )
    return made
