"""Action types, one a module."""
