"""The rules over a whole library: ``python tests/bench/lint_many.py [FOLDER] [ROUNDS]``.

``runner lint FOLDER`` in processes of their own, measured from start to end: by the clock, and in processor seconds, so
that other work on the machine can be told apart. FOLDER is ../shared/library/current unless given. Exits 1 when the
best round takes more than 20 processor seconds (issue 7: the whole library in less than that on two cores).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT.parent / "shared" / "library" / "current"
ROUNDS = 3
BUDGET_SECONDS = 20.0


def measured(command: list[str]) -> tuple[float, float, str]:
    """(seconds by the clock, processor seconds in user and system mode, the line that sums it up)."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    took, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    summary = next((line for line in done.stdout.splitlines() if " tasks: " in line), "")
    return took, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, summary


def main(folder: Path = LIBRARY, rounds: int = ROUNDS) -> int:
    """Print every round; 1 when the budget is not kept."""
    command = [sys.executable, "-m", "runner", "lint", "--brief", str(folder)]
    found = [measured(command) for _ in range(rounds)]
    for took, busy, summary in found:
        print(f"{took:5.1f} s, {busy:5.1f} s of processor: {summary}")
    best = min(busy for _, busy, _ in found)
    print(f"best: {best:.1f} s of processor; at most {BUDGET_SECONDS:.0f}")
    return int(best > BUDGET_SECONDS)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(Path(given[0]) if given else LIBRARY, int(given[1]) if given[1:] else ROUNDS))
