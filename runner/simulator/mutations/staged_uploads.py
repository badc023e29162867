"""``stagedUploadsCreate``: addresses to which a file may be sent, and what is sent there."""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.graph import Graph

PATH = "/staged-uploads"
_LARGEST = 100_000_000
"""Bytes of the largest file with the variables of a bulk mutation."""


def _create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    targets: list[dict[str, Any]] = []
    problems = []
    for number, wanted in enumerate(args["input"]):
        if not wanted["filename"].strip():
            problems.append(user_error(["input", str(number), "filename"], "Filename can't be blank"))
            continue
        targets.append(_target(context, wanted))
    return {"stagedTargets": targets, "userErrors": problems}


def _target(context: Context, wanted: Mapping[str, Any]) -> dict[str, Any]:
    upload = context.graph.create("StagedUpload", {"resource": wanted["resource"], "_key": None, "_content": None})
    folder = "bulk" if wanted["resource"] == "BULK_MUTATION_VARIABLES" else "files"
    key = f"tmp/{context.shop.number}/{folder}/{upload.number}/{wanted['filename']}"
    context.graph.update(upload.id, _key=key)
    url = f"{context.base_url}{PATH}/"
    if wanted.get("httpMethod", "PUT") == "PUT" and folder != "bulk":
        parameters = [{"name": "content_type", "value": wanted["mimeType"]}, {"name": "acl", "value": "private"}]
        return {"url": f"{url}{key}", "resourceUrl": f"{url}{key}", "parameters": parameters}
    signed = {"Content-Type": wanted["mimeType"], "success_action_status": "201", "acl": "private", "key": key}
    parameters = [{"name": name, "value": value} for name, value in signed.items()]
    return {"url": url, "resourceUrl": f"{url}{key}", "parameters": parameters}


def receive(graph: Graph, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
    """Take a file sent to ``path``; the status and body to answer with. A form names the place by its ``key``."""
    if method == "PUT":
        key, content = path.removeprefix(f"{PATH}/"), body
    else:
        fields = _form(headers.get("content-type", ""), body)
        if "file" not in fields:
            return 400, "<Error><Code>InvalidArgument</Code><Message>There is no file field.</Message></Error>"
        key, content = fields.get("key", b"").decode("utf-8", "replace"), fields["file"]
    upload = graph.first("StagedUpload", "_key", key)
    if upload is None:
        return 403, "<Error><Code>AccessDenied</Code><Message>There is no upload of this key.</Message></Error>"
    if len(content) > _LARGEST:
        return 400, "<Error><Code>EntityTooLarge</Code></Error>"
    with graph.caused_by(f"upload {key}"):
        graph.update(upload.id, _content=content.decode("utf-8", "replace"))
    return 201, f"<PostResponse><Key>{key}</Key></PostResponse>"


def _form(content_type: str, body: bytes) -> dict[str, bytes]:
    """The fields of a multipart form."""
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    found: dict[str, bytes] = {}
    for part in message.get_payload() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        content = part.get_payload(decode=True)  # type: ignore[union-attr]
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content
    return found


MUTATIONS: dict[str, Mutation] = {"stagedUploadsCreate": _create}
