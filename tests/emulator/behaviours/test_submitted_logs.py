from __future__ import annotations

import orjson
import pytest

FOLDER = {"OrganizationUnitId": "1"}
ENTRY = {
    "message": "Late",
    "level": "Information",
    "timeStamp": "2024-05-14T10:00:00.1234567+02:00",
    "robotName": "R",
    "processName": "P",
    "jobId": "E49C0012-EE01-45E4-884C-0CE1F2AA6FBB",
    "ownField": 5,
}


async def test_entries_are_found_at_the_time_that_they_tell(empty):
    """R77."""
    empty.emulator.insert("Folders", [{"Id": 1}])
    assert (await empty.send("POST", "/api/Logs", ENTRY, **FOLDER)).status == 200
    texts = [orjson.dumps(ENTRY | {"level": level}).decode() for level in ("Verbose", "Error")]
    assert (await empty.send("POST", "/api/Logs/SubmitLogs", texts, **FOLDER)).status == 200
    rows = await empty.rows("/odata/RobotLogs?$filter=TimeStamp lt 2024-05-14T08:00:00.2Z", **FOLDER)
    assert sorted(row["Level"] for row in rows) == ["Debug", "Error", "Info"]
    assert {row["TimeStamp"] for row in rows} == {"2024-05-14T08:00:00.1234567Z"}
    assert {row["JobKey"] for row in rows} == {ENTRY["jobId"].lower()}
    assert orjson.loads(rows[0]["RawMessage"])["ownField"] == 5


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/Logs", [ENTRY, "text"]),
        ("/api/Logs", [ENTRY, ENTRY | {"timeStamp": "yesterday"}]),
        ("/api/Logs", [ENTRY, ENTRY | {"level": "Shouting"}]),
        ("/api/Logs/SubmitLogs", ["{"]),
        ("/api/Logs/SubmitLogs", [5]),
        ("/api/Logs/SubmitLogs", {}),
    ],
)
async def test_entries_that_cannot_be_read_are_refused_together(empty, path, body):
    assert (await empty.send("POST", path, body)).status == 400
    assert await empty.rows("/odata/RobotLogs") == []
