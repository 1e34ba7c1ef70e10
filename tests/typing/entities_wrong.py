"""Wrong uses of entities: a checker that finds nothing on one of these lines complains of an unused ignore."""

from __future__ import annotations

import datetime as dt

from uipath_odata import Query, entities
from uipath_odata.entities import Job, Machine, QueueItem, Robot, RobotLog, Session

Query(entities.Robott)  # type: ignore[attr-defined]
Query(Job).filter(Job.state == "Fauled")  # type: ignore[arg-type]
Query(Job).filter(Job.id == "7")  # type: ignore[arg-type]
Query(Job).filter(Job.stat == "Faulted")  # type: ignore[attr-defined]
Query(Job).filter(Job.robot.naem == "x")  # type: ignore[attr-defined]
Query(Job).filter(Job.key == 5)  # type: ignore[arg-type]
Query(Job).filter(Job.id.contains("x"))  # type: ignore[misc]
Query(Job).filter(Job.state < "Faulted")  # type: ignore[arg-type, operator]
Query(Job).filter(Session.state == "Available")  # type: ignore[arg-type]
Query(Job).filter(Job.id == 5, ~(Session.id == 5))  # type: ignore[arg-type]
Query(Job).filter((Job.id == 5) & (Session.id == 5))  # type: ignore[operator]
Query(Job).filter((Job.robot.name == "x") & (Session.id == 5))  # type: ignore[arg-type]
Query(Job).filter(Robot.environments.any(lambda environment: environment.name == "x"))  # type: ignore[arg-type]
Query(Job).filter(Job.id)  # type: ignore[arg-type]
Query(Job).filter(not Job.release_name)  # type: ignore[arg-type]
Query(Job).filter(Job.start_time > "2024-01-31")  # type: ignore[operator]
Query(Job).filter(Job.start_time.contains("2024"))  # type: ignore[misc]
Query(RobotLog).filter(RobotLog.level >= "Eror")  # type: ignore[operator]
Query(RobotLog).filter(RobotLog.message >= 5)  # type: ignore[operator]
Query(Robot).filter(Robot.environments.name == "x")  # type: ignore[attr-defined]
Query(Robot).filter(Robot.environments.any(lambda environment: environment.naem == "x"))  # type: ignore[attr-defined]
Query(Session).expand(Session.state)  # type: ignore[arg-type]
Query(Session).order_by(Session.robot)  # type: ignore[arg-type]
Session(state="Availabel")  # type: ignore[arg-type]
Session(stat="Available")  # type: ignore[call-arg]
Session(5)  # type: ignore[arg-type, call-arg]
Session(robot=Machine())  # type: ignore[arg-type]
QueueItem().specific_content["x"]  # type: ignore[index]
max(Session().reporting_time, dt.datetime.now(dt.UTC))  # type: ignore[type-var]
Session().id + 1  # type: ignore[operator]
