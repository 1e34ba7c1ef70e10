"""What the schema says that an operation answers, as JSON."""

from __future__ import annotations

import pytest

ANYTHING = {"Type": "Customer", "Name@odata.type": "#String", "nested": {"camelCase": [1, None]}}
GUID = "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"
SAMPLES = {
    "any": [None, 5, "text", ANYTHING],
    "boolean": [True, False],
    "integer": [0, 5, -1, 2**31, 2**53],
    "number": [1.5, 2, -0.25],
    "object": [ANYTHING],
    "string": ["text", "", "a\u00e9\u6f22", '{"a":1}'],
    "string:date-time": ["2019-10-14T13:55:18.2473626Z", "2024-01-31T12:00:00Z", "0001-01-01T00:00:00Z"],
    "string:uuid": [GUID, GUID.upper()],
}


@pytest.fixture
def reply(facts):
    """Make a JSON value of a type; an object deeper than ``depth`` is null, like one that was not expanded."""
    schemas, enums = facts["schemas"], facts["enums"]

    def properties(name):
        inherited = {
            wire: each
            for base in schemas[name].get("allOf", ())
            for wire, each in properties(base["ref"]).items()
        }
        return inherited | schemas[name]["properties"]

    def sample(type_, random, depth=3):
        match type_:
            case {"enum": name}:
                return random.choice([*enums[name], 3, "NewerThanTheSchema"])
            case {"array": item}:
                return (
                    [sample(item, random, depth - 1) for _ in range(random.randrange(3))]
                    if depth > 1
                    else None
                )
            case {"map": item}:
                return {key: sample(item, random, depth - 1) for key in ("value", "Name", "camelCase")}
            case {"ref": name}:
                found = properties(name) if depth else {}
                return {wire: sample(each["type"], random, depth - 1) for wire, each in found.items()} or None
        kind = "object" if isinstance(type_, dict) else type_
        return random.choice(SAMPLES.get(kind) or SAMPLES[kind.partition(":")[0]])

    return sample
