"""The protocol on the wire: what comes back to a client that misbehaves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any


def frame(message: Any) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def call(ident: int, method: str, params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": ident, "method": method, "params": params}


RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
INITIALIZE = call(1, "initialize", {"processId": None, "rootUri": None, "capabilities": {}})


def frames(output: bytes) -> list[dict[str, Any]]:
    """The messages; an assertion fails for a byte between them."""
    found = []
    while output:
        head = re.match(rb"Content-Length: (\d+)\r\n(?:[\w-]+: [^\r\n]*\r\n)*\r\n", output)
        assert head is not None, output[:200]
        end = head.end() + int(head[1])
        found.append(json.loads(output[head.end() : end]))
        output = output[end:]
    return found


def spoken(folder: Path, *messages: Any) -> tuple[int, dict[Any, dict[str, Any]], str]:
    """Exit code, answers by id, and stderr of a server that is sent all of ``messages`` at once."""
    process = subprocess.run(
        [sys.executable, "-m", "runner", "lsp"],
        input=b"".join(map(frame, messages)),
        cwd=folder,
        capture_output=True,
        timeout=30,
        check=False,
    )
    answers = {each["id"]: each for each in frames(process.stdout) if "id" in each}
    return process.returncode, answers, process.stderr.decode()


def test_wrong_messages_are_answered_with_errors_and_the_server_goes_on(tmp_path: Path) -> None:
    code, answers, noise = spoken(
        tmp_path,
        INITIALIZE,
        b"this is no JSON",
        call(2, "textDocument/hover", {"textDocument": 1}),
        call(
            3,
            "textDocument/codeAction",
            {"textDocument": {"uri": "untitled:1"}, "range": RANGE, "context": {"diagnostics": []}},
        ),
        {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {}},
        {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 99}},
        call(4, "shutdown", None),
        {"jsonrpc": "2.0", "method": "exit"},
    )
    assert code == 0
    assert answers[1]["result"]["serverInfo"]["name"] == "runner"
    assert answers[3]["error"]["code"] == -32602
    assert answers[4]["result"] is None
    assert "Traceback" not in noise


def test_the_server_ends_with_the_editor(tmp_path: Path) -> None:
    _, answers, noise = spoken(tmp_path, INITIALIZE)
    assert (len(answers), noise) == (1, "")
