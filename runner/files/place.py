"""Where files are kept, as the setting ``files`` says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_FORM = "expected such as s3://my-bucket/files?endpoint=https://s3.example.com&region=eu-central-1"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of S3 or of something compatible. ``prefix`` without slashes around it; None is boto3's to know."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None


def read_place(text: str) -> Path | Bucket:
    """A folder or a bucket. Raises ValueError for another kind of address."""
    given = text.strip()
    if "://" not in given:
        if not given or "\x00" in given:
            raise ValueError("expected a folder, or s3://BUCKET/PREFIX")
        return Path(given).expanduser()
    parts = urlsplit(given)
    if parts.scheme.lower() != "s3":
        raise ValueError(f'"{given}" is neither a folder nor a bucket; {_FORM}')
    query = parse_qs(parts.query, keep_blank_values=True)
    unknown = set(query) - {"endpoint", "region"}
    endpoint, region = (query.get(name, [""])[-1] or None for name in ("endpoint", "region"))
    if not _BUCKET.fullmatch(parts.netloc) or unknown or parts.fragment:
        raise ValueError(f'"{given}" is no bucket; {_FORM}')
    if endpoint is not None and not re.fullmatch(r"https?://[^\s/?#@]+/?", endpoint):
        raise ValueError(f'the endpoint "{endpoint}" is no address; {_FORM}')
    return Bucket(parts.netloc, unquote(parts.path).strip("/"), endpoint, region)
