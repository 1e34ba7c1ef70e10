from __future__ import annotations

import pytest

from uipath_odata.emulator import Emulator

GUID = "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"
JOBS = [
    {"Id": 1, "Info": None, "ResumeVersion": None, "State": None, "StartTime": "0001-01-01T00:00:00Z"},
    {
        "Id": 2,
        "Info": "a",
        "ResumeVersion": 7,
        "State": "Running",
        "Key": GUID,
        "StartTime": "2024-05-14T10:00:00.1234567Z",
    },
    {
        "Id": 3,
        "Info": "O'Brien Ü",
        "ResumeVersion": 3,
        "State": "Faulted",
        "StartTime": "2024-05-14T00:00:00Z",
        "Robot": 5,
    },
    {
        "Id": 4,
        "Info": "A",
        "ResumeVersion": -7,
        "State": "Successful",
        "HasMediaRecorded": True,
        "Release": 9,
    },
]
RELEASES = [
    {"Id": 9, "Name": "x", "Tags": [{"Name": "a"}, {"Name": None}], "CurrentVersion": {"Id": 90, "VersionNumber": "1.0.0",
     "CreationTime": "2024-05-14T10:00:00+02:00", "ReleaseId": 9},
     "ProcessSettings": {"Duration": 40, "AutopilotForRobots": {"Enabled": True}}},
]  # fmt: skip


@pytest.fixture
async def http(empty):
    empty.emulator.insert("Robots", [{"Id": 5, "Name": "DocBot"}])
    empty.emulator.insert("Releases", RELEASES)
    empty.emulator.insert("Jobs", JOBS)
    return empty


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Info eq null", [1]),
        ("Info ne null", [2, 3, 4]),
        ("Info ne 'a'", [1, 3, 4]),
        ("not (Info eq 'a')", [1, 3, 4]),
        ("ResumeVersion gt 5", [2]),
        ("not (ResumeVersion gt 5)", [1, 3, 4]),
        ("ResumeVersion ge null", []),
        ("null eq null", [1, 2, 3, 4]),
        ("contains(Info,'a')", [2]),
        ("not contains(Info,'a')", [3, 4]),
        ("contains(Info,'a') eq false", [3, 4]),
        ("contains(Info,'a') eq null", [1]),
        ("contains(tolower(Info),'a')", [2, 4]),
        ("Info eq 'O''Brien Ü'", [3]),
        ("startswith(Info,'O''') or endswith(Info,'A')", [3, 4]),
        ("indexof(Info,'B') eq 2 and length(Info) eq 9", [3]),
        ("substring(Info,2,5) eq 'Brien'", [3]),
        ("concat(concat('x',Info),trim(' y ')) eq 'xay'", [2]),
        ("toupper(Info) eq 'A'", [2, 4]),
        ("HasMediaRecorded", [4]),
        ("HasMediaRecorded ne true", [1, 2, 3]),
        ("State eq 'Running'", [2]),
        ("State eq '4'", [3]),
        ("State ge '4'", [3, 4]),
        ("State gt 'Running'", [3, 4]),
        ("State lt 'Faulted'", [2]),
        ("State le 'Faulted'", [2, 3]),
        ("'Faulted' lt State", [4]),
        ("State in ('Running','Faulted',null)", [1, 2, 3]),
        ("not (State in ('Running'))", [1, 3, 4]),
        (f"Key eq {GUID.upper()}", [2]),
        (f"Key in ('{GUID}')", [2]),
        ("StartTime eq 0001-01-01T00:00:00Z", [1]),
        ("StartTime gt 2024-05-14T10:00:00.1234566Z", [2]),
        ("StartTime gt 2024-05-14T10:00:00.1234567Z", []),
        ("StartTime eq 2024-05-14T12:00:00.1234567%2B02:00", [2]),
        ("StartTime eq 2024-05-14", [3]),
        ("StartTime lt now()", [1, 2, 3]),
        ("StartTime gt now() sub duration'P1D'", [2]),
        ("StartTime sub 2024-05-14T00:00:00Z gt duration'PT9H59M'", [2]),
        ("StartTime add duration'PT1H' eq 2024-05-14T01:00:00Z", [3]),
        ("date(StartTime) eq 2024-05-14", [2, 3]),
        ("time(StartTime) ge 10:00", [2]),
        ("year(StartTime) eq 1 or month(StartTime) eq 12", [1]),
        (
            "day(StartTime) eq 14 and hour(StartTime) eq 10 and minute(StartTime) eq 0 and second(StartTime) eq 0",
            [2],
        ),
        ("fractionalseconds(StartTime) gt 0.1", [2]),
        ("totaloffsetminutes(StartTime) eq 0", [1, 2, 3]),
        ("totalseconds(StartTime sub 2024-05-14T00:00:00Z) eq 0", [3]),
        ("StartTime gt mindatetime() and StartTime lt maxdatetime()", [2, 3]),
        ("ResumeVersion add 1 eq 8 or ResumeVersion sub 1 eq 2", [2, 3]),
        ("ResumeVersion mul 2 eq 14L", [2]),
        ("ResumeVersion div 2 eq -3", [4]),
        ("ResumeVersion mod 4 eq -3", [4]),
        ("ResumeVersion mod 2.5 eq 2", [2]),
        ("-ResumeVersion eq 7", [4]),
        ("round(ResumeVersion div 2.0) eq 4 or round(ResumeVersion div 2.0) eq -4", [2, 4]),
        ("floor(ResumeVersion div 2.0) eq -4 or ceiling(ResumeVersion div 2.0) eq 2", [3, 4]),
        ("ResumeVersion div 0 eq 1", []),
        ("(ResumeVersion add null) eq null", [1, 2, 3, 4]),
        ("year(StartTime add duration'P9999999D') eq null", [1, 2, 3, 4]),
        ("99999999999999999999 gt ResumeVersion", [2, 3, 4]),
        ("0.5 lt ResumeVersion", [2, 3]),
        ("Robot/Name eq 'DocBot'", [3]),
        ("Robot/Id ne 5", [1, 2, 4]),
        ("Robot eq null", [1, 2, 4]),
        ("robot/NAME eq 'DocBot'", [3]),
        ("Release/CurrentVersion/VersionNumber eq '1.0.0'", [4]),
        ("Release/CurrentVersion/CreationTime eq 2024-05-14T08:00:00Z", [4]),
        ("Release/ProcessSettings/AutopilotForRobots/Enabled eq true", [4]),
        ("Release/ProcessSettings/Duration gt 39", [4]),
        ("Release/Tags/any(tag:tag/Name eq 'a')", [4]),
        ("Release/Tags/any(tag:tag/Name eq 'b')", []),
        ("Release/Tags/any()", [4]),
        ("Release/Tags/all(tag:contains(tag/Name,'a'))", [1, 2, 3]),
        ("Release/Tags/any(tag:Robot/Name eq tag/Name)", [4]),
    ],
)
async def test_a_filter_means_what_odata_says(emulators, text, ids):
    now = 1_715_731_200.0  # 2024-05-15T00:00:00Z
    async with emulators(seed=None, clock=lambda: now) as http:
        http.emulator.insert("Robots", [{"Id": 5, "Name": "DocBot"}])
        http.emulator.insert("Releases", RELEASES)
        http.emulator.insert("Jobs", JOBS)
        assert [row["Id"] for row in await http.rows(f"/odata/Jobs?$filter={text}&$select=Id")] == ids


