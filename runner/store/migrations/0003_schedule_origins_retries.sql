-- What the scheduler looked after, where unusual events come from, attempts before a retry by hand (engine.md 4.3, 4.5).

CREATE TABLE mech_schedule (
    shop TEXT NOT NULL,
    topic TEXT NOT NULL,
    looked_at BIGINT NOT NULL,
    PRIMARY KEY (shop, topic)
);

ALTER TABLE mech_events ADD COLUMN origin TEXT;
ALTER TABLE mech_runs ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0;
CREATE INDEX mech_runs_task ON mech_runs (task_id, state);
