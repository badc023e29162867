"""Files of the shop, and the media of products: images, videos, models, anything else.

Stored: alt, ``_url``, ``_filename``, mimeType, ``_width``, ``_height`` (null: not known), ``_size``, ``_ready_at``,
createdAt, updatedAt. A product or variant names its media under ``_media``, gids in order. Nothing is downloaded:
what a file is follows from the address of its source.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.graph import Graph, Node, gid

CONTENT_TYPES = {
    "EXTERNAL_VIDEO": "ExternalVideo",
    "FILE": "GenericFile",
    "IMAGE": "MediaImage",
    "MODEL_3D": "Model3d",
    "VIDEO": "Video",
}
TYPES = tuple(CONTENT_TYPES.values())
MEDIA_TYPES = {type_name: content for content, type_name in CONTENT_TYPES.items() if content != "FILE"}
PROCESSING = timedelta(seconds=1)
"""How long a new file is processed, in the shop's time."""
_VIDEO_HOSTS = {"youtube.com": "YOUTUBE", "youtu.be": "YOUTUBE", "vimeo.com": "VIMEO"}


def filename_of(source: str) -> str:
    """The last part of an address."""
    return urlsplit(source).path.rsplit("/", 1)[-1] or "file"


def content_type_of(source: str) -> str:
    """What kind of file an address leads to, by its ending."""
    if video_host(source):
        return "EXTERNAL_VIDEO"
    kind = mimetypes.guess_type(filename_of(source))[0] or ""
    if filename_of(source).lower().endswith((".glb", ".usdz")):
        return "MODEL_3D"
    return {"image": "IMAGE", "video": "VIDEO"}.get(kind.partition("/")[0], "FILE")


def video_host(source: str) -> str | None:
    """``YOUTUBE`` or ``VIMEO`` for the address of a video there."""
    host = (urlsplit(source).hostname or "").removeprefix("www.")
    return _VIDEO_HOSTS.get(host)


def store_file(graph: Graph, source: str, *, content: str | None = None, alt: str | None, name: str | None) -> Node:
    """Create a file of an address that was found good; ``content`` is its ``FileContentType``."""
    kind = CONTENT_TYPES[content or content_type_of(source)]
    filename = name or filename_of(source)
    now = graph.now()
    return graph.create(
        kind,
        {
            "alt": alt,
            "_source": source,
            "_filename": filename,
            "mimeType": mimetypes.guess_type(filename)[0] or "application/octet-stream",
            "_width": None,
            "_height": None,
            "_size": None,
            "_ready_at": (datetime.fromisoformat(now) + PROCESSING).isoformat(),
            "createdAt": now,
            "updatedAt": now,
        },
    )


def media_of(graph: Graph, owner: Node) -> list[Node]:
    """The media of a product or variant, in order."""
    return [node for node in (graph.get(each) for each in owner["_media"] or []) if node is not None]


def images_of(graph: Graph, product: Node) -> list[Node]:
    """The images among the media of a product."""
    return [node for node in media_of(graph, product) if node.type == "MediaImage"]


def url_of(file: Node, domain: str) -> str:
    """Where the shop serves the file: the folder of images or of files, with a number for its version."""
    folder = "products" if file["_on_product"] else "files"
    return f"https://{domain}/cdn/shop/{folder}/{file['_filename']}?v={file.number}"


def _url(file: Node, context: Context, args: Mapping[str, Any]) -> str:
    return url_of(file, str(context.shop["_domain"] or context.shop["myshopifyDomain"]))


def ready(file: Node, context: Context) -> bool:
    """Whether the file has been processed."""
    moment = file["_ready_at"]
    return moment is None or datetime.fromisoformat(moment) <= context.clock.now()


def _status(file: Node, context: Context, args: Mapping[str, Any]) -> str:
    return "READY" if ready(file, context) else "PROCESSING"