@pytest.mark.parametrize(
    "text",
    [
        "Info",
        "Info eq",
        "Info eq 5",
        "ResumeVersion eq '5'",
        "StartTime eq '2024-05-14T00:00:00Z'",
        "StartTime eq 2024-05-14T00:00:00",
        "StartTime eq 2024-02-30T00:00:00Z",
        f"Key eq '{GUID}'",
        "State eq 'Dancing'",
        "State eq '99'",
        "State eq 4",
        "State in ('4')",
        "State gt State",
        "Info in (ReleaseName)",
        "Robot eq 5",
        "Robot/Name/Length eq 5",
        "Robot/any(x:x/Id eq 1)",
        "Info/any(x:x eq 'a')",
        "JobError/any(x:x/code eq 'a')",
        "Release/Tags/Name eq 'a'",
        "Robot/ExecutionSettings/ResolutionDepth eq 1",
        "geo.length(geography'SRID=0;Point(1 1)') eq 1",
        "Info eq geography'SRID=0;Point(1 1)'",
        " ",
        "contains(ResumeVersion,'a')",
        "tolower(Info)",
        "-Info eq 'a'",
        "Info add 'a' eq 'aa'",
        "matchesPattern(Info,'a')",
        "Info%2Beq%2B'a'",
        "not Info",
        "1 and 2",
    ],
)
async def test_what_is_no_filter_for_the_type_is_refused(http, text):
    reply = await http.get(f"/odata/Jobs?$filter={text}")
    assert (reply.status, reply.body["message"], reply.body["errorCode"]) == (
        400,
        "Invalid OData query options.",
        1000,
    )
    assert reply.headers["X-Emulator-Hint"]


async def test_an_unknown_property_is_named_with_its_type(http):
    reply = await http.get("/odata/Jobs?$filter=Robot/Colour eq 'red'")
    assert reply.status == 400
    assert reply.body["message"].startswith("Could not find a property named 'Colour' on type '")
    assert reply.body["message"].endswith("SimpleRobotDto'")
    assert reply.body["errorCode"] == 1000
    assert len(reply.body["traceId"]) == len("00-" + "0" * 32 + "-" + "0" * 16 + "-01")


async def test_more_than_a_hundred_nodes_are_refused(http):
    assert len(await http.rows(f"/odata/Jobs?$filter={' or '.join(['Id eq 1'] * 20)}")) == 1
    assert (await http.get(f"/odata/Jobs?$filter={' or '.join(['Id eq 1'] * 21)}")).status == 400


async def test_text_in_a_filter_cannot_leave_its_literal(http):
    rows = await http.rows("/odata/Jobs?$filter=Info eq 'a''; DROP TABLE Jobs; --' or Info eq '\"; --'")
    assert rows == []
    assert len(http.emulator.sql('SELECT * FROM "Jobs"')) == 4


def test_rows_that_the_schema_does_not_know_are_refused_whole():
    emulator = Emulator(seed=None)
    with pytest.raises(ValueError, match="Colour"):
        emulator.insert("Jobs", [{"Id": 1}, {"Id": 2, "Colour": "red"}])
    assert emulator.sql('SELECT * FROM "Jobs"') == []
    emulator.close()
