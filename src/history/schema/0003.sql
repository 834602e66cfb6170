-- Version 3: what is told to people, what was delivered of it, and how far followed files were read.
--
-- Times are seconds since 1970-01-01 UTC.

-- A message about a case, or about the watching itself. Never deleted while a delivery of it waits.
CREATE TABLE alert (
  id       INTEGER PRIMARY KEY,
  -- The messages of one case are a thread: the id that the case had when it was told first.
  thread   TEXT NOT NULL,
  at       INTEGER NOT NULL,
  -- `alerting::Kind`, as a word.
  kind     TEXT NOT NULL,
  severity INTEGER NOT NULL,
  -- What was so when it was said, as JSON: what comes later is compared with it.
  standing TEXT NOT NULL,
  -- All that a channel renders, as JSON.
  message  TEXT NOT NULL
) STRICT;
CREATE INDEX alert_thread ON alert (thread, id);

-- An alert on its way by a channel. It waits, or it was delivered; nothing else becomes of it but by a person's word.
CREATE TABLE delivery (
  alert        INTEGER NOT NULL REFERENCES alert,
  channel      TEXT NOT NULL,
  attempts     INTEGER NOT NULL,
  -- Not before; none when it was delivered or withdrawn.
  next_at      INTEGER,
  delivered_at INTEGER,
  -- Who took it back, if a person did.
  withdrawn_by TEXT,
  -- Why the last attempt failed.
  failure      TEXT,
  -- Since when the receiver says that it will never take it.
  refused_since INTEGER,
  PRIMARY KEY (alert, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_waiting ON delivery (next_at) WHERE next_at IS NOT NULL;

-- How far a followed file was read, and kept. A file is known by its device, its inode and its front: a path may come to be another's.
CREATE TABLE cursor (
  device    INTEGER NOT NULL,
  inode     INTEGER NOT NULL,
  path      TEXT NOT NULL,
  -- All before it is kept.
  offset    INTEGER NOT NULL,
  -- Hash (XXH3) of the first `front_length` bytes.
  front        INTEGER NOT NULL,
  front_length INTEGER NOT NULL,
  -- Hash of the `tail_length` bytes before the offset: a file that was cut off and grew again has others there. Of a compressed file that
  -- was read to its end: its size, and 0.
  tail         INTEGER NOT NULL,
  tail_length  INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (device, inode)
) STRICT, WITHOUT ROWID;
