-- What version 4 adds to version 3: what a killed run leaves in the audit trail.

CREATE TABLE begun ( -- changes that were begun on the server; a row goes when its outcome is in the audit trail
  id       INTEGER PRIMARY KEY, -- in the order they were begun
  run      INTEGER NOT NULL REFERENCES runs (id), -- the run that began it
  at       TEXT NOT NULL,     -- when
  room     TEXT NOT NULL,     -- the room's name
  group_id INTEGER NOT NULL,  -- Datatracker group id; 0 for a room without group
  verb     TEXT NOT NULL,     -- as in changes
  field    TEXT NOT NULL,     -- the managed field
  old      TEXT NOT NULL,     -- value before
  new      TEXT NOT NULL,     -- value to be set
  reasons  TEXT NOT NULL      -- list: why
) STRICT;
