-- The tables of a docket in a file. All times are microseconds since the Unix epoch, on the clock of the docket:
-- the wall clock of the machine minus `docket.clock_skew`.

-- The docket itself: one row.
CREATE TABLE docket (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last_id INTEGER NOT NULL,        -- the highest execution number, and the highest fencing token
    last_token INTEGER NOT NULL,
    last_back INTEGER NOT NULL,      -- the ends of the queues
    last_front INTEGER NOT NULL,
    scheduled INTEGER NOT NULL,      -- the number of executions in each state
    queued INTEGER NOT NULL,
    running INTEGER NOT NULL,
    ended INTEGER NOT NULL,          -- results, without those that have their own retention period
    ended_bytes INTEGER NOT NULL,    -- their bytes
    dead INTEGER NOT NULL,           -- dead letters
    dead_bytes INTEGER NOT NULL,
    pending_bytes INTEGER NOT NULL,  -- the bytes of scheduled, queued and running executions
    last_turn INTEGER NOT NULL,      -- the number of the latest turn of an owner
    owner_is_next INTEGER NOT NULL,  -- 1 if the latest claimed execution had no owner, so that an owner is the next
    paused INTEGER NOT NULL,         -- 1 while the docket is paused
    clock INTEGER NOT NULL,          -- the time of the latest change
    clock_skew INTEGER NOT NULL      -- the wall clock minus the clock of the docket
) STRICT;

INSERT INTO docket VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

-- One row for each execution that is pending or kept.
CREATE TABLE executions (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    holds_key INTEGER NOT NULL,      -- 1 for the execution that holds the key, or held it last
    task TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('scheduled', 'queued', 'running', 'completed', 'failed', 'cancelled', 'dead')),
    place TEXT NOT NULL,             -- the queue or set in which the execution is; see `Place`
    rank INTEGER NOT NULL,           -- the order within the place: a position, or the time of a timer
    priority INTEGER NOT NULL,       -- 0 high, 1 normal, 2 low
    token INTEGER NOT NULL,          -- the fencing token of the current or latest run; 0 before the first
    attempt INTEGER NOT NULL,
    delivery INTEGER NOT NULL,
    cancelling INTEGER NOT NULL,     -- 1 if the running execution is to be cancelled
    submitted INTEGER NOT NULL,
    due INTEGER NOT NULL,
    wall_due INTEGER,                -- the due time on the wall clock, if a caller or a timetable has set it
    updated INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    worker TEXT,                     -- the worker of the current or latest run
    max_deliveries INTEGER NOT NULL,
    size INTEGER NOT NULL,           -- the bytes of the payload and the note when it was accepted
    kept_bytes INTEGER NOT NULL DEFAULT 0, -- the bytes of an ended execution: its payload, note, result, error and history
    owner TEXT,
    limits TEXT,                     -- JSON
    timetable TEXT,
    keep_until INTEGER,              -- the end of its own retention period
    alarm INTEGER,                   -- the same, until the end has been handled
    successor INTEGER,               -- the replacement that waits for this execution
    behind INTEGER,                  -- the execution that this replacement waits for
    declined_by TEXT,                -- JSON: the workers that have no handler for the task
    offered_to TEXT,                 -- the only worker that may claim it
    was_released INTEGER NOT NULL,   -- 1 if a lane has released it for a slot that it has not taken yet
    has_start_time INTEGER NOT NULL, -- 1 if a rate limit has assigned a start time
    progress TEXT,                   -- JSON
    failure TEXT,                    -- JSON
    reason TEXT,
    history TEXT,                    -- JSON: past incidents
    note BLOB,
    result BLOB,                     -- JSON
    payload BLOB NOT NULL,           -- the envelope; empty after the end, unless it can be replayed
    entries INTEGER NOT NULL DEFAULT 0,         -- the number and the bytes of the entries in its journal
    entry_bytes INTEGER NOT NULL DEFAULT 0,
    wakes_on_signal INTEGER NOT NULL DEFAULT 0, -- 1 if it is parked, and a signal wakes it
    awaited INTEGER NOT NULL DEFAULT 0,         -- 1 if another execution waits for its end, or has waited for it
    parent INTEGER                              -- the execution whose cancellation cancels it, until it has ended
) STRICT;

