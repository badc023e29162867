"""Which lines, branches and actions of tasks are entered by previews and by cases (tooling.md 6, coverage)."""
