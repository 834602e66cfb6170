-- Version 1: what was said, by whom, when and where; and what was made of it so far.
--
-- Times are seconds since 1970-01-01 UTC. Subjects are named as `model::Subject` writes them. Hashes are XXH3, 64 bits.

-- A log, whatever files it was read from.
CREATE TABLE stream (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  -- Since when its digest lacks something, if it does.
  stale_from INTEGER
) STRICT;

-- One reading of a file or a pipe, with what it was found to be.
CREATE TABLE source (
  id            INTEGER PRIMARY KEY,
  -- As it was given last.
  name          TEXT NOT NULL,
  -- Of a file, without links and from the root on; of a pipe there is none.
  path          TEXT,
  format        TEXT NOT NULL,
  -- The zone that was given for times that do not say it: another would make other records of the same lines.
  timezone      TEXT,
  -- The host that was given, and not the one that the content names: another would make another host's records of them.
  host          TEXT,
  -- Of the first bytes, and of all; `bytes` is how many these are.
  front         INTEGER NOT NULL,
  content       INTEGER NOT NULL,
  bytes         INTEGER NOT NULL,
  -- Of the file's device, inode, size and times.
  fingerprint   INTEGER,
  records       INTEGER NOT NULL,
  unrecognised  INTEGER NOT NULL,
  damaged       INTEGER NOT NULL,
  read_at       INTEGER NOT NULL,
  -- 0 while it is being read, or if that was broken off.
  whole         INTEGER NOT NULL,
  -- The longer version that was read later.
  superseded_by INTEGER REFERENCES source
) STRICT;

-- What a source holds of a stream.
CREATE TABLE part (
  source      INTEGER NOT NULL REFERENCES source,
  stream      INTEGER NOT NULL REFERENCES stream,
  first_at    INTEGER NOT NULL,
  last_at     INTEGER NOT NULL,
  -- Whether something that is no record stands behind its last record.
  interrupted INTEGER NOT NULL,
  PRIMARY KEY (source, stream)
) STRICT, WITHOUT ROWID;

-- Drives, bays, arrays, hosts and the rest.
CREATE TABLE subject (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- What is said, without when and where: a log says the same thing day after day.
CREATE TABLE statement (
  id       INTEGER PRIMARY KEY,
  -- Of the stream and the bytes without their time and the numbers of free text.
  key      INTEGER NOT NULL UNIQUE,
  stream   INTEGER NOT NULL REFERENCES stream,
  subject  INTEGER NOT NULL REFERENCES subject,
  severity INTEGER NOT NULL,
  -- The fact's word, and all of it as JSON.
  word     TEXT NOT NULL,
  fact     TEXT NOT NULL,
  text     TEXT NOT NULL
) STRICT;

-- Whom a statement concerns: its subject, and the bays and drives that it names besides.
CREATE TABLE concern (
  subject   INTEGER NOT NULL REFERENCES subject,
  statement INTEGER NOT NULL REFERENCES statement,
  PRIMARY KEY (subject, statement)
) STRICT, WITHOUT ROWID;

-- How times are written: a pattern of strftime, and seconds from UTC to the time that it shows.
CREATE TABLE manner (
  id      INTEGER PRIMARY KEY,
  pattern TEXT NOT NULL,
  offset  INTEGER NOT NULL,
  UNIQUE (pattern, offset)
) STRICT;

-- That it was said. In the order of a stream's time, so that a log that is read from its start to its end is written so.
CREATE TABLE observation (
  stream      INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  statement   INTEGER NOT NULL,
  -- The numbers that its text has this time.
  numbers     TEXT NOT NULL,
  -- How often in that second: of several sources, the one that has most. Negative: it was damaged after all. 0: taken back.
  times       INTEGER NOT NULL,
  source      INTEGER NOT NULL,
  start       INTEGER NOT NULL,
  length      INTEGER NOT NULL,
  -- Whether something that is no record stands before it.
  interrupted INTEGER NOT NULL,
  -- How sure the time is, by its place in `time::Basis::ALL`.
  basis       INTEGER NOT NULL,
  -- How the time was written: the number of a manner, or the text itself where none is known.
  written     ANY,
  until       INTEGER,
  within      INTEGER,
  PRIMARY KEY (stream, at, statement, numbers)
) STRICT, WITHOUT ROWID;
CREATE INDEX observation_statement ON observation (statement, at);

-- What became too old to be kept one by one: how often it was said, from when to when.
CREATE TABLE summary (
  statement INTEGER NOT NULL REFERENCES statement,
  first     INTEGER NOT NULL,
  last      INTEGER NOT NULL,
  times     INTEGER NOT NULL,
  PRIMARY KEY (statement, first)
) STRICT, WITHOUT ROWID;

-- What was made of a stream's observations up to a time, that one included.
CREATE TABLE checkpoint (
  id     INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL REFERENCES stream,
  at     INTEGER NOT NULL,
  -- JSON, compressed by Zstandard.
  digest BLOB NOT NULL,
  UNIQUE (stream, at)
) STRICT;

-- Single values: `kept_from`, the time before which observations are summed up.
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
