"""Arguments of jobs: a text of at most 10,000 characters, or a file beside the job."""

from __future__ import annotations

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http import storage
from uipath_odata.emulator.rows.writes import add
from uipath_odata.emulator.world import World

LONGEST = 10_000
FILE = "content"
"""The path of an attachment's file in its place."""


def place(attachment: str) -> str:
    """Name the place in the storage where the file of an attachment is."""
    return f"attachment-{attachment}"


def given(world: World, job: Row) -> str:
    """Return the arguments that a job was started with, those of its file where it has one."""
    if job["InputFile"] is None:
        return str(job["InputArguments"] or "{}")
    found = storage.find(world, place(job["InputFile"]), FILE)
    return found["content"].decode() if found else "{}"


def stored(world: World, output: SqlValue) -> dict[str, SqlValue]:
    """Return the columns that keep an output: a long one becomes a file, which ``OutputFile`` names."""
    if not isinstance(output, str) or len(output) <= LONGEST:
        return {}
    attachment = str(add(world, "Attachments", {"Name": "OutputArguments.json"}, None))
    storage.put(world, place(attachment), FILE, output.encode(), "application/json")
    return {"OutputArguments": None, "OutputFile": attachment}
