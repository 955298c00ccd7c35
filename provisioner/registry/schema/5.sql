-- What version 5 adds to version 4: what was said and is not to be said twice.

CREATE TABLE announced ( -- what was said of a session in its room; a row is there before it is said
  session  INTEGER NOT NULL,  -- Datatracker session id
  start    TEXT NOT NULL,     -- when the session starts, as it was announced
  kind     TEXT NOT NULL,     -- before 15m0s, start, moved, cancelled
  room     TEXT NOT NULL,     -- the room's name
  begun    TEXT NOT NULL,     -- just before it was sent
  accepted TEXT,              -- when the server had accepted it; NULL: nobody knows whether it did
  PRIMARY KEY (session, start, kind)
) STRICT;

CREATE TABLE showing ( -- rooms whose subject tells which session is on; a row is there before it is set
  room    TEXT PRIMARY KEY,   -- the room's name
  session INTEGER NOT NULL,   -- Datatracker session id
  subject TEXT NOT NULL,      -- the subject that tells it
  returns TEXT NOT NULL,      -- a person's subject that was there before; '': the room's own
  since   TEXT NOT NULL       -- when roomctl came into the room
) STRICT;

CREATE TABLE notified ( -- problems that operators were told of
  problem  TEXT PRIMARY KEY,  -- which problem
  since    TEXT NOT NULL,     -- when it was first told
  reminded TEXT NOT NULL      -- when it was last told
) STRICT;
