-- Events whose data and runs are gone, and which stay for a while so that a repeated delivery is known (durability.md 5.8).

ALTER TABLE mech_events ADD COLUMN cleared_at BIGINT;
