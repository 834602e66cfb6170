-- Version 2: samples of drives. A drive is the id of its subject. The layout of the blobs, and what must hold, stand in
-- src/history/samples/mod.rs.

-- Samples by drive and time, some dozens a row.
CREATE TABLE sample_chunk (
  -- drive << 33 | seconds of the first sample: a drive's chunks lie side by side in the order of time. An integer key, because a
  -- row of a WITHOUT ROWID table that is longer than a quarter of a page spills.
  place    INTEGER PRIMARY KEY,
  samples  BLOB NOT NULL
) STRICT;

-- The newest sample of each drive once more, so that all drives are shown without a look at their chunks.
CREATE TABLE sample_newest (
  drive    INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  sample   BLOB NOT NULL
) STRICT;
