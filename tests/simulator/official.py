"""Shopify's client libraries for Node, unmodified, from npm's registry into a folder that later runs find again.

Without Node 20 or without the registry the tests on them are skipped, or fail when RUNNER_NEEDS_NODE is set.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from runner.simulator.server import RunningShop

PACKAGES = ("@shopify/admin-api-client@2.0.0", "@shopify/shopify-api@13.1.0")
OLDEST = 20
"""The major version of Node that the libraries ask for."""
NEEDED = "RUNNER_NEEDS_NODE"
SCRIPT = Path(__file__).with_name("official_client.mjs")


def told(shop: RunningShop) -> dict[str, Any]:
    """What the libraries made of a shop: what ``official_client.mjs`` prints."""
    folder = installed()
    script = folder / f"client-{os.getpid()}.mjs"
    shutil.copyfile(SCRIPT, script)
    given = {"SHOP_URL": shop.url, "SHOP_TOKEN": shop.token, "SHOP_SECRET": shop.secret, "PATH": os.environ["PATH"]}
    try:
        done = subprocess.run(
            ["node", script.name], cwd=folder, env=given, capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        script.unlink()
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def installed() -> Path:
    """A folder with ``PACKAGES`` in it."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return _without("there is no node and npm on PATH")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        return _without(f"node is {version}, and the libraries want {OLDEST}")
    name = hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"mechanic-runner-node-{os.getuid()}-{name}"
    return folder if folder.is_dir() else _install(folder)


def _install(folder: Path) -> Path:
    """Beside it first, so that whoever finds the folder finds it complete."""
    beside = Path(tempfile.mkdtemp(prefix=f"{folder.name}-"))
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    command += ["--fetch-retries=0", "--fetch-timeout=20000", "--prefix", str(beside), *PACKAGES]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        done = subprocess.CompletedProcess(command, 1, "", "npm took longer than 90 seconds")
    if done.returncode != 0:
        shutil.rmtree(beside)
        return _without(f"npm could not install Shopify's client libraries: {done.stderr.strip()[-300:]}")
    try:
        beside.rename(folder)
    except OSError:  # another run was faster
        shutil.rmtree(beside)
    return folder


def _without(reason: str) -> Path:
    if os.environ.get(NEEDED):
        pytest.fail(f"{NEEDED} is set, and {reason}")
    pytest.skip(reason)
