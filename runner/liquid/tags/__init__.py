"""Tags, one a file."""
