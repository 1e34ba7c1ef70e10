from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import re
import subprocess
import sys
import typing
from importlib.resources import files
from typing import Any, Literal
from uuid import UUID

import pytest

import uipath_odata
import uipath_odata.entities as package
from uipath_odata import events
from uipath_odata.entities import (
    EntryPoint,
    Environment,
    ExtendedMachine,
    Job,
    Machine,
    QueueItem,
    Release,
    Robot,
    RobotLog,
    Session,
    UpdateInfo,
    ValidationResult,
)
from uipath_odata.generate.__main__ import main
from uipath_odata.odata.entity import (
    Collection,
    Entity,
    JsonText,
    Navigation,
    Ordered,
    Property,
    Timestamp,
    Values,
    hints,
    properties,
)
from uipath_odata.odata.expr.render import text_of
from uipath_odata.odata.query import Query

FORMATS = {"string:date-time": dt.datetime, "string:uuid": UUID}
PLAIN = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "number": float,
    "any": Any,
    "object": dict[str, Any],
}


def _facts():
    read = files("uipath_odata.generate").joinpath
    classic = json.loads(read("orchestrator-2020.10-environments.json").read_text("utf-8"))
    newest = json.loads(read("orchestrator-v20.json").read_text("utf-8"))
    return {kind: {**classic[kind], **newest[kind]} for kind in ("schemas", "enums")}


# Texts that hold JSON, by the API guide's examples.
JSON_TEXTS = {
    "AdditionalConfiguration",
    "AnalyticsData",
    "AnalyticsDataJsonSchema",
    "ContentJson",
    "ContentJsonSchema",
    "CronDetails",
    "CustomData",
    "InputArguments",
    "OutputArguments",
    "OutputData",
    "OutputDataJsonSchema",
    "RawMessage",
    "SpecificData",
    "SpecificDataJsonSchema",
    "StartProcessCronDetails",
    "inputArgs",
    "inputArguments",
}

FACTS = _facts()
PACKAGES = (package, events)
SCHEMAS = {name: facts for name, facts in FACTS["schemas"].items() if not name.startswith("ODataValueOf")}


def _entity(schema):
    name = "RobotLog" if schema == "LogDto" else re.sub(r"Dto(?=[A-Z]|$)", "", schema)
    return getattr(events if name in events.__all__ else package, name)


def _python(facts):
    if isinstance(facts, str):
        return FORMATS.get(facts) or PLAIN[facts.split(":")[0]]
    [(kind, inner)] = facts.items()
    return {
        "ref": lambda: _entity(inner),
        "enum": lambda: Literal[tuple(FACTS["enums"][inner])],
        "array": lambda: list[_python(inner)],
        "map": lambda: dict[str, _python(inner)],
        "object": lambda: dict[str, Any],
    }[kind]()


def _annotation(schema, wire, facts):
    match facts:
        case "string:date-time" | "string":
            text = JsonText if wire in JSON_TEXTS else Property[str]
            return text if facts == "string" else Timestamp
        case {"ref": name}:
            related = _entity(name)
            return Navigation[related, f"{related.__name__}Path"]
        case {"array": {"ref": name}}:
            return Collection[_entity(name)]
        case {"array": item} if item != "any":
            return Values[_python(item)]
        case {"enum": _} if (schema, wire) == ("LogDto", "Level"):
            return Ordered[_python(facts)]
        case _:
            return Property[_python(facts)]


def _run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_regenerating_gives_the_committed_bytes_and_leaves_nothing_old(tmp_path):
    (tmp_path / "entities").mkdir()
    (tmp_path / "entities" / "gone.py").write_text("old", encoding="utf-8")
    main(["--out", str(tmp_path)])
    for each in PACKAGES:
        made = {
            file.name: file.read_bytes() for file in (tmp_path / each.__name__.rpartition(".")[2]).iterdir()
        }
        committed = {
            file.name: file.read_bytes() for file in files(each).iterdir() if file.name.endswith(".py")
        }
        assert made == committed


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_property_is_there_once_under_its_wire_name_and_with_its_type(schema):
    own = SCHEMAS[schema]["properties"]
    expected = {wire: _annotation(schema, wire, each["type"]) for wire, each in own.items()}
    entity = _entity(schema)
    inherited = {member.wire for base in entity.__bases__ for member in properties(base).values()}
    found = [(member.wire, member.annotation) for member in properties(entity).values()]
    assert dict(found) | expected == dict(found)
    assert [wire for wire, _ in found if wire not in inherited] == list(expected)
    assert len(found) == len(dict(found)) == len(inherited) + len(expected)


@pytest.mark.parametrize("schema", [name for name, facts in SCHEMAS.items() if "allOf" in facts])
def test_all_of_is_inheritance(schema):
    assert _entity(schema).__bases__ == tuple(_entity(base["ref"]) for base in SCHEMAS[schema]["allOf"])


def test_an_inherited_property_is_the_entitys_own_in_queries():
    assert Query(ExtendedMachine).filter(ExtendedMachine.name == "m", Machine.id > 5).options == {
        "$filter": "Name eq 'm' and Id gt 5"
    }
    assert ExtendedMachine(name="m", update_info=UpdateInfo()).name == "m"


