-- Calls of tasks that the shop wants changed, as it says in its replies (engine.md 5.5). An edition is a task's content.

CREATE TABLE mech_deprecations (
    shop TEXT NOT NULL,
    task_id TEXT NOT NULL,
    edition TEXT NOT NULL,
    request TEXT NOT NULL,
    version TEXT NOT NULL,
    reason TEXT NOT NULL,
    count BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    PRIMARY KEY (shop, task_id, edition, request, version)
);
