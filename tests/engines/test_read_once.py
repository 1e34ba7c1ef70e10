"""What was narrowed for one query is read by nobody else."""

from __future__ import annotations

import tempfile

import pytest

from uipath_odata.engines.read_once import claim, take
from uipath_odata.errors import QueryError


@pytest.fixture(autouse=True)
def own_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_loaded_table_is_narrowed_by_the_same_filters_alone():
    claim("load", "Level eq 'Error'")
    claim("load", "Level eq 'Error'")
    claim("another", None)
    with pytest.raises(QueryError, match="other filters"):
        claim("load", None)


def test_a_piece_is_of_one_task_and_its_repetitions():
    claim("load", None)
    take("load", "plan", "piece", "stage 1 task 0")
    take("load", "plan", "piece", "stage 1 task 0")
    take("load", "plan", "other piece", "stage 1 task 1")
    take("load", "next plan", "piece", "stage 2 task 0")
    with pytest.raises(QueryError, match="a second time"):
        take("load", "plan", "piece", "stage 2 task 0")


def test_another_machine_than_the_planner_s_is_refused(tmp_path, monkeypatch):
    claim("load", None)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "elsewhere"))
    with pytest.raises(QueryError, match="on one machine"):
        take("load", "plan", "piece", "stage 1 task 0")
