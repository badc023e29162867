"""The language server: what the engine knows about a task, shown in an editor while it is written (tooling.md 5)."""
