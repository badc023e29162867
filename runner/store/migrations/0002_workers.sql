-- Worker processes of the durable queue, each with its last sign of life (durability.md 5.6).

CREATE TABLE mech_workers (
    executor_id TEXT NOT NULL PRIMARY KEY,
    seen BIGINT NOT NULL,
    beat BIGINT NOT NULL,
    host TEXT NOT NULL,
    version TEXT NOT NULL
);

CREATE INDEX mech_runs_open ON mech_runs (job_open, owner, number);