def test_the_packages_export_every_entity_event_and_enum_once_and_nothing_else():
    exported = [(name, getattr(each, name)) for each in PACKAGES for name in dir(each)]
    entities = [name for name, value in exported if isinstance(value, type)]
    enums = [typing.get_args(value) for _, value in exported if not isinstance(value, type)]
    assert sorted(entities) == sorted({_entity(schema).__name__ for schema in SCHEMAS})
    assert sorted(enums) == sorted({tuple(members) for members in FACTS["enums"].values()})
    for each in PACKAGES:
        assert dir(each) == sorted(dir(each))
        assert [name for name in dir(each) if name not in uipath_odata.__all__] == each.__all__


def test_importing_all_entities_hides_no_name_of_the_client():
    names = {}
    exec("from uipath_odata import *; from uipath_odata.entities import *", names)
    assert all(names[name] is getattr(uipath_odata, name) for name in uipath_odata.__all__)
    assert package.Settings is not uipath_odata.Settings


def test_an_unknown_name_is_an_import_error():
    with pytest.raises(AttributeError, match="has no attribute 'Robott'"):
        _ = package.Robott
    with pytest.raises(ImportError):
        exec("from uipath_odata.entities import Robott")


@pytest.mark.parametrize("name", [*package.__all__, *events.__all__])
def test_hints_of_every_entity_resolve(name):
    entity = getattr(events if name in events.__all__ else package, name)
    if isinstance(entity, type):
        assert set(properties(entity)) <= set(hints(entity))
        assert issubclass(entity, Entity)


def test_importing_an_entity_imports_its_module_alone():
    code = "import sys; from uipath_odata.entities import Session; print(*sys.modules)"
    loaded = {name for name in _run(code) if name.startswith("uipath_odata.entities.")}
    assert loaded == {"uipath_odata.entities.sessions"}


def test_importing_an_event_imports_its_module_and_no_entity():
    code = "import sys; from uipath_odata.events import JobCompletedEvent; print(*sys.modules)"
    loaded = {
        name for name in _run(code) if name.startswith(("uipath_odata.entities.", "uipath_odata.events."))
    }
    assert loaded == {"uipath_odata.events.job"}


def test_an_event_reaches_the_entities_themselves():
    assert properties(events.SimpleJobEvent)["error"].argument is package.JobError


def test_a_related_entity_is_imported_when_a_query_goes_through_it():
    code = (
        "import sys; from uipath_odata.entities import QueueItem; before = set(sys.modules); "
        "QueueItem.robot.name == 'x'; print(*set(sys.modules) - before)"
    )
    assert "uipath_odata.entities.shared" in _run(code)


def test_a_derived_entity_imports_its_base():
    code = "import sys; from uipath_odata.entities import MachineFolder; print(*sys.modules)"
    loaded = {name for name in _run(code) if name.startswith("uipath_odata.entities.")}
    assert loaded == {"uipath_odata.entities.folders", "uipath_odata.entities.machines"}


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (lambda: Session.robot.name == "DocBot", "Robot/Name eq 'DocBot'"),
        (lambda: Session.state == "Available", "State eq 'Available'"),
        (lambda: Job.robot.id == None, "Robot/Id eq null"),
        (lambda: Job.key == UUID(int=5), "Key eq 00000000-0000-0000-0000-000000000005"),
        (lambda: RobotLog.level >= "Error", "Level ge '4'"),
        (lambda: QueueItem.specific_content == None, "SpecificContent eq null"),
        (lambda: Robot.environments.any(lambda e: e.name == "x"), "Environments/any(item:item/name eq 'x')"),
        (Release.release_versions.any, "ReleaseVersions/any()"),
        (lambda: ValidationResult.errors.any(lambda text: text == "x"), "Errors/any(item:item eq 'x')"),
        (
            lambda: ValidationResult.error_codes.any(lambda code: code == "RobotBusy"),
            "ErrorCodes/any(item:item eq 'RobotBusy')",
        ),
    ],
)
def test_properties_of_every_kind_are_query_expressions(condition, text):
    assert text_of(condition().__node__) == text


def test_an_entity_survives_copies_and_pickles():
    session = Session(id=1, state="Busy", reporting_time=dt.datetime(2024, 1, 31, tzinfo=dt.UTC))
    for other in (copy.deepcopy(session), pickle.loads(pickle.dumps(session))):
        assert other == session
        assert other is not session


def test_entities_are_equal_by_type_and_values():
    assert Machine(id=1, name="m") == Machine(id=1, name="m") != Machine(id=1)
    assert Machine(id=1) != ExtendedMachine(id=1)
    assert Machine(id=1) != 1


def test_an_entity_shows_the_values_that_it_has():
    assert repr(EntryPoint(id=5, path="Main.xaml")) == "EntryPoint(path='Main.xaml', id=5)"


def test_an_environment_has_the_shape_of_v20():
    assert {member.wire for member in properties(Environment).values()} == {
        "name",
        "description",
        "robots",
        "type",
        "id",
    }
