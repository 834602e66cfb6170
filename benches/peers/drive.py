"""Prints what a history with a row a record has of a drive: a process that asks one question."""

import sqlite3
import sys


def main():
    _, database, serial = sys.argv
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    for at, text in connection.execute("SELECT at, text FROM record WHERE drive = ? ORDER BY at", (serial,)):
        print(at, text)


main()
