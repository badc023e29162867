"""A result of 100,000 lines takes bounded memory, from its arrival to nested loops over it (engine.md 5.6)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

MEGABYTE = 1_000_000


def test_a_result_of_a_hundred_thousand_lines_is_kept_and_walked_over_in_little_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.engine.bulk_memory", str(tmp_path / "runner.db")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["logs"] == [{"lines": 100_000, "found": 80_000}]
    assert told["size"] > 28 * MEGABYTE
    assert told["keeping"] < 15 * MEGABYTE
    assert told["rendering"] < 60 * MEGABYTE
