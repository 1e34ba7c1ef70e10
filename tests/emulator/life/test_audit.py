from __future__ import annotations

import pytest

FINANCE = {"OrganizationUnitId": "36886"}
JOBS = "/odata/Jobs/UiPath.Server.Configuration.OData."


async def entries(http):
    rows = await http.rows("/odata/AuditLogs?$orderby=Id")
    return [(row["Component"], row["Action"], row["EntityId"], row["DisplayName"]) for row in rows]


async def test_what_requests_change_is_noted_with_who_and_when(emulators, clock):
    async with emulators(clock=clock) as http:
        asset = {"Name": "Url", "ValueScope": "Global", "ValueType": "Text", "StringValue": "x"}
        made = (await http.send("POST", "/odata/Assets", asset, **FINANCE)).body["Id"]
        await http.send("PUT", f"/odata/Assets({made})", asset | {"Id": made, "StringValue": "y"}, **FINANCE)
        await http.send("DELETE", f"/odata/Assets({made})", **FINANCE)
        start = {"startInfo": {"ReleaseName": "InvoiceIntake", "JobsCount": 2}}
        jobs = (await http.send("POST", f"{JOBS}StartJobs", start, **FINANCE)).body["value"]
        expected = [
            ("Assets", action, made, name)
            for action, name in (("Create", "Url"), ("Update", "Url"), ("Delete", None))
        ]
        seen = await entries(http)
        assert [each[:3] for each in seen[:3]] == [each[:3] for each in expected]
        assert seen[3:] == [("Jobs", "StartJob", job["Id"], "InvoiceIntake") for job in jobs]
        (last,) = await http.rows("/odata/AuditLogs?$orderby=Id desc&$top=1")
        assert (last["UserName"], last["ExecutionTime"]) == ("john.smith", "2024-05-14T12:00:00Z")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/odata/Assets", {"Name": "Url", "Nmae": 1}),
        (f"{JOBS}StartJobs", {"startInfo": {"ReleaseName": "Nowhere"}}),
    ],
)
async def test_what_was_refused_and_what_was_read_leave_nothing(demo, path, body):
    assert (await demo.send("POST", path, body, **FINANCE)).status >= 400
    await demo.get("/odata/Jobs", **FINANCE)
    assert await entries(demo) == []


async def test_builders_leave_entries_as_requests_do_and_insert_leaves_none(empty):
    queue = empty.emulator.add.queue("Invoices", folder=empty.emulator.add.folder("Shared")["Id"])
    empty.emulator.insert("Robots", [{"Id": 1, "Name": "R1"}])
    assert [each[:2] for each in await entries(empty)] == [("Folders", "Create"), ("Queues", "Create")]
    assert (await entries(empty))[1][2:] == (queue["Id"], "Invoices")
