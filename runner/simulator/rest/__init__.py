"""REST resources, one a module."""
