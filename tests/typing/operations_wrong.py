"""Wrong calls of operations: a checker that finds nothing on one of these lines complains of an unused ignore."""

from __future__ import annotations

from uipath_odata import Credentials, Orchestrator
from uipath_odata.entities import Job, Machine, Robot


async def calls(orchestrator: Orchestrator) -> None:
    orchestrator.robotts  # type: ignore[attr-defined]  # noqa: B018
    await orchestrator.robots.get("x")  # type: ignore[arg-type]
    await orchestrator.robots.get(key=216)  # type: ignore[call-arg]
    await orchestrator.robots.get()  # type: ignore[call-arg]
    await orchestrator.robots.create(Machine())  # type: ignore[arg-type]
    await orchestrator.robots.replace(Robot())  # type: ignore[call-arg, arg-type]
    await orchestrator.robots.update(5, naem="x")  # type: ignore[call-arg]
    await orchestrator.robots.update(5, enabled="yes")  # type: ignore[arg-type]
    await orchestrator.robots.delete_bulk(robot_ids=["x"])  # type: ignore[list-item]
    await orchestrator.robots.delete_bulk(ids=[1])  # type: ignore[call-overload]
    await orchestrator.robots.delete_bulk()  # type: ignore[call-overload]
    orchestrator.robots.get_robots_for_process(5)  # type: ignore[arg-type]
    orchestrator.robots.get_robots_for_process()  # type: ignore[call-arg]
    orchestrator.robots.filter(Job.state == "Running")  # type: ignore[arg-type]
    orchestrator.robots.get_robots_for_process("x").filter(Job.id == 5)  # type: ignore[arg-type]
    orchestrator.robots.get_robots_for_process("x").filter(Job.id)  # type: ignore[arg-type]
    await orchestrator.jobs.start_jobs(release_key=5)  # type: ignore[arg-type]
    await orchestrator.jobs.start_jobs(strategy="Alll")  # type: ignore[arg-type]
    await orchestrator.jobs.start_jobs(input_arguments=["a"])  # type: ignore[arg-type]
    await orchestrator.jobs.start_jobs(job_count=1)  # type: ignore[call-arg]
    await orchestrator.jobs.stop_jobs(strategy="SoftStop")  # type: ignore[call-overload]
    await orchestrator.jobs.stop_job(strategy="Kill")  # type: ignore[call-overload]
    await orchestrator.jobs.delete(5)  # type: ignore[attr-defined]
    await orchestrator.generic_tasks.create_task(type="ExternalTask")  # type: ignore[call-overload]
    await orchestrator.generic_tasks.create_task(Robot())  # type: ignore[call-overload]
    (await orchestrator.queues.start_transaction(name="q")).id  # type: ignore[union-attr]  # noqa: B018
    orchestrator.required_scopes("Jobs.StartJobs")  # type: ignore[arg-type]


def clients(credentials: Credentials) -> None:
    cloud = Orchestrator.cloud
    cloud(organization="a", tenant="b", credentials=credentials, read_only=True, trust_env=False)
    cloud(organization="a", tenant="b", credentials=credentials, readonly=True)  # type: ignore[call-arg]
    cloud(organization="a", tenant="b", credentials=credentials, read_only="yes")  # type: ignore[arg-type]
    Orchestrator.standalone(host="a", tenant="b", credentials=credentials, trust=True)  # type: ignore[call-arg]
    Orchestrator.from_env(pol=None)  # type: ignore[call-arg]
    cloud(organization="a", tenant="b", credentials=credentials).folder(path="Shared/Finance")
