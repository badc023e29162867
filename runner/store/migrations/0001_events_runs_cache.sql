-- Events, runs, attempts and the cache (durability.md 5.1).
-- Moments are milliseconds since 1970 in UTC. {serial} is the dialect's growing primary key.

CREATE TABLE mech_events (
    number {serial},
    id TEXT NOT NULL UNIQUE,
    shop TEXT NOT NULL,
    topic TEXT NOT NULL,
    shopify_topic TEXT,
    source TEXT,
    data TEXT,
    parent_id TEXT,
    origin_run_id TEXT,
    targets TEXT,
    dedupe TEXT,
    created_at BIGINT NOT NULL,
    run_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX mech_events_dedupe ON mech_events (shop, dedupe);
CREATE INDEX mech_events_parent ON mech_events (parent_id);
CREATE INDEX mech_events_created ON mech_events (shop, created_at);

CREATE TABLE mech_runs (
    number {serial},
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    shop TEXT NOT NULL,
    event_id TEXT NOT NULL REFERENCES mech_events (id) ON DELETE CASCADE,
    parent_id TEXT,
    seq INTEGER NOT NULL,
    task_id TEXT,
    task_name TEXT,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    run_at BIGINT,
    owner TEXT,
    dispatch_no INTEGER NOT NULL,
    claim TEXT,
    job_open BOOLEAN NOT NULL,
    sequence BOOLEAN NOT NULL,
    halts BOOLEAN NOT NULL,
    enqueued_at BIGINT,
    started_at BIGINT,
    stopped_at BIGINT,
    sent_at BIGINT,
    payload TEXT,
    result TEXT,
    result_meta TEXT,
    response TEXT,
    error TEXT,
    failure TEXT,
    idem_key TEXT,
    fingerprint TEXT,
    guard_key TEXT
);

CREATE INDEX mech_runs_shop_state ON mech_runs (shop, state, run_at);
CREATE INDEX mech_runs_event ON mech_runs (event_id);
CREATE INDEX mech_runs_parent ON mech_runs (parent_id, seq);
CREATE INDEX mech_runs_state ON mech_runs (state, run_at);
CREATE INDEX mech_runs_owner ON mech_runs (owner, job_open, priority, run_at);
CREATE INDEX mech_runs_guard ON mech_runs (guard_key, number);

CREATE TABLE mech_attempts (
    run_id TEXT NOT NULL REFERENCES mech_runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    started_at BIGINT NOT NULL,
    sent_at BIGINT,
    ended_at BIGINT,
    error TEXT,
    PRIMARY KEY (run_id, number)
);

CREATE TABLE mech_cache (
    shop TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (shop, key)
);

CREATE INDEX mech_cache_expiry ON mech_cache (expires_at);

CREATE TABLE mech_meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT
);
