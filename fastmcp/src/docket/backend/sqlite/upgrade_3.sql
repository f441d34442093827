-- Changes the tables of layout 2 to those of layout 3.

ALTER TABLE executions ADD COLUMN parent INTEGER;
CREATE INDEX executions_by_parent ON executions (parent) WHERE parent IS NOT NULL;
