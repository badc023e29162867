"""The pytest plugin and fixtures: tasks x cases."""
