from __future__ import annotations

import csv
import io

import pytest
from yarl import URL

FINANCE = {"OrganizationUnitId": "36886"}
EXPORT = "/odata/{}/UiPath.Server.Configuration.OData.Export"


@pytest.mark.parametrize(
    ("path", "kind", "truth"),
    [
        (EXPORT.format("RobotLogs") + "?$filter=Level eq 'Fatal'", "Logs", "RobotLogs WHERE Level = 'Fatal' AND _folder = 36886"),
        (EXPORT.format("Jobs") + "?$filter=State eq 'Faulted'", "Jobs", "Jobs WHERE State = 'Faulted' AND _folder = 36886"),
        ("/odata/QueueDefinitions(71)/UiPathODataSvc.Export", "Queues", "QueueItems WHERE QueueDefinitionId = 71"),
    ],
)  # fmt: skip
async def test_a_list_is_exported_as_a_file(emulators, clock, path, kind, truth):
    async with emulators(clock=clock) as http:
        made = await http.send("POST", path, **FINANCE)
        assert (made.status, made.body["Status"], made.body["Type"]) == (200, "New", kind)
        export = f"/odata/Exports({made.body['Id']})"
        link = f"{export}/UiPath.Server.Configuration.OData.GetDownloadLink"
        assert (await http.get(link)).status == 409
        clock.now += 1
        done = (await http.get(export)).body
        assert (done["Status"], done["ExecutedAt"]) == ("Completed", "2024-05-14T12:00:01Z")
        access = (await http.get(link)).body
        async with http.session.get(URL(access["Uri"], encoded=True)) as response:
            content = await response.read()
        assert len(content) == done["Size"]
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        assert len(rows) == http.emulator.sql(f"SELECT COUNT(*) FROM {truth}")[0][0] > 10


async def test_an_export_that_was_not_made_is_not_found(demo):
    assert (await demo.get("/odata/Exports(5)")).status == 404
    first, second = [
        (await demo.send("POST", EXPORT.format("Jobs") + "?$top=2", **FINANCE)).body["Id"] for _ in range(2)
    ]
    assert first != second