def image_fields(file: Node, context: Context, *, product: bool = False) -> dict[str, Any]:
    """The ``Image`` of an image file; ``product``: with the id it has as an image of its product."""
    number = file.number
    return {
        "id": gid("ProductImage" if product else "ImageSource", number),
        "url": _url(file, context, {}),
        "altText": file["alt"],
        "width": file["_width"],
        "height": file["_height"],
    }


def _image(file: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    return image_fields(file, context) if ready(file, context) else None


def _preview(file: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    shown = image_fields(file, context) if file.type == "MediaImage" and ready(file, context) else None
    return {"image": shown, "status": _status(file, context, args)}


def _original(file: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"url": file["_source"], "fileSize": file["_size"], "mimeType": file["mimeType"]}


def _images(product: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [image_fields(node, context, product=True) for node in images_of(context.graph, product)]


def _featured_image(product: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    return next(iter(_images(product, context, args)), None)


def _variant_image(variant: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    return next(iter(_images(variant, context, args)), None)


def _transformed(image: Mapping[str, Any], context: Context, args: Mapping[str, Any]) -> str:
    given = args.get("transform") or args
    query = "".join(
        f"&{name}={str(given[argument]).lower()}"
        for argument, name in (("maxWidth", "width"), ("maxHeight", "height"), ("crop", "crop"))
        if given.get(argument)
    )
    return f"{image['url']}{query}"


def _files(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    found = [node for kind in TYPES for node in context.graph.of_type(kind)]
    sorts = {"FILENAME": lambda node: node["_filename"], "ORIGINAL_UPLOAD_SIZE": lambda node: node["_size"]}
    return Listing(sorted(found, key=lambda node: node.sequence), sorts=sorts, search="files")


def _empty(file: Node, context: Context, args: Mapping[str, Any]) -> list[Any]:
    return []


_FILE = {"fileErrors": _empty, "fileStatus": _status, "preview": _preview}
_MEDIA = {
    "mediaContentType": lambda file, context, args: MEDIA_TYPES[file.type],
    "mediaErrors": _empty,
    "mediaWarnings": _empty,
    "status": _status,
}
_OWNED = {
    "media": lambda owner, context, args: Listing(media_of(context.graph, owner), search="media"),
}

FIELDS: Fields = {
    "ExternalVideo": {
        **_FILE,
        **_MEDIA,
        "embedUrl": lambda file, context, args: file["_source"],
        "embeddedUrl": lambda file, context, args: file["_source"],
        "host": lambda file, context, args: video_host(file["_source"]) or "YOUTUBE",
        "originUrl": lambda file, context, args: file["_source"],
    },
    "GenericFile": {
        **_FILE,
        "originalFileSize": lambda file, context, args: file["_size"],
        "url": lambda file, context, args: _url(file, context, args) if ready(file, context) else None,
    },
    "Image": {
        "originalSrc": lambda image, context, args: image["url"],
        "src": lambda image, context, args: image["url"],
        "thumbhash": lambda image, context, args: None,
        "transformedSrc": _transformed,
        "translations": lambda image, context, args: [],
        "url": _transformed,
    },
    "MediaImage": {
        **_FILE,
        **_MEDIA,
        "image": _image,
        "originalSource": _original,
        "translations": _empty,
    },
    "Model3d": {
        **_FILE,
        **_MEDIA,
        "boundingBox": lambda file, context, args: None,
        "filename": lambda file, context, args: file["_filename"],
        "originalSource": _original,
        "sources": _empty,
    },
    "Product": {
        **_OWNED,
        "featuredImage": _featured_image,
        "featuredMedia": lambda product, context, args: next(iter(media_of(context.graph, product)), None),
        "images": _images,
        "mediaCount": lambda product, context, args: {
            "count": len(media_of(context.graph, product)),
            "precision": "EXACT",
        },
    },
    "ProductVariant": {**_OWNED, "image": _variant_image},
    "QueryRoot": {"files": _files},
    "Video": {
        **_FILE,
        **_MEDIA,
        "duration": lambda file, context, args: None,
        "filename": lambda file, context, args: file["_filename"],
        "originalSource": lambda file, context, args: None,
        "sources": _empty,
    },
}
