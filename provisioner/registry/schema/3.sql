-- What version 3 adds to version 2: what persons decided, and what keeps roomctl
-- from saying or undoing a thing twice.

CREATE TABLE decisions ( -- what persons decided about rooms; sync keeps to it
  room   TEXT NOT NULL PRIMARY KEY REFERENCES rooms (name), -- the room
  pinned INTEGER NOT NULL CHECK (pinned IN (0, 1)), -- a person chose its state, and only a person changes it
  held   TEXT,          -- since when sync changes nothing about it; NULL: it does
  why    TEXT NOT NULL  -- why it is held, in the person's words; '' for none
) STRICT, WITHOUT ROWID;

CREATE TABLE moves ( -- rooms in which people were told where to go instead; written before the message is sent
  room TEXT NOT NULL PRIMARY KEY REFERENCES rooms (name), -- the room
  told TEXT NOT NULL    -- the room they were sent to
) STRICT, WITHOUT ROWID;

CREATE TABLE linked ( -- rooms that some session was ever linked to; rows are only ever added
  room TEXT NOT NULL PRIMARY KEY -- the room's name
) STRICT, WITHOUT ROWID;

INSERT INTO linked SELECT DISTINCT room FROM links;

CREATE INDEX changes_at ON changes (at);
