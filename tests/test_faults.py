"""The table of faults names tests that exist, and leaves none out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = (TESTS / "faults.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| (R\d+) \| .* \| (.*) \|$", TABLE, re.MULTILINE))
NUMBERS = [*range(1, 19), *range(20, 121)]
GOALS = dict(re.findall(r"^\| (G\d+) \| .* \| (.*) \|$", TABLE, re.MULTILINE))


def named(cell):
    for part in cell.split("<br>"):
        file, *tests = re.findall(r"`([^`]+)`", part)
        yield from ((file, test) for test in tests)


def written(file):
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_fault_has_one_row_in_order():
    assert list(ROWS) == [f"R{number:02d}" for number in NUMBERS]
    assert TABLE.count("\n| R") == len(NUMBERS)


def test_every_fault_names_a_test_and_every_test_that_is_named_exists():
    for fault, cell in ROWS.items():
        tests = list(named(cell))
        assert tests, fault
        for file, test in tests:
            assert test in written(file), f"{fault}: {file}::{test}"


def test_every_goal_has_one_row_and_names_a_test():
    assert list(GOALS) == [f"G{number}" for number in range(1, 21)]
    for goal, cell in GOALS.items():
        for file, test in named(cell):
            assert test in written(file), f"{goal}: {file}::{test}"


def test_every_fault_and_goal_that_code_speaks_of_is_defined():
    spoken = {
        found
        for folder in (TESTS, TESTS.parent / "uipath_odata", TESTS.parent / "benchmarks")
        for path in folder.rglob("*.py")
        for found in re.findall(r"\b(?:R\d{2,3}|G\d{1,2})\b", path.read_text("utf-8"))
    }
    assert spoken - set(ROWS) - set(GOALS) <= {"G11"} | {each for each in spoken if not each[1:].isdecimal()}
