"""Fetches the library from its public repository: one commit's archive, each file checked by its id in git.

Three requests: which commit a branch stands at, which files that commit has, and the archive. On any failure what was
kept before stays as it is.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from runner.clock import Clock, iso_utc
from runner.errors import NetworkError, StoreError, Where
from runner.library.shelf import FETCHED, Shelf, blob_id
from runner.network import Network
from runner.whole_files import write_file

if TYPE_CHECKING:
    import httpx

    from runner.network.fetch import Reply

SECONDS = 120.0
"""For one request in all; the archive of the public library has a few megabytes."""
_MOST_PACKED = 60 * 1024 * 1024
_MOST_UNPACKED = 150 * 1024 * 1024
_COMMIT = re.compile(r"[0-9a-f]{40}")
_TASK = re.compile(r"tasks/([0-9a-z-]{1,200})\.json")
_MEMBER = re.compile(r"[^/]+/(tasks/[^/]+)")


@dataclass(frozen=True, slots=True)
class _Commit:
    id: str
    date: str
    blobs: Mapping[str, str]


def fetch(
    address: str, ref: str, folder: Path, *, network: Network, clock: Clock, seconds: float = SECONDS
) -> tuple[Shelf, bool]:
    """The library at ``ref`` (a branch, tag, commit or HEAD) of the repository ``address``, kept in ``folder``.

    The second value says whether it is another commit than before. No more than ``seconds`` a request. Raises
    ``NetworkError`` when the other side cannot be reached or refuses (its code that of the network, or
    ``library.refused``), or sends what is not that commit (``library.changed``); ``StoreError`` when the folder cannot
    be written.
    """
    host = urlsplit(address).hostname or address
    with network.trusting(host).client(follow_redirects=True, total=seconds) as client:
        commit = _commit(client, address, ref)
        before = _recorded(folder)
        if commit.id != before.get("commit") or not _is_whole(folder / commit.id, commit.blobs):
            packed = _get(client, f"{address}/archive/{commit.id}.tar.gz", limit=_MOST_PACKED)
            _keep(folder, commit, _exports(packed.content, commit, host))
    shelf = Shelf(folder / commit.id, address, commit.id, commit.date, iso_utc(clock.now()), commit.blobs)
    record = {"commit": commit.id, "date": commit.date, "fetched": shelf.fetched, "blobs": dict(commit.blobs)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise _unwritable(folder, fault) from fault
    write_file(folder / FETCHED, json.dumps(record, indent=2).encode())
    _forget(folder, {commit.id, str(before.get("commit"))})
    return shelf, commit.id != before.get("commit")


def _api(address: str) -> str:
    """Where the repository's host answers questions: GitHub's own, or that of an installation of it."""
    parts = urlsplit(address)
    at = "https://api.github.com" if parts.hostname == "github.com" else f"{parts.scheme}://{parts.netloc}/api/v3"
    return f"{at}/repos/{parts.path.strip('/').removesuffix('.git')}"


def _commit(client: httpx.Client, address: str, ref: str) -> _Commit:
    api, host = _api(address), urlsplit(address).hostname or address
    said = _json(_get(client, f"{api}/commits/{quote(ref, safe='')}"), host)
    try:
        name, date, tree = said["sha"], said["commit"]["committer"]["date"], said["commit"]["tree"]["sha"]
        if not _COMMIT.fullmatch(name) or (_COMMIT.fullmatch(ref) and name != ref) or not _COMMIT.fullmatch(tree):
            raise ValueError(name)
        listed = _json(_get(client, f"{api}/git/trees/{tree}?recursive=1"), host)
        if listed.get("truncated"):
            raise ValueError("truncated")
        found = {each["path"]: str(each["sha"]) for each in listed["tree"] if each["type"] == "blob"}
    except (KeyError, TypeError, ValueError) as fault:
        raise _strange(host, "an answer that is not that of a repository") from fault
    blobs = {match[1]: blob for path, blob in sorted(found.items()) if (match := _TASK.fullmatch(path))}
    if not blobs:
        raise NetworkError(
            f"{address} has no task exports in tasks/ at {ref}",
            hint="check the settings library and library_ref",
            code="library.refused",
        )
    return _Commit(name, str(date), blobs)


def _exports(packed: bytes, commit: _Commit, host: str) -> dict[str, bytes]:
    """The files of the archive by handle: exactly those of the commit, each with its own bytes."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            unpacked = stream.read(_MOST_UNPACKED + 1)
        if len(unpacked) > _MOST_UNPACKED:
            raise _strange(host, "an archive that is larger than the library can be")
        with tarfile.open(fileobj=io.BytesIO(unpacked)) as archive:
            found = dict(_members(archive))
    except (tarfile.TarError, zlib.error, EOFError, OSError) as fault:
        raise _strange(host, "an archive that cannot be unpacked") from fault
    for handle, blob in commit.blobs.items():
        if handle not in found or blob_id(found[handle]) != blob:
            what = "lacks" if handle not in found else "has other bytes for"
            raise _strange(host, f"an archive that {what} tasks/{handle}.json of commit {commit.id[:10]}")
    return {handle: found[handle] for handle in commit.blobs}


