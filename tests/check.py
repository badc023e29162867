"""Every check of the project in one command, the same list as CI: ``python tests/check.py [--no-tests]``.

Format, lint, types, structure and documents, then the tests. Runs all of them even when one fails; exits 1 if any did.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOL = [sys.executable, "-m"]

CHECKS: dict[str, list[str]] = {
    "format": [*TOOL, "ruff", "format", "--check", "--quiet", "."],
    "lint": [*TOOL, "ruff", "check", "--quiet", "."],
    "types": [*TOOL, "mypy"],
    "structure and manual": [*TOOL, "pytest", "-q", "tests/architecture"],
}
TESTS: dict[str, list[str]] = {
    "tests": [*TOOL, "pytest", "-q", "-n", "2", "--ignore=tests/architecture"],
}


def main(arguments: list[str]) -> int:
    """Run the checks and print one line each; 0 when all passed."""
    unknown = [word for word in arguments if word != "--no-tests"]
    if unknown:
        print(f"unknown argument {unknown[0]}; the only one is --no-tests", file=sys.stderr)
        return 2
    checks = CHECKS if arguments else CHECKS | TESTS
    failed = []
    for name, command in checks.items():
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode:
            failed.append(name)
        verdict = "FAILED" if done.returncode else "ok"
        print(f"{verdict:>6}  {name} ({time.monotonic() - began:.1f} s)", flush=True)
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
