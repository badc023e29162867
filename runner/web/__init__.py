"""HTTP that the engine itself answers."""
