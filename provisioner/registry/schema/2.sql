-- What version 2 adds to version 1: what calendars remember, and which pages of
-- logs are there.

CREATE TABLE events ( -- the calendar events of sessions, as they were last published; kept when a session leaves the agenda
  meeting  TEXT NOT NULL,    -- meeting number, '126' or 'interim-2026-quic-01'
  session  INTEGER NOT NULL, -- Datatracker session id
  sequence INTEGER NOT NULL, -- SEQUENCE (RFC 5545 section 3.8.7.4)
  modified TEXT NOT NULL,    -- LAST-MODIFIED (RFC 5545 section 3.8.7.3)
  slot     TEXT NOT NULL,    -- stands for when and where it is, and whether it takes place
  content  TEXT NOT NULL,    -- stands for everything else that the event shows
  PRIMARY KEY (meeting, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE archives ( -- pages of logs that somebody would be linked to
  url     TEXT NOT NULL PRIMARY KEY, -- of the page
  checked TEXT NOT NULL,             -- when its web server last gave a definite answer
  found   INTEGER NOT NULL CHECK (found IN (0, 1)) -- the page was there
) STRICT, WITHOUT ROWID;
