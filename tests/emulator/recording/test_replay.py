"""What a recording answers, and where it says that the emulator answers otherwise."""

from __future__ import annotations

import aiohttp
import orjson
import pytest
from yarl import URL

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.emulator import Emulator
from uipath_odata.emulator.recording import Recorder, Replay
from uipath_odata.emulator.recording.differences import differences
from uipath_odata.emulator.recording.pairs import FILE, Pair, line
from uipath_odata.emulator.recording.requests import Asked
from uipath_odata.entities import Folder, Job


async def get(address, headers=None):
    async with (
        aiohttp.ClientSession() as session,
        session.get(URL(address, encoded=True), headers=headers) as answer,
    ):
        return answer.status, await answer.json(), answer.headers


def client(server, token="any"):
    return Orchestrator(server.base_url, AccessToken(token))


async def test_our_client_reads_a_recording_of_the_emulator_which_differs_nowhere(tmp_path):
    async def read(orchestrator, name):
        folders = await orchestrator.folders.to_list()
        (folder,) = [each for each in folders if each.parent_id is not None][:1]
        finance = orchestrator.folder(id=folder.id)
        jobs = await finance.jobs.filter(Job.state == "Successful").order_by(Job.id.desc()).top(5).to_list()
        one = await finance.jobs.get(jobs[0].id)
        named = await orchestrator.folders.filter(Folder.display_name == name).to_list()
        return (
            [each.id for each in folders],
            [each.id for each in jobs],
            one.state,
            [each.id for each in named],
        )

    async with (
        Emulator() as emulator,
        Recorder(emulator.url, tmp_path) as recorder,
        client(recorder, emulator.tokens.personal_access_token) as orchestrator,
    ):
        seen = await read(orchestrator, emulator.sql("SELECT DisplayName FROM Folders")[0][0])
    async with Replay(tmp_path) as replay, client(replay) as orchestrator:
        assert await read(orchestrator, "another name") == seen
        assert replay.differences == [], [list(map(str, each)) for _, each in replay.differences]


def written(folder, *pairs):
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_bytes(b"".join(map(line, pairs)))
    return folder


LIST = Asked(
    "Robots.list",
    "GET",
    "/odata/Robots",
    (("$filter", "Name eq 'text-1'"), ("$top", "5")),
)
ROBOT = {"Id": 1, "Name": "text-1", "Shiny": "text-2"}


async def test_it_says_where_the_emulator_would_have_answered_otherwise(tmp_path):
    pairs = (
        Pair(LIST, 200, {"content-type": "application/json"}, {"value": [ROBOT]}),
        Pair(Asked("Robots.get", "GET", "/odata/Robots(9)"), 200, {}, {"Id": 9, "Enabled": "text-5"}),
        Pair(
            Asked("Robots.get", "GET", "/odata/Robots(8)"),
            404,
            {},
            {"message": "text-4", "errorCode": 77, "traceId": "text-6"},
        ),
    )
    async with Replay(written(tmp_path, *pairs)) as replay:
        said = {pair.asked.text: sorted(map(str, found)) for pair, found in replay.differences}
        listed = said["GET /odata/Robots?$filter=Name eq 'text-1'&$top=5"]
        assert "value[].Shiny: string, the emulator nothing" in listed
        assert said["GET /odata/Robots(9)"] == [
            "Robots(9): a row, the emulator refuses it: Enabled: 'text-5' is not true or false",
            "status: 200, the emulator 404",
        ]
        assert said["GET /odata/Robots(8)"] == ["errorCode: 77, the emulator 1002"]
        status, body, headers = await get(
            f"{replay.base_url}/odata/Robots?$top=5&$filter=Name%20eq%20'text-1'"
        )
        assert (status, body["value"][0]["Shiny"]) == (200, "text-2")
        assert headers["X-Emulator-Differs"].startswith(f"{len(listed)}: ")
        origin = replay._serving.origin
        _, everything, _ = await get(f"{origin}/_emulator/differences")
        assert {each["request"] for each in everything} == said.keys()
        assert (await get(f"{origin}/_emulator/ready"))[1]["pairs"] == 3


async def test_a_request_with_other_names_and_moments_is_the_same_request(tmp_path):
    folder = written(
        tmp_path,
        Pair(LIST, 200, {"content-type": "application/json"}, {"value": [ROBOT]}),
        Pair(LIST, 200, {"content-type": "application/json"}, {"value": []}),
    )
    async with Replay(folder) as replay:
        asked = f"{replay.base_url}/odata/Robots?$filter=Name%20eq%20'Real%20name'&$top=5"
        counts = [
            len((await get(asked, {"X-UIPATH-OrganizationUnitId": "1"}))[1].get("value", "x"))
            for _ in range(3)
        ]
        assert counts == [1, 1, 1]  # a folder that no recorded request names is another request
        counts = [len((await get(asked))[1]["value"]) for _ in range(3)]
        assert counts == [1, 0, 0]


@pytest.mark.parametrize("path", ["/odata/Robots?$top=6", "/odata/Robots(1)", "/odata/Jobs", "/portal"])
async def test_what_was_not_recorded_is_not_made_up(tmp_path, path):
    async with Replay(written(tmp_path, Pair(LIST, 200, {}, {"value": []}))) as replay:
        status, body, _ = await get(f"{replay.base_url}{path}")
        assert (status, "was not recorded" in body["message"]) == (501, True)
        assert ("$top=5" in body["message"]) == (path == "/odata/Robots?$top=6")


async def test_files_keep_their_size_alone(tmp_path):
    asked = Asked("Processes.DownloadPackage", "GET", "/odata/Processes/x", ())
    async with (
        Replay(written(tmp_path, Pair(asked, 200, {"content-type": "application/zip"}, None, 12))) as replay,
        aiohttp.ClientSession() as session,
        session.get(f"{replay.base_url}/odata/Processes/x") as answer,
    ):
        assert (answer.content_type, await answer.read()) == ("application/zip", bytes(12))


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        ({"a": 1}, {"a": None}, []),
        ({"a": 1}, {"a": "1"}, ["a: number, the emulator string"]),
        ({"a": {"b": 1}}, {"a": None}, []),
        ({"a": {"b": 1}}, {"a": {}}, ["a.b: number, the emulator nothing"]),
        (
            {"value": [{"Id": 1}, {"Id": 2}]},
            {"value": [{"Id": 2}, {"Id": 1}]},
            ["order of rows: [1, 2], the emulator [2, 1]"],
        ),
        ({"value": [{"Id": 1}]}, {"value": [{"Id": 2}]}, ["Ids of rows: [1], the emulator [2]"]),
        ({"value": [{"Id": 1}]}, {"value": []}, ["rows: 1, the emulator 0"]),
        ({"value": []}, {"value": []}, []),
        ([1], [1, 2], ["rows: 1, the emulator 2"]),
    ],
)
def test_answers_differ_by_rows_names_and_kinds(there, here, said):
    assert [str(each) for each in differences(200, there, 200, here)] == said


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "has no pairs"), (b"{}\n", "line 1"), (b'{"asked":{}}\n', "line 1"), (b"x", "line 1")],
)
def test_what_is_not_a_recording_is_refused(tmp_path, content, said):
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ValueError, match=said):
        Replay(tmp_path)


def test_lines_are_json(tmp_path):
    assert orjson.loads(line(Pair(LIST, 200)))["asked"]["operation"] == "Robots.list"
