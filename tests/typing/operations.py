"""Right calls of operations: every line passes mypy --strict and pyright strict."""

from __future__ import annotations

import datetime as dt
from typing import Any, assert_type
from uuid import UUID

from uipath_odata import FolderClient, Instant, Orchestrator, entities
from uipath_odata.entities import (
    AccessibleFolders,
    CountStats,
    CurrentUserFolder,
    ExtendedFolder,
    Job,
    LongVersionedEntity,
    Machine,
    PageResultOfCurrentUserFolder,
    QueueItem,
    QueueItemData,
    Robot,
    RobotLog,
    StartProcess,
    TaskCreateRequest,
    TaskData,
    UnattendedRobot,
    ValidationResult,
)
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.operations import EntitySets

KEY = UUID(int=1)
SOON = dt.datetime(2024, 1, 31, tzinfo=dt.UTC)


async def robots(orchestrator: Orchestrator) -> None:
    finance = orchestrator.folder("Shared/Finance")
    assert_type(EntitySets.of(finance), EntitySets)
    assert_type(orchestrator.required_scopes(finance.jobs.start_jobs, finance.robots), tuple[str, ...])

    assert_type(await finance.robots.get(216), Robot)
    assert_type(await finance.robots.create(Robot(name="x")), Robot)
    assert_type(await finance.robots.create({"Name": "x"}), Robot)
    assert_type(await finance.robots.replace(749, Robot(name="x")), Robot | None)
    assert_type(await finance.robots.update(749, name="x", enabled=None), Robot | None)
    assert_type(await finance.robots.update(749, {"Name": "x"}), Robot | None)
    await finance.robots.delete(79)
    await finance.robots.delete_bulk(robot_ids=[119, 120])
    await finance.robots.delete_bulk(robot_ids=range(119, 121))
    assert_type(finance.robots.get_robots_for_process("x"), BoundQuery[Robot, Robot])
    assert_type(
        finance.robots.get_robots_for_process(process_id="x").filter(Robot.id > 5).top(3),
        BoundQuery[Robot, Robot],
    )
    assert_type(await finance.robots.get_usernames(), list[str])


async def jobs_and_queues(finance: FolderClient) -> None:
    assert_type(await finance.jobs.start_jobs(release_key="e", input_arguments={"a": 1}), list[Job])
    assert_type(
        await finance.jobs.start_jobs(release_key="e", input_arguments="{}", strategy="All"), list[Job]
    )
    assert_type(await finance.jobs.start_jobs(StartProcess(release_key="e")), list[Job])
    assert_type(await finance.jobs.validate_dynamic_job({"ReleaseKey": "e"}), ValidationResult)
    await finance.jobs.stop_jobs(strategy="SoftStop", job_ids=(1, 2))
    await finance.jobs.stop_job(5, strategy="Kill")
    assert_type(await finance.jobs.resume_job(job_key=KEY), Job)
    async for job in finance.jobs.with_parameters(mandatory_permissions=["Jobs.View"]).filter(Job.id > 5):
        assert_type(job, Job)

    assert_type(await finance.queues.start_transaction(name="q"), QueueItem | None)
    assert_type(await finance.queues.add_queue_item(name="q", defer_date=SOON), QueueItem)
    await finance.queues.add_queue_item(
        name="q", due_date=Instant.from_datetime(SOON), specific_content={"a": 1}
    )
    await finance.queues.bulk_add_queue_items(
        queue_name="q",
        commit_type="AllOrNothing",
        queue_items=[QueueItemData(reference="r"), {"Reference": "s"}],
    )
    await finance.queue_items.delete_bulk(queue_items=[LongVersionedEntity(id=1)])
    assert_type(await finance.queue_definitions.get_folders_for_queue(1), AccessibleFolders)
    assert_type(await finance.queue_definitions.get_by_key(KEY), entities.QueueDefinition)


async def others(orchestrator: Orchestrator) -> None:
    finance = orchestrator.folder(id=5)
    assert_type(await finance.generic_tasks.create_task(title="t", data={"a": [1]}), TaskData)
    assert_type(await finance.generic_tasks.create_task(TaskCreateRequest(title="t")), TaskData)
    await finance.task_forms.complete_task(task_id=195, action="submit")

    assert_type(await orchestrator.users.validate(user_ids=[5]), dict[str, bool])
    await orchestrator.users.update(88, unattended_robot=UnattendedRobot(password="p"))
    assert_type(await orchestrator.machines.get(5), Machine)
    assert_type(await orchestrator.package_feeds.get_folder_feed(folder_id=5), UUID | None)
    assert_type(await orchestrator.processes.download_package(key="Id:1.0.0"), bytes)
    assert_type(await orchestrator.stats.get_jobs_stats(), list[CountStats])
    assert_type(await orchestrator.translations.get_translations(lang="en"), dict[str, str])
    assert_type(
        await orchestrator.folders_navigation.get_all_folders_for_current_user(), list[ExtendedFolder]
    )
    page = await orchestrator.folders.get_all_for_current_user(take=5)
    assert_type(page, PageResultOfCurrentUserFolder)
    assert_type(page.page_items, list[CurrentUserFolder] | None)
    assert_type(await orchestrator.business_rules.get(KEY), entities.BusinessRule)
    assert_type(await orchestrator.robot_logs.get_total_count(), int)
    assert_type(await orchestrator.job_triggers.get_payload(KEY), Any)
    assert_type(await orchestrator.robot_logs.filter(RobotLog.level >= "Error").count(), int)

    quick = orchestrator.with_options(max_wait=2, deadline=5.5, retries=0, bulk=True)
    assert_type(quick, Orchestrator)
    assert_type(orchestrator.folder(id=5).with_options(max_wait=None), FolderClient)
