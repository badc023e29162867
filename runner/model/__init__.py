"""What the engine is about, as frozen data without I/O: task, event, action, run, rendering."""
