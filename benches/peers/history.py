"""Keeps the records of a log in SQLite, a row each, to be asked for by drive and time: the usual way with Python."""

import calendar
import sqlite3
import sys

from fields import DRIVE_MAP, RECORD

BATCH = 100_000
MONTHS = {month.encode(): number for number, month in enumerate(calendar.month_name) if month}
ZONES = {b"CST": 6 * 3600, b"CDT": 5 * 3600}
# Generous where it costs safety, as the other peer.
SCHEMA = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -65536;
    CREATE TABLE record (at INTEGER NOT NULL, drive TEXT, text TEXT NOT NULL);
    CREATE INDEX record_drive ON record (drive, at);
"""


def rows(log):
    record, drive_map = RECORD.match, DRIVE_MAP.match
    for line in log:
        match = record(line)
        if not match:
            continue
        month, day, year, hour, minute, second, half, zone, *_, text = match.groups()
        hour = int(hour) % 12 + (12 if half == b"PM" else 0)
        local = (int(year), MONTHS[month], int(day), hour, int(minute), int(second))
        drive = drive_map(text) if text.startswith(b"Drive map") else None
        serial = drive.group(6).decode() if drive else None
        yield calendar.timegm(local) + ZONES[zone], serial, text.decode()


def main():
    _, database, path = sys.argv
    connection = sqlite3.connect(database)
    connection.executescript(SCHEMA)
    records, batch = 0, []

    def keep():
        with connection:
            connection.executemany("INSERT INTO record VALUES (?, ?, ?)", batch)
        batch.clear()

    with open(path, "rb") as log:
        for row in rows(log):
            batch.append(row)
            records += 1
            if len(batch) == BATCH:
                keep()
    keep()
    connection.close()
    print(records)


if __name__ == "__main__":
    main()
