-- The registry's schema, version 1. The comments inside the statements stay in
-- the file: "sqlite3 registry.db .schema" shows them.
--
-- Times are RFC 3339 in UTC with nine decimals, so that they sort as text; NULL
-- is "never". Truth values are 0 and 1. Lists are JSON arrays of strings.

CREATE TABLE registry ( -- one row: what this file belongs to and where it stands
  only        INTEGER PRIMARY KEY CHECK (only = 1), -- keeps it at one row
  muc         TEXT NOT NULL,  -- the MUC service's domain; fixed at creation
  datatracker TEXT NOT NULL,  -- the Datatracker's base URL; fixed at creation
  synced      TEXT,           -- when a sync last ran to its end
  mechanism   TEXT NOT NULL   -- strongest SASL mechanism ever offered; '' for none
) STRICT;

CREATE TABLE runs ( -- every run of a command that may write
  id      INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  command TEXT NOT NULL,  -- as typed: 'sync', 'rooms adopt'
  began   TEXT NOT NULL,  -- when
  ended   TEXT,           -- NULL: running, or killed
  outcome TEXT NOT NULL,  -- 'done', 'partial', 'failed'; '' until it ends
  allowed TEXT NOT NULL   -- list: guard rules lifted by hand
) STRICT;

CREATE TABLE rooms ( -- every room that is or was ours; rows are never deleted
  name        TEXT NOT NULL PRIMARY KEY, -- localpart of the room's JID
  group_id    INTEGER NOT NULL,  -- Datatracker group id; 0 for a room without group
  state       TEXT NOT NULL CHECK (state IN ('active', 'retired', 'closed', 'destroyed')), -- step of its life
  origin      TEXT NOT NULL CHECK (origin IN ('created', 'adopted')), -- how it became ours
  since       TEXT,              -- when it became ours
  subject     TEXT NOT NULL,     -- the last one set by roomctl; '' for none
  configured  INTEGER NOT NULL CHECK (configured IN (0, 1)), -- the first configuration has been applied
  has_logged  INTEGER NOT NULL CHECK (has_logged IN (0, 1)), -- logging was definitely on at some time
  verified    TEXT,              -- when the last definite answer came; the rest is that answer
  present     INTEGER NOT NULL CHECK (present IN (0, 1)),    -- the room exists
  ours        INTEGER NOT NULL CHECK (ours IN (0, 1)),       -- our bare JID is among its owners
  persistent  INTEGER NOT NULL CHECK (persistent IN (0, 1)), -- muc_persistent
  public      INTEGER NOT NULL CHECK (public IN (0, 1)),     -- muc_public
  logged      INTEGER NOT NULL CHECK (logged IN (0, 1)),     -- the conversation is logged
  logs_url    TEXT NOT NULL,     -- muc#roominfo_logs; '' when not said
  fingerprint TEXT NOT NULL      -- of the desired values that all matched; '' when some did not
) STRICT;

CREATE TABLE altered ( -- values that the server did not take as they were given
  room   TEXT NOT NULL REFERENCES rooms (name), -- the room
  field  TEXT NOT NULL,  -- the managed field
  wanted TEXT NOT NULL,  -- what was sent
  got    TEXT NOT NULL,  -- what the server made of it
  PRIMARY KEY (room, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE intents ( -- creations begun and not known to be finished
  room     TEXT NOT NULL PRIMARY KEY, -- localpart of the room's JID
  group_id INTEGER NOT NULL,  -- Datatracker group id; 0 for a room without group
  run      INTEGER NOT NULL REFERENCES runs (id), -- the run that began it
  at       TEXT NOT NULL      -- when, before the first stanza
) STRICT;

CREATE TABLE links ( -- the session links that are published now
  meeting TEXT NOT NULL,     -- meeting number, '126' or 'interim-2026-quic-01'
  session INTEGER NOT NULL,  -- Datatracker session id
  room    TEXT NOT NULL,     -- the room's name
  PRIMARY KEY (meeting, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes ( -- the audit trail; rows are only ever added
  id       INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order they were made
  run      INTEGER NOT NULL REFERENCES runs (id), -- the run that made it
  at       TEXT NOT NULL,     -- when
  room     TEXT NOT NULL,     -- the room's name
  group_id INTEGER NOT NULL,  -- Datatracker group id; 0 for a room without group
  verb     TEXT NOT NULL,     -- 'create', 'configure', 'retire', …
  field    TEXT NOT NULL,     -- the managed field; '' for the whole room
  old      TEXT NOT NULL,     -- value before
  new      TEXT NOT NULL,     -- value after
  reasons  TEXT NOT NULL,     -- list: why
  error    TEXT NOT NULL      -- why it failed; '' when it was applied
) STRICT;

CREATE INDEX changes_of_room ON changes (room);
CREATE INDEX changes_of_run ON changes (run);
