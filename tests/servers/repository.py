"""A repository's host on loopback: the paths of the public one's API and archives, over ``WebServer``."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass

from tests.servers.web import Answer, WebServer, json_answer, redirect

NAME = "/lightward/mechanic-tasks"
API = f"/api/v3/repos{NAME}"


def commit_of(number: int) -> str:
    """A commit's id."""
    return f"{number:040x}"


def git_blob(content: bytes) -> str:
    """What `git hash-object` prints."""
    return hashlib.sha1(b"blob " + str(len(content)).encode() + b"\0" + content, usedforsecurity=False).hexdigest()


def packed(files: Mapping[str, bytes], commit: str) -> bytes:
    """An archive as such hosts make them: one folder named for the repository and the commit."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": commit}) as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f"mechanic-tasks-{commit}/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue())


@dataclass
class Repository:
    """What the server holds; ``publish`` makes the next commit the one that ``ref`` stands at."""

    web: WebServer

    @property
    def address(self) -> str:
        return self.web.url(NAME)

    def archive(self, commit: str) -> str:
        """The path of a commit's archive after the redirect to where archives are kept."""
        return f"/codeload{NAME}/{commit}"

    def publish(self, tasks: Mapping[str, bytes], number: int = 1, ref: str = "HEAD") -> str:
        """Serve these tasks by handle; the commit's id."""
        commit, tree = commit_of(number), commit_of(number + 1000)
        files = {"README.md": b"# Tasks\n", **{f"tasks/{handle}.json": text for handle, text in tasks.items()}}
        made = {"date": f"2026-04-{number:02}T08:00:00Z"}
        head = {"sha": commit, "commit": {"tree": {"sha": tree}, "committer": made}}
        listed = [{"path": "tasks", "type": "tree", "sha": tree}]
        listed += [{"path": path, "type": "blob", "sha": git_blob(text)} for path, text in files.items()]
        for name in (ref, commit):
            self.web.on(f"{API}/commits/{name}", json_answer(json.dumps(head).encode()))
        self.web.on(f"{API}/git/trees/{tree}", json_answer(json.dumps({"tree": listed, "truncated": False}).encode()))
        self.web.on(f"{NAME}/archive/{commit}.tar.gz", redirect(self.web.url(self.archive(commit))))
        self.web.on(self.archive(commit), Answer(body=packed(files, commit)))
        return commit
