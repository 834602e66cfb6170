-- Version 1. Times are seconds since 1970-01-01 UTC; names of subjects as `model::Subject` writes them.

-- The logs, each one stream whatever files it was read from.
CREATE TABLE stream (
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE
) STRICT;
