"""Previews of a whole library as a ratio: ``python tests/bench/preview_many.py [FOLDER] [ROUNDS]``.

Baseline: stock python-liquid parses the scripts of the same files, leniently. Both run in turn in processes of their
own, and are measured in processor seconds from start to end, so that other work on the machine counts little
(performance.md 10). FOLDER is ../shared/library/current unless given. Exits 1 when the previews take more than 10 s,
or a file goes over 40 ms on average.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT.parent / "shared" / "library" / "current"
ROUNDS = 5
BUDGET_SECONDS = 10.0
BUDGET_MS_A_FILE = 40.0

BASELINE = "stock python-liquid parses"
PREVIEWS = "runner preview tasks FOLDER"

_PARSE = """
import json, pathlib, sys
from liquid import Environment, Mode
environment = Environment(tolerance=Mode.LAX)
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    environment.from_string(json.loads(path.read_bytes())["script"])
"""


def seconds(command: list[str]) -> float:
    """Processor time of one run, in user and system mode."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command[:4])} failed:\n{done.stderr or done.stdout[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(folder: Path, rounds: int) -> int:
    """Measure and print; 1 when a budget is missed."""
    files = len(list(folder.glob("*.json"))) + len(list((ROOT / "tasks").glob("*.json")))
    commands = {
        BASELINE: [sys.executable, "-W", "ignore", "-c", _PARSE, str(folder)],
        PREVIEWS: [sys.executable, "-m", "runner", "preview", "tasks", str(folder), "--json"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for command in commands.values():
        seconds(command)
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command))
    ratios = [one / base for one, base in zip(times[PREVIEWS], times[BASELINE], strict=True)]
    print(f"Python {sys.version.split()[0]}, {files} files, {rounds} rounds, load {os.getloadavg()[0]:.1f}")
    for name, found in times.items():
        print(f"{name:<30}{min(found):>8.2f} s best{statistics.median(found):>8.2f} s median")
    print(f"{'ratio':<30}{min(ratios):>8.2f} best  {statistics.median(ratios):>8.2f} median")
    best = min(times[PREVIEWS])
    missed = best > BUDGET_SECONDS or best * 1000 / files > BUDGET_MS_A_FILE
    print(f"{best * 1000 / files:.1f} ms a file; budget {BUDGET_MS_A_FILE:g} ms, {BUDGET_SECONDS:g} s in all")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(
        main(
            Path(sys.argv[1]) if len(sys.argv) > 1 else LIBRARY,
            int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS,
        )
    )
