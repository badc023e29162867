"""Start-up times as ratios to bare Python: ``python tests/bench/start_up.py [ROUNDS]``.

Commands and the bare interpreter are spawned in turn, round by round, with bytecode written beforehand; the median of
each and the median of the ratios per round are printed (performance.md 10). Milliseconds depend on the machine; ratios
do less. Exits 1 when a budget of ecosystem.md 4 is missed: help 150 ms, preview 1 s.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 11
TASK = "keep-inventory-levels-in-sync-within-products"
RUNNER = [sys.executable, "-m", "runner"]

COMMANDS: dict[str, tuple[list[str], float | None]] = {
    "python -c pass": ([sys.executable, "-c", "pass"], None),
    "runner --help": ([*RUNNER, "--help"], 150),
    "runner preview --help": ([*RUNNER, "preview", "--help"], 150),
    "runner preview TASK": ([*RUNNER, "preview", TASK], 1000),
    "runner run TASK --dry-run": (
        [*RUNNER, "run", TASK, "--topic", "shopify/inventory_levels/update", "--shop", "prints", "--dry-run"],
        None,
    ),
}
"""Name -> (command, budget in ms)."""


def milliseconds(command: list[str], environment: dict[str, str]) -> float:
    """One run, from spawn to exit."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    elapsed = (time.perf_counter() - began) * 1000
    if done.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return elapsed


def main(rounds: int) -> int:
    """Measure and print; 1 when a budget is missed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command, _ in COMMANDS.values():
        milliseconds(command, environment)
    for _ in range(rounds):
        for name, (command, _) in COMMANDS.items():
            times[name].append(milliseconds(command, environment))
    bare = times["python -c pass"]
    print(f"Python {sys.version.split()[0]}, {rounds} rounds, load {os.getloadavg()[0]:.1f}")
    print(f"{'command':<28}{'best ms':>9}{'median ms':>11}{'ratio':>8}{'budget ms':>11}")
    missed = []
    for name, (_, budget) in COMMANDS.items():
        median = statistics.median(times[name])
        ratio = statistics.median(one / base for one, base in zip(times[name], bare, strict=True))
        print(f"{name:<28}{min(times[name]):>9.0f}{median:>11.0f}{ratio:>8.1f}{budget or '-':>11}")
        if budget is not None and min(times[name]) > budget:
            missed.append(name)
    if missed:
        print(f"over budget: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
