"""A package from a user's own document says what the document says."""

from __future__ import annotations

import importlib
import inspect

import pytest

FLIGHTS = {"type": "array", "items": {"$ref": "#/components/schemas/Flight"}}
SPEC = {
    "openapi": "3.0.1",
    "tags": [{"name": "Pilots", "description": "People who <b>fly</b>"}, {"name": "Planes"}],
    "paths": {
        "/odata/Flights": {
            "get": {
                "tags": ["Flights"],
                "summary": "Lists flights.",
                "responses": {"200": {"content": {"application/json": {"schema": {
                    "properties": {"@odata.count": {"type": "integer"}, "value": FLIGHTS},
                }}}}},
            }
        },
        "/api/Pilots/Wake": {
            "post": {
                "tags": ["Pilots"],
                "description": "Calls a pilot &amp; waits.\n\nLonger story.\n\nOAuth required scopes: OR.Jobs.\n\n"
                "Required permissions: Jobs.Edit.",
                "parameters": [
                    {"name": "alarm", "in": "query", "description": 'C:\\alarms\\new or """loud"""'},
                    {"name": "silent", "in": "query"},
                ],
                "responses": {"204": {}},
            }
        },
        "/api/Planes/Wash": {"post": {"tags": ["Planes"], "responses": {"204": {}}}},
    },
    "components": {
        "schemas": {
            "Flight": {
                "type": "object",
                "description": "A flight<br />of today",
                "properties": {
                    "Gate": {"type": "string", "description": "where it leaves"},
                    "Seat": {"type": "string"},
                },
            }
        }
    },
}  # fmt: skip


@pytest.fixture
def made(package):
    return package(SPEC, "described")


def test_a_set_and_a_tag_say_what_they_are(made):
    operations, _ = made
    assert inspect.getdoc(operations.EntitySets.flights).startswith("Lists flights.")
    assert inspect.getdoc(operations.EntitySets.pilots) == "People who fly."
    assert inspect.getdoc(operations.EntitySets.planes) == "Planes."


def test_a_method_says_the_first_paragraph_and_what_it_needs(made):
    operations, _ = made
    pilots, planes = (
        importlib.import_module(f"{operations.__name__}.{name}") for name in ("pilots", "planes")
    )
    assert inspect.getdoc(pilots.Pilots.wake).split("\n") == [
        "Calls a pilot & waits.",
        "",
        "Needs the scope OR.Jobs. Permission: Jobs.Edit.",
        "",
        "Args:",
        '    alarm: C:\\alarms\\new or """loud""".',
    ]
    assert inspect.getdoc(planes.Planes.wash) == "Wash."


def test_an_entity_says_what_it_is_and_what_its_properties_hold(made):
    _, entities = made
    assert inspect.getdoc(entities.Flight).split("\n") == [
        "Orchestrator's Flight, a row of /odata/Flights.",
        "",
        "A flight of today.",
        "",
        "Attributes:",
        "    gate: Where it leaves.",
    ]
    assert '\n    """Where it leaves."""\n' in inspect.getsource(entities.Flight)
