"""What people ask of the engine beside its work: run again, replay, cancel, delete. From any process."""
