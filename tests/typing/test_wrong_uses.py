"""Wrong uses of queries: mypy finds a fault on each marked line and on no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

api = pytest.importorskip("mypy.api", reason="mypy comes with the dev group")

ROOT = Path(__file__).parents[2]
WRONG = """\
from __future__ import annotations
import datetime as dt
from uipath_odata import Expand, Predicate, Query, now, path, raw_filter
from uipath_odata.entities import Job, Release, ReleaseVersion, Robot, RobotLog, Session, User
SINCE = dt.datetime(2024, 1, 31, tzinfo=dt.UTC)
Query(Job).filter(Job.state == "Fauled")  # wrong
Query(Job).filter(Job.state == "Faulted")
Query(Job).filter(Job.state.in_(["Faulted", "Stoped"]))  # wrong
Query(RobotLog).filter(RobotLog.level > "Eror")  # wrong
Query(Job).filter(Job.id == "7")  # wrong
Query(Job).filter(Job.id.in_("7"))  # wrong
Query(Job).filter(Job.start_time > "2024-01-31")  # wrong
Query(Job).filter(Job.start_time > dt.date(2024, 1, 31))  # wrong
Query(Job).filter(Job.start_time > SINCE)
Query(Job).filter(Job.stat == "Faulted")  # wrong
Query(Job).filter(Job.robot.nmae == "x")  # wrong
Query(Job).filter(Job.id.contains("x"))  # wrong
Query(Job).filter(Job.state.contains("x"))  # wrong
Query(Job).filter(Job.info.contains(5))  # wrong
Query(Job).filter(Job.info.year() == 5)  # wrong
Query(Job).filter(Job.start_time.tolower() == "x")  # wrong
Query(Job).filter(Job.state < "Faulted")  # wrong
Query(Job).filter(Job.has_media_recorded > False)  # wrong
Query(Job).filter(Job.key > Job.key)  # wrong
Query(Job).filter(Job.start_time + Job.start_time > now())  # wrong
Query(Job).filter(Job.start_time - 5 > now())  # wrong
Query(Job).filter(Job.id)  # wrong
Query(Job).filter(Session.state == "Available")  # wrong
Query(Job).filter((Job.id == 5) & (Session.id == 5))  # wrong
Query(Job).filter((Job.robot.name == "x") & (Session.id == 5))  # wrong
Query(Job).filter((Job.robot.name == "x") & (Job.id == 5))
Query(Job).filter("Id eq 5")  # wrong
Query(Job).filter(True)  # wrong
Query(Job).filter(not (Job.id == 5))  # wrong
Query(Job).filter(Job.robot == None)  # wrong
Query(Job).filter((Job.id == 5) & True)  # wrong
Query(Job).filter((Job.id == 5) | Job.info)  # wrong
Query(Job).filter(~Job.info)  # wrong
Query(Job).filter(path("X") == 5, raw_filter("X eq 5"))
Query(Release).filter(Release.tags.name == "x")  # wrong
Query(Release).filter(Release.tags.any(lambda tag: tag.nmae == "x"))  # wrong
Query(Release).filter(Release.tags.any(lambda tag: tag.name))  # wrong
Query(User).filter(User.roles_list.any(lambda role: role == 5))  # wrong
Query(Job).select("State")  # wrong
Query(Job).expand(Job.state)  # wrong
Query(User).expand(User.roles_list)  # wrong
Query(Release).expand(Release.release_versions, Expand(ReleaseVersion).top("5"))  # wrong
Query(Job).order_by("Id")  # wrong
Query(Job).order_by(Job.robot)  # wrong
Query(Job).top("5")  # wrong
Query(5)  # wrong
Query(Job).limit = 5  # wrong
Robot(nmae="x")  # wrong
Robot(name=5)  # wrong
Session(state="Availabel")  # wrong
Session(robot=Robot())  # wrong
Robot().name.upper()  # wrong
Session().robot.name  # wrong
Session().reporting_time > SINCE  # wrong
number: int = Job().id  # wrong
predicate: Predicate = Job.id == 5
"""


def test_mypy_finds_a_fault_on_each_marked_line_and_on_no_other(tmp_path: Path) -> None:
    source = tmp_path / "wrong.py"
    source.write_text(WRONG, encoding="utf-8")
    config = f"--config-file={ROOT / 'pyproject.toml'}"
    found, errors, _ = api.run([config, f"--cache-dir={tmp_path / 'cache'}", str(source)])
    assert errors == ""
    faulty = {int(line) for line in re.findall(r"^\S*wrong\.py:(\d+): error", found, flags=re.MULTILINE)}
    marked = {number for number, line in enumerate(WRONG.splitlines(), 1) if line.endswith("# wrong")}
    assert faulty == marked, found
