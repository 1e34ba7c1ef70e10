"""What other programs do with Orchestrator from beginning to end, request by request, without any client of ours."""

from __future__ import annotations

import pytest

from .sequences import action_center, administration, performer, pipeline
from .sequences.steps import Program

LOG = '{"message": "Transaction started", "level": "Information", "logType": "Default"}'
ROBOT = "8e4ab84c-13ba-4b3d-9a1e-0f2d2b1f2c11"
SEQUENCES = {
    "the performer of a framework": performer.STEPS,
    "people at their tasks": action_center.STEPS,
    "an administrator": administration.STEPS,
    "a build server": pipeline.STEPS,
}


def tenant(emulator):
    """Fill a tenant with what the programs were configured for; return what they know of it."""
    add = emulator.add
    folder = add.folder("Shared/Finance")
    ada, bob = (add.user(name, EmailAddress=f"{name}@acme.com") for name in ("ada", "bob"))
    release = add.process("Performer", folder=folder["Id"])
    add.queue(
        "Invoices",
        folder=folder["Id"],
        MaxNumberOfRetries=1,
        AcceptAutomaticallyRetry=True,
        EnforceUniqueReference=True,
    )
    robot = add.robot("R1", folder=folder["Id"], LicenseKey=ROBOT, UserId=ada["Id"])
    add.asset("QueueName", "Invoices", folder=folder["Id"])
    add.credential("Sap", "u", "p", folder=folder["Id"])
    for user in (ada, bob):
        emulator.sql("INSERT INTO _folder_users VALUES (?, ?, 1)", folder["Id"], user["Id"])
    return {
        "origin": emulator.url.partition("/acme")[0],
        "folder": folder["Id"],
        "robot": ROBOT,
        "log": LOG,
        "ada": ada["Id"],
        "bob": bob["Id"],
        "robot_id": robot["Id"],
        "release": release["Key"],
        "release_id": release["Id"],
    }


@pytest.mark.parametrize("name", SEQUENCES)
async def test_a_program_gets_the_answers_that_it_expects(emulators, clock, session, name):
    async with emulators(seed=None, clock=clock) as http:
        kept = tenant(http.emulator)
        headers = {
            "Authorization": f"Bearer {http.emulator.tokens.personal_access_token}",
            "X-UIPATH-OrganizationUnitId": str(kept["folder"]),
        }
        steps = Program(session, http.emulator.base_url, headers, kept)
        wrong = {}
        for number, step in enumerate(SEQUENCES[name]):
            clock.now += step.days * 86_400
            fault = await steps.take(step)
            if fault:
                wrong[f"{number} {step.method} {step.path}"] = fault
        assert not wrong, "\n".join(f"{step}: {fault}"[:700] for step, fault in wrong.items())


def test_the_sequences_are_long():
    assert sum(map(len, SEQUENCES.values())) > 140
