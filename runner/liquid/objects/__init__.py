"""Objects that templates see, one resource a file."""
