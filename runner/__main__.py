"""``python -m runner``, and the ``runner`` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line; exits with the codes of ecosystem.md 2."""
    from runner.cli import run

    run()


if __name__ == "__main__":
    main()
