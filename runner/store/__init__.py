"""Events, runs and cache as rows. SQLAlchemy Core lives here and nowhere else."""
