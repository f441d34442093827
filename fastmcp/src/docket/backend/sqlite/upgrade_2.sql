-- Changes the tables of layout 1 to those of layout 2. New tables and indexes are in `schema.sql` as well.

ALTER TABLE executions ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE executions ADD COLUMN entry_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE executions ADD COLUMN wakes_on_signal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE executions ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;

CREATE TABLE entries (
    execution INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (execution, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_of_a_deleted_execution AFTER DELETE ON executions WHEN old.entries > 0
BEGIN
    DELETE FROM entries WHERE execution = old.id;
END;

CREATE TABLE waits (
    waiter INTEGER NOT NULL,
    execution INTEGER NOT NULL,
    PRIMARY KEY (waiter, execution)
) STRICT, WITHOUT ROWID;

CREATE INDEX waits_by_execution ON waits (execution);

ALTER TABLE docket ADD COLUMN ended_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE docket ADD COLUMN dead_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE executions ADD COLUMN kept_bytes INTEGER NOT NULL DEFAULT 0;

CREATE TABLE tasks (
    task TEXT PRIMARY KEY,
    scheduled INTEGER NOT NULL,
    queued INTEGER NOT NULL,
    running INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    dead INTEGER NOT NULL,
    started INTEGER NOT NULL,
    lateness INTEGER NOT NULL,
    total_lateness INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO tasks SELECT task, sum(state = 'scheduled'), sum(state = 'queued'), sum(state = 'running'),
    sum(state = 'completed'), sum(state = 'failed'), sum(state = 'cancelled'), sum(state = 'dead'), 0, 0, 0
    FROM executions GROUP BY task;
