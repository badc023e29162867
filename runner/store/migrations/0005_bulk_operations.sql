-- Bulk operations of the shop that actions started, until their end and after, with the lines of their results (engine.md 5.6).

CREATE TABLE mech_bulk_operations (
    id TEXT NOT NULL PRIMARY KEY,
    shop TEXT NOT NULL,
    operation_id TEXT,
    kind TEXT NOT NULL,
    api_version TEXT,
    task_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    action_run_id TEXT NOT NULL REFERENCES mech_runs (id) ON DELETE CASCADE,
    status TEXT,
    looks INTEGER NOT NULL DEFAULT 0,
    look_at BIGINT,
    begun_at BIGINT NOT NULL,
    ended_at BIGINT,
    error TEXT
);
CREATE INDEX mech_bulk_operations_look ON mech_bulk_operations (shop, look_at);
CREATE INDEX mech_bulk_operations_operation ON mech_bulk_operations (operation_id);
CREATE INDEX mech_bulk_operations_run ON mech_bulk_operations (action_run_id);

CREATE TABLE mech_bulk_lines (
    bulk_id TEXT NOT NULL REFERENCES mech_bulk_operations (id) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    first_line BIGINT NOT NULL,
    line_count INTEGER NOT NULL,
    content {bytes} NOT NULL,
    PRIMARY KEY (bulk_id, part)
);
