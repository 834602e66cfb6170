"""Counts the records of a log, taking all fields of each apart: the usual way with Python."""

import re
import sys

RECORD = re.compile(
    rb"([A-Z][a-z]+)[ \t]+(\d{1,2}),[ \t]+(\d{4})[ \t]+(\d{1,2}):(\d\d):(\d\d)[ \t]+([AP]M)[ \t]+([A-Za-z0-9+:-]+)"
    rb"[ \t]+(INF|WRN|ERR)[ \t]+(\d+):A(\d+|-+)C(\d+|-+)S(\d+|-+)L(\d+|-+)[ \t]+(?:\[([^]]*)\]|Local only)[ \t]+(.*)"
)
DRIVE_MAP = re.compile(
    rb"Drive map: controller (\d+), channel (\d+), SCSI device ID (\d+), controller \d+, enclosure (\d+), slot (\d+), "
    rb"S/N (\S+) \(Vendor: (.*?) Model: (.*)\)"
)


def main():
    records = 0
    record, drive_map = RECORD.match, DRIVE_MAP.match
    with open(sys.argv[1], "rb") as log:
        for line in log:
            match = record(line)
            if not match:
                continue
            fields = match.groups()
            if fields[15].startswith(b"Drive map"):
                drive = drive_map(fields[15])
                if drive:
                    fields += drive.groups()
            records += 1
    print(records)


if __name__ == "__main__":
    main()