def _members(archive: tarfile.TarFile) -> list[tuple[str, bytes]]:
    members = []
    for member in archive:
        path = _MEMBER.fullmatch(member.name)
        name = _TASK.fullmatch(path[1]) if path else None
        file = archive.extractfile(member) if name and member.isfile() else None
        if name and file is not None:
            members.append((name[1], file.read()))
    return members


def _keep(folder: Path, commit: _Commit, files: Mapping[str, bytes]) -> None:
    """Write the files beside, then put the whole folder into its place: a reader finds all of it or none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
        try:
            for handle, content in files.items():
                (made / f"{handle}.json").write_bytes(content)
            place = folder / commit.id
            if place.exists():
                shutil.rmtree(place)
            made.rename(place)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as fault:
        raise _unwritable(folder, fault) from fault


def _unwritable(folder: Path, fault: OSError) -> StoreError:
    return StoreError(
        f"the library cannot be kept: {fault.strerror or fault}",
        hint="check the permissions and the space of the folder, or set `library:` to a checkout",
        where=Where(file=str(folder)),
        code="library.unwritable",
    )


def _recorded(folder: Path) -> dict[str, Any]:
    """What is known of the copy kept before; nothing, where there is none or it cannot be read."""
    with suppress(OSError, ValueError):
        known = json.loads((folder / FETCHED).read_bytes())
        return known if isinstance(known, dict) else {}
    return {}


def _is_whole(folder: Path, blobs: Mapping[str, str]) -> bool:
    try:
        return all(blob_id((folder / f"{handle}.json").read_bytes()) == blob for handle, blob in blobs.items())
    except OSError:
        return False


def _forget(folder: Path, kept: set[str]) -> None:
    """Delete copies of older commits; the last one stays for whoever is reading it."""
    for each in folder.iterdir():
        if _COMMIT.fullmatch(each.name) and each.name not in kept:
            shutil.rmtree(each, ignore_errors=True)


# Requests


def _get(client: httpx.Client, url: str, *, limit: int | None = None) -> Reply:
    from runner.network.fetch import MOST_BYTES
    from runner.network.fetch import fetch as exchange

    reply = exchange(client, client.build_request("GET", url), limit=limit or MOST_BYTES)
    if reply.status != 200:
        raise _refused(reply, url)
    return reply


def _json(reply: Reply, host: str) -> Any:
    try:
        return json.loads(reply.content)
    except ValueError as fault:
        raise _strange(host, "an answer that is not JSON") from fault


def _refused(reply: Reply, url: str) -> NetworkError:
    host, later = urlsplit(url).hostname or url, reply.status >= 500 or reply.status == 429
    if reply.status in (403, 429) and (reply.headers.get("x-ratelimit-remaining") == "0" or reply.status == 429):
        words, hint, later = "refuses more requests for now", "try again in an hour", True
    elif reply.status in (404, 422):
        words, hint = "does not know this repository or commit", "check the settings library and library_ref"
    else:
        words, hint = f"answered with status {reply.status}", "try again later" if later else "check the address"
    return NetworkError(f"{host} {words} ({url})", hint=hint, code="library.refused", transient=later)


def _strange(host: str, what: str) -> NetworkError:
    return NetworkError(
        f"{host} sent {what}; nothing was changed", hint="try again later", code="library.changed", transient=True
    )
