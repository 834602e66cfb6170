"""Partial comparison of JSON: what is expected names only what matters.

    object      every key named must be there and match
    {"[0]": X}  an array whose first element matches X; [1] is the second
    array       every element expected must match some element; [] matches only an empty array
    null        matches null and a key that is not there
    "~REGEX"    matches a string in which the expression is found
    "<N" ">N"   matches a number that is less or greater
    other       must be equal
"""

import re


def mismatches(expected, actual, path="$"):
    """What does not match, one line each; none means that all does."""
    if isinstance(expected, dict):
        if isinstance(actual, list) and all(key.startswith("[") for key in expected):
            actual = {f"[{number}]": value for number, value in enumerate(actual)}
        if not isinstance(actual, dict):
            return [f"{path}: an object was expected, not {brief(actual)}"]
        return [line for key, value in expected.items() for line in mismatches(value, actual.get(key), f"{path}.{key}")]
    if isinstance(expected, list):
        if not isinstance(actual, list):
            return [f"{path}: an array was expected, not {brief(actual)}"]
        if not expected and actual:
            return [f"{path}: nothing was expected, not {brief(actual)}"]
        return [line for number, value in enumerate(expected) for line in nearest(value, actual, f"{path}[{number}]")]
    return [] if scalar_matches(expected, actual) else [f"{path}: {brief(expected)} was expected, not {brief(actual)}"]


def nearest(expected, candidates, path):
    """Why no candidate matches, told of the one that comes closest."""
    if not candidates:
        return [f"{path}: {brief(expected)} was expected in an empty array"]
    return min((mismatches(expected, candidate, path) for candidate in candidates), key=len)


def scalar_matches(expected, actual):
    if isinstance(expected, str) and expected.startswith("~"):
        return isinstance(actual, str) and re.search(expected[1:], actual) is not None
    if isinstance(expected, str) and expected[:1] in ("<", ">") and is_number(actual):
        limit = float(expected[1:])
        return actual < limit if expected[0] == "<" else actual > limit
    return expected == actual and isinstance(expected, bool) == isinstance(actual, bool)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def lookup(document, path):
    """The value at a path such as `ata_smart_attributes.table[id=5].raw.value` or `drives[0].serial`; None if there is none."""
    for key, selector in re.findall(r"([^.\[\]]+)|\[([^\]]*)\]", path):
        if key:
            document = document.get(key) if isinstance(document, dict) else None
        elif isinstance(document, list):
            document = select(document, selector)
        else:
            return None
    return document


def select(elements, selector):
    name, equals, value = selector.partition("=")
    if not equals:
        return elements[int(name)] if int(name) < len(elements) else None
    found = (element for element in elements if isinstance(element, dict) and str(lookup(element, name)) == value)
    return next(found, None)


def brief(value):
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + " ..."
