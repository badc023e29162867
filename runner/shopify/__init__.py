"""The Admin API: client, throttle, schema."""
