"""What matches what: `python3 -m unittest discover -s lab -t lab`."""

import unittest

from harness.match import lookup, mismatches

MATCH = [
    ({}, {"a": 1}),
    ({"a": 1}, {"a": 1, "b": 2}),
    ({"a": {"b": [1]}}, {"a": {"b": [3, 2, 1]}}),
    ([{"id": 5}, {"id": 1}], [{"id": 1}, {"id": 5, "raw": 0}]),
    ([], []),
    ({"a": None}, {}),
    ({"[0]": {"id": 1}}, [{"id": 1}, {"id": 2}]),
    ("~^LAB", "LABNVME0"),
    ("~9", "197"),
    (">3", 3.5),
    ("<3", 2),
    ("<3", "<3"),
    (1.0, 1),
]
DO_NOT_MATCH = [
    ({"a": 1}, {"a": 2}, "$.a: 1 was expected, not 2"),
    ({"a": 1}, {}, "$.a: 1 was expected, not None"),
    ({"a": 1}, [1], "$: an object was expected, not [1]"),
    ({"[0]": {"id": 2}}, [{"id": 1}, {"id": 2}], "$.[0].id: 2 was expected, not 1"),
    ([1], {"a": 1}, "$: an array was expected, not {'a': 1}"),
    ([], [1], "$: nothing was expected, not [1]"),
    ([1], [], "$[0]: 1 was expected in an empty array"),
    # Of the candidates, the one that comes closest is told of.
    ([{"id": 5, "raw": 8}], [{"id": 4, "raw": 1}, {"id": 5, "raw": 0}], "$[0].raw: 8 was expected, not 0"),
    ({"a": None}, {"a": 0}, "$.a: None was expected, not 0"),
    (True, 1, "$: True was expected, not 1"),
    (">3", 3, "$: '>3' was expected, not 3"),
    ("~^LAB", 7, "$: '~^LAB' was expected, not 7"),
]
DOCUMENT = {"table": [{"id": 5, "raw": {"value": 8}}, {"id": 9, "raw": None}], "name": "x"}
LOOKUP = [
    ("name", "x"),
    ("table[id=5].raw.value", 8),
    ("table[0].id", 5),
    ("table[2].id", None),
    ("table[id=7].raw.value", None),
    ("table[id=9].raw.value", None),
    ("name[0]", None),
    ("none.of.it", None),
]


class Match(unittest.TestCase):
    def test_mismatches(self):
        for expected, actual in MATCH:
            with self.subTest(expected=expected, actual=actual):
                self.assertEqual(mismatches(expected, actual), [])
        for expected, actual, line in DO_NOT_MATCH:
            with self.subTest(expected=expected, actual=actual):
                self.assertEqual(mismatches(expected, actual), [line])

    def test_lookup(self):
        for path, expected in LOOKUP:
            with self.subTest(path=path):
                self.assertEqual(lookup(DOCUMENT, path), expected)
