"""What happens to an event."""
