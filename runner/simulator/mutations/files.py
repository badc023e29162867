"""``fileCreate``, ``fileUpdate``, ``fileDelete``: files of the shop from addresses or staged uploads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from runner.simulator.contract import Context, user_error
from runner.simulator.families.files import MEDIA_TYPES, TYPES, content_type_of, filename_of, store_file
from runner.simulator.graph import Node

ALT_LIMIT = 512
_OWNERS = ("Product", "ProductVariant")
_ENDING = re.compile(r"\.[A-Za-z0-9]+\Z")
Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add files. They are processed for a second; one of the same name gets another, unless told to replace it."""
    errors: Errors = []
    files: list[Node] = []
    for index, given in enumerate(args["files"]):
        problems = _create_errors(context, given, ("files", str(index)))
        errors += problems
        if not problems:
            files.append(_create(context, given))
    if errors:
        return {"files": None, "userErrors": errors}
    return {"files": files, "userErrors": []}


def _create(context: Context, given: Mapping[str, Any]) -> Node:
    graph, source = context.graph, given["originalSource"]
    name = given.get("filename") or filename_of(source)
    known = _named(context, name)
    if known is not None and given.get("duplicateResolutionMode") == "REPLACE":
        return graph.update(known.id, _source=source, alt=given.get("alt"), updatedAt=graph.now())
    if known is not None:
        name = _ENDING.sub(lambda ending: f"_{graph.next_id('FileCopy').rsplit('/', 1)[-1]}{ending[0]}", name)
    content = given.get("contentType") or content_type_of(source)
    return store_file(graph, source, content=content, alt=given.get("alt"), name=name)


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change files: alternative text, name, source, and the products they are media of."""
    errors: Errors = []
    files: list[Node] = []
    for index, given in enumerate(args["files"]):
        path = ("files", str(index))
        file = find_file(context, given["id"])
        problems = _update_errors(context, file, given, path)
        errors += problems
        if file is None or problems:
            continue
        fields = {"alt": given["alt"]} if "alt" in given else {}
        for theirs, ours in (("filename", "_filename"), ("originalSource", "_source")):
            if given.get(theirs):
                fields[ours] = given[theirs]
        context.graph.update(file.id, {**fields, "updatedAt": context.graph.now()})
        for owner in given.get("referencesToAdd") or []:
            attach(context, owner, [file.id])
        for owner in given.get("referencesToRemove") or []:
            detach(context, owner, [file.id])
        files.append(file)
    if errors:
        return {"files": None, "userErrors": errors}
    return {"files": files, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete files, also where they are media of products."""
    missing = [node_id for node_id in args["fileIds"] if find_file(context, node_id) is None]
    if missing:
        message = f"File id {missing[0]} does not exist."
        return {"deletedFileIds": None, "userErrors": [user_error(("fileIds",), message, "FILE_DOES_NOT_EXIST")]}
    for kind in _OWNERS:
        for owner in context.graph.of_type(kind):
            if set(owner["_media"] or ()) & set(args["fileIds"]):
                detach(context, owner.id, args["fileIds"])
    for node_id in args["fileIds"]:
        context.graph.delete(node_id)
    return {"deletedFileIds": list(args["fileIds"]), "userErrors": []}


def find_file(context: Context, node_id: str) -> Node | None:
    """The file of a gid; None when there is none."""
    node = context.graph.get(node_id)
    return node if node is not None and node.type in TYPES else None


def attach(context: Context, owner_id: str, files: list[str]) -> None:
    """Append files to the media of a product or variant."""
    owner = context.graph.get(owner_id)
    if owner is not None:
        held = list(owner["_media"] or [])
        context.graph.update(owner.id, _media=list(dict.fromkeys([*held, *files])), updatedAt=context.graph.now())
        for node_id in files:
            context.graph.update(node_id, _on_product=True)


def detach(context: Context, owner_id: str, files: list[str]) -> None:
    """Take files out of the media of a product, and of its variants, or of a variant."""
    graph = context.graph
    owner = graph.get(owner_id)
    if owner is None:
        return
    variants = graph.find("ProductVariant", "product", owner.id) if owner.type == "Product" else []
    for node in (owner, *variants):
        left = [each for each in node["_media"] or [] if each not in files]
        if left != (node["_media"] or []):
            graph.update(node.id, _media=left, updatedAt=graph.now())


def source_error(context: Context, source: str) -> str | None:
    """What is wrong with the address of a file; None when it can be used."""
    if not source.strip():
        return "Original source can't be blank"
    parts = urlsplit(source)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return "The file URL is invalid."
    return None


def _create_errors(context: Context, given: Mapping[str, Any], path: tuple[str, ...]) -> Errors:
    errors: Errors = []
    problem = source_error(context, given["originalSource"])
    if problem is not None:
        code = "INVALID_IMAGE_SOURCE_URL" if given.get("contentType") == "IMAGE" else "INVALID"
        errors.append(user_error((*path, "originalSource"), problem, code))
    errors += _alt_errors(given, path)
    name, mode = given.get("filename"), given.get("duplicateResolutionMode")
    if problem is None and name and _ending(name) != _ending(filename_of(given["originalSource"])):
        message = "The filename extension must match that of the original source."
        errors.append(user_error((*path, "filename"), message, "MISMATCHED_FILENAME_AND_ORIGINAL_SOURCE"))
    if mode == "REPLACE" and not name:
        message = "Filename is required when the duplicate resolution mode is REPLACE."
        errors.append(user_error((*path, "filename"), message, "MISSING_FILENAME_FOR_DUPLICATE_MODE_REPLACE"))
    if mode == "RAISE_ERROR" and name and _named(context, name) is not None:
        errors.append(user_error((*path, "filename"), "The filename already exists.", "FILENAME_ALREADY_EXISTS"))
    return errors


def _update_errors(context: Context, file: Node | None, given: Mapping[str, Any], path: tuple[str, ...]) -> Errors:
    if file is None:
        message = f"File id {given['id']} does not exist."
        return [user_error((*path, "id"), message, "FILE_DOES_NOT_EXIST")]
    errors = _alt_errors(given, path)
    if given.get("filename") and _ending(given["filename"]) != _ending(file["_filename"]):
        message = "The filename extension must match that of the file."
        errors.append(user_error((*path, "filename"), message, "INVALID_FILENAME_EXTENSION"))
    references = [*(given.get("referencesToAdd") or []), *(given.get("referencesToRemove") or [])]
    for node_id in references:
        owner = context.graph.get(node_id)
        if owner is None or owner.type not in _OWNERS:
            message = f"The reference target {node_id} does not exist."
            errors.append(user_error((*path, "references"), message, "REFERENCE_TARGET_DOES_NOT_EXIST"))
    if references and file.type not in MEDIA_TYPES:
        message = "This file cannot be referenced by a product."
        errors.append(user_error((*path, "id"), message, "UNSUPPORTED_FILE_REFERENCE"))
    return errors


def _alt_errors(given: Mapping[str, Any], path: tuple[str, ...]) -> Errors:
    if len(given.get("alt") or "") <= ALT_LIMIT:
        return []
    message = f"The alt value exceeds the maximum limit of {ALT_LIMIT} characters."
    return [user_error((*path, "alt"), message, "ALT_VALUE_LIMIT_EXCEEDED")]


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _named(context: Context, name: str) -> Node | None:
    for kind in TYPES:
        found = context.graph.first(kind, "_filename", name)
        if found is not None:
            return found
    return None


MUTATIONS = {"fileCreate": create, "fileDelete": delete, "fileUpdate": update}
