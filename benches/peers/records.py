"""Counts the records of a log of a family, taking the fields of each apart: the usual way with Python."""

import re
import sys

CLOCK = rb"(\d\d):(\d\d):(\d\d)"
SYSLOG = rb"([A-Z][a-z]{2}) ([ \d]\d) " + CLOCK + rb" (\S+) "
ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')

RECORDS = {
    "apcupsd-events": re.compile(rb"(\d{4})-(\d\d)-(\d\d) " + CLOCK + rb" ([+-]\d{4})  (.*)"),
    "arcconf-getlogs": re.compile(rb'\s*<event (Date="\d+".*)/>'),
    "ipmi-sel": re.compile(
        rb" *([0-9a-f]+) \| (\d\d)/(\d\d)/(\d{4}) \| " + CLOCK + rb" \| ([^|]+) \| ([^|]+?)(?: \| ([^|]+?))?(?: \| (.*))?$"
    ),
    "kernel-log": re.compile(SYSLOG + rb"kernel: \[ *(\d+\.\d{6})\] (\S+) (.*)"),
    "megaraid-events": re.compile(
        rb"seqNum: 0x([0-9a-f]{8})\nTime: (\w+) (\w+) +(\d+) " + CLOCK + rb" (\d{4})\n\nCode: 0x([0-9a-f]+)\n"
        rb"Class: (-?\d+)\nLocale: 0x([0-9a-f]+)\nEvent Description: (.*)\nEvent Data:\n=+\n((?:.+\n)+)"
    ),
    "ups-syslog": re.compile(SYSLOG + rb"([a-z-]+)\[(\d+)\]: (.*)"),
}


def pieces(log, family):
    """The lines of a log; of one whose records have several, those of a record together."""
    if family != "megaraid-events":
        yield from log
        return
    block = b""
    for line in log:
        if line.startswith(b"seqNum: ") and block:
            yield block
            block = b""
        block += line
    yield block


def main():
    family, path = sys.argv[1:]
    record, records = RECORDS[family].match, 0
    with open(path, "rb") as log:
        for piece in pieces(log, family):
            match = record(piece)
            if match:
                fields = match.groups()
                if family == "arcconf-getlogs":
                    fields = dict(ATTRIBUTE.findall(fields[0]))
                records += 1
    print(records)


if __name__ == "__main__":
    main()
