"""How runs wait for their turn."""