CREATE INDEX executions_by_place ON executions (place, rank);
CREATE UNIQUE INDEX executions_by_key ON executions (key) WHERE holds_key = 1;
CREATE INDEX executions_by_alarm ON executions (alarm) WHERE alarm IS NOT NULL;
CREATE INDEX executions_by_parent ON executions (parent) WHERE parent IS NOT NULL;
CREATE INDEX dead_letters_by_key ON executions (key, id) WHERE place = 'dead';

-- The journals of executions: the results of their steps, and the signals that they have received.
CREATE TABLE entries (
    execution INTEGER NOT NULL,
    number INTEGER NOT NULL,         -- from 1, in the order of the entries
    kind INTEGER NOT NULL,           -- 0 recorded by a run, 1 a signal
    name TEXT NOT NULL,
    value BLOB NOT NULL,             -- JSON
    PRIMARY KEY (execution, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_of_a_deleted_execution AFTER DELETE ON executions WHEN old.entries > 0
BEGIN
    DELETE FROM entries WHERE execution = old.id;
END;

-- The executions that wait for the end of others.
CREATE TABLE waits (
    waiter INTEGER NOT NULL,
    execution INTEGER NOT NULL,
    PRIMARY KEY (waiter, execution)
) STRICT, WITHOUT ROWID;

CREATE INDEX waits_by_execution ON waits (execution);

-- The owners with pending executions.
CREATE TABLE owners (
    owner TEXT PRIMARY KEY,
    pending INTEGER NOT NULL,        -- the number of scheduled, queued and running executions
    running INTEGER NOT NULL,        -- with the offers to workers, which keep the turns of their owners
    high INTEGER NOT NULL,           -- the number of ready executions of each priority
    normal INTEGER NOT NULL,
    low INTEGER NOT NULL,
    waits_since INTEGER NOT NULL     -- the turn since which the owner waits
) STRICT, WITHOUT ROWID;

-- The owner whose turn it is: the one with the fewest runs, and of these the one that waits for longest.
CREATE INDEX owners_high ON owners (running, waits_since) WHERE high > 0;
CREATE INDEX owners_normal ON owners (running, waits_since) WHERE high = 0 AND normal > 0;
CREATE INDEX owners_low ON owners (running, waits_since) WHERE high = 0 AND normal = 0 AND low > 0;

-- Limits on concurrency, with the number of running executions.
CREATE TABLE lanes (
    lane TEXT PRIMARY KEY,
    running INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Limits on the rate of starts. `until` is the time after which all start times are too old to matter.
CREATE TABLE rates (
    lane TEXT PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX rates_by_until ON rates (until);

-- The latest start times of a rate limit: the assigned ones, and the actual ones.
CREATE TABLE starts (
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,              -- assigned, actual
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (lane, kind, number)
) STRICT, WITHOUT ROWID;

-- Cooldowns that have not ended.
CREATE TABLE cooldowns (
    lane TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    execution INTEGER NOT NULL       -- the execution that started it
) STRICT, WITHOUT ROWID;

CREATE INDEX cooldowns_by_until ON cooldowns (until);

-- The number of executions in each state by task, pending or kept, and how late they have started.
CREATE TABLE tasks (
    task TEXT PRIMARY KEY,
    scheduled INTEGER NOT NULL,
    queued INTEGER NOT NULL,
    running INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    dead INTEGER NOT NULL,
    started INTEGER NOT NULL,        -- the number of starts, without redeliveries
    lateness INTEGER NOT NULL,       -- of the latest start: the microseconds between its due time and the start
    total_lateness INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The struck tasks.
CREATE TABLE struck (
    task TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The processes that have the file open.
CREATE TABLE processes (
    id INTEGER PRIMARY KEY,          -- random
    pid INTEGER NOT NULL,
    port INTEGER NOT NULL,           -- the UDP port on the loopback interface for wake-ups; 0 if there is none
    locked INTEGER NOT NULL,         -- 1 if it keeps the lock of a file, which proves that it is alive
    wants INTEGER NOT NULL,          -- bits: 1 it watches executions, 2 it waits for room
    seen INTEGER NOT NULL            -- its latest sign of life; not renewed while no other process is there
) STRICT;

-- The workers.
CREATE TABLE workers (
    name TEXT PRIMARY KEY,
    process INTEGER NOT NULL,
    since INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    lease INTEGER NOT NULL,          -- the duration of its leases
    slots INTEGER NOT NULL           -- the number of its slots, free or not
) STRICT, WITHOUT ROWID;
