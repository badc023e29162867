"""What is wrong with a task, told without running it: rules, findings, and how they are asked (tooling.md 7)."""
