from __future__ import annotations

import pytest

from uipath_odata.emulator.data import schema


async def test_a_list_has_context_count_and_value(demo):
    reply = await demo.get("/odata/Robots?$top=2")
    assert reply.status == 200
    assert list(reply.body) == ["@odata.context", "@odata.count", "value"]
    assert reply.body["@odata.context"] == f"{demo.emulator.base_url}/odata/$metadata#Robots"
    assert (reply.body["@odata.count"], len(reply.rows)) == (8, 2)


@pytest.mark.parametrize(
    ("path", "present"),
    [
        ("/odata/Robots", True),
        ("/odata/Robots?$count=false", False),
        ("/odata/Jobs", False),
        ("/odata/QueueItems", False),
        ("/odata/Calendars", False),
        ("/odata/Jobs?$count=true", True),
        ("/odata/QueueItems?$count=true", True),
    ],
)
async def test_the_count_is_given_where_orchestrator_gives_it(demo, path, present):
    assert ("@odata.count" in (await demo.get(path)).body) is present


async def test_the_count_is_of_the_filter_and_not_of_the_page(demo):
    reply = await demo.get("/odata/Jobs?$count=true&$top=0&$filter=State eq 'Faulted'")
    assert reply.rows == []
    assert (
        reply.body["@odata.count"]
        == demo.emulator.sql("SELECT COUNT(*) FROM Jobs WHERE State = 'Faulted'")[0][0]
    )


@pytest.mark.parametrize(("path", "cap"), [("/odata/Jobs", 1000), ("/odata/QueueItems", 100)])
async def test_a_page_is_capped_by_the_schema_and_more_is_an_error(demo, path, cap):
    assert len(await demo.rows(path)) == cap
    assert len(await demo.rows(f"{path}?$top={cap}")) == cap
    reply = await demo.get(f"{path}?$top={cap + 1}")
    assert reply.status == 400
    assert reply.body["message"] == f"The field take must be between 0 and {cap}"
    assert reply.body["errorCode"] == 1009


async def test_skip_and_top_cut_a_sorted_list(demo):
    expected = [row[0] for row in demo.emulator.sql("SELECT Id FROM Jobs ORDER BY ReleaseName DESC, Id")]
    rows = await demo.rows("/odata/Jobs?$orderby=ReleaseName desc,Id&$skip=990&$top=20&$select=Id")
    assert [row["Id"] for row in rows] == expected[990:1010]
    assert await demo.rows("/odata/Jobs?$skip=3000") == []


async def test_lists_are_sorted_by_related_and_computed_values_and_by_enum_rank(demo):
    names = [
        row["Robot"]["Name"]
        for row in await demo.rows("/odata/Sessions?$orderby=Robot/Name desc&$expand=Robot")
    ]
    assert names == sorted(names, reverse=True)
    lengths = [len(row["Name"]) for row in await demo.rows("/odata/Robots?$orderby=length(Name)")]
    assert lengths == sorted(lengths)
    states = [row["State"] for row in await demo.rows("/odata/Sessions?$orderby=State")]
    assert states == ["Available", "Available", "Busy", "Disconnected", "Disconnected", "Unknown"]


@pytest.mark.parametrize("term", ["Robot", "Colour", "ReleaseName sideways", "Id desc desc"])
async def test_what_cannot_be_sorted_by_is_refused(demo, term):
    assert (await demo.get(f"/odata/Jobs?$orderby={term}")).status == 400


async def test_select_leaves_only_what_is_named_and_says_so(demo):
    reply = await demo.get("/odata/Robots?$select=Name,id&$top=1")
    assert list(reply.rows[0]) == ["Name", "Id"]
    assert reply.body["@odata.context"].endswith("#Robots(Name,id)")


async def test_related_entities_are_left_out_unless_expanded(demo):
    plain, expanded = [
        (await demo.rows(f"/odata/Jobs?$top=1{option}"))[0]
        for option in ("", "&$expand=Robot,Release,Machine")
    ]
    assert not {"Robot", "Release", "Machine"} & set(plain)
    assert expanded["Robot"]["Id"]
    assert expanded["Release"]["Name"] == expanded["ReleaseName"]
    assert expanded["Machine"]["Name"]


async def test_expand_takes_options_and_goes_two_deep(demo):
    row = (
        await demo.rows(
            "/odata/Sessions?$expand=Robot($select=Name;$expand=User($select=UserName))&$select=Id"
        )
    )[0]
    assert row == {"Robot": {"Name": "Stan", "User": {"UserName": "john.smith"}}, "Id": 718}
    assert (
        await demo.get("/odata/Sessions?$expand=Robot($expand=User($expand=OrganizationUnits))")
    ).status == 400


async def test_select_reaches_into_what_is_expanded_and_nowhere_else(demo):
    rows = await demo.rows("/odata/Sessions?$select=State,Robot/Name&$expand=Robot&$top=1")
    assert rows == [{"Robot": {"Name": "Stan"}, "State": "Disconnected"}]
    assert (await demo.get("/odata/Sessions?$select=Robot/Name")).status == 400


async def test_an_expanded_entity_that_does_not_pass_its_filter_is_null(demo):
    rows = await demo.rows(
        "/odata/Sessions?$expand=Robot($filter=Name eq 'Stan';$select=Id)&$select=Id&$top=2"
    )
    assert rows == [{"Robot": {"Id": 759}, "Id": 718}, {"Robot": None, "Id": 730}]


async def test_an_expanded_collection_is_filtered_sorted_and_cut(demo):
    path = "/odata/Releases?$top=1&$select=Id&$expand=ReleaseVersions"
    every = (await demo.rows(path, OrganizationUnitId="36886"))[0]["ReleaseVersions"]
    assert [version["VersionNumber"] for version in every] == ["1.1.0", "1.0.0"]
    options = "($orderby=VersionNumber;$top=1;$select=VersionNumber)"
    row = (await demo.rows(path + options, OrganizationUnitId="36886"))[0]
    assert row["ReleaseVersions"] == [{"VersionNumber": "1.0.0"}]
    options = "($filter=VersionNumber eq '1.1.0')"
    row = (await demo.rows(path + options, OrganizationUnitId="36886"))[0]
    assert [version["VersionNumber"] for version in row["ReleaseVersions"]] == ["1.1.0"]


@pytest.mark.parametrize(
    "option",
    [
        "$select=Colour",
        "$select=Colour/Hue",
        "$expand=Colour",
        "$expand=Colour/Hue",
        "$expand=Robot($select=Colour)",
    ],
)
async def test_unknown_names_in_select_and_expand_are_refused_as_they_were_sent(demo, option):
    reply = await demo.get(f"/odata/Sessions?{option}")
    assert reply.status == 400
    assert "Could not find a property named 'Colour" in reply.body["message"]


async def test_what_is_no_related_entity_is_not_expanded(demo):
    assert (await demo.get("/odata/Sessions?$expand=State")).status == 400


async def test_large_and_secret_fields_are_shown_only_by_key(demo):
    job = (await demo.rows("/odata/Jobs?$filter=State eq 'Successful'&$top=1"))[0]
    assert (job["InputArguments"], job["OutputArguments"]) == (None, None)
    by_key = (await demo.get(f"/odata/Jobs({job['Id']})")).body
    assert by_key["InputArguments"].startswith('{"number":')
    assert by_key["OutputArguments"] == '{"done":true}'
    robot = (await demo.rows("/odata/Robots?$filter=Id eq 216"))[0]
    assert robot["LicenseKey"] is None
    assert (await demo.get("/odata/Robots(216)")).body["LicenseKey"] == "fc157179-3724-4bb0-acd2-8261bef82d01"
    assert (await demo.get("/odata/Users(88)")).body["UnattendedRobot"]["Password"] is None


async def test_an_entity_that_does_not_exist_is_not_found(demo):
    reply = await demo.get("/odata/Robots(5)")
    assert (reply.status, reply.body["errorCode"]) == (404, 1002)


async def test_paths_are_found_whatever_their_case_and_keys_with_quotes(demo):
    assert len(await demo.rows("/odata/robots")) == 8
    assert (await demo.get("/odata/Robots('216')")).body["Id"] == 216


async def test_every_entity_set_of_the_schema_can_be_listed(empty):
    empty.emulator.insert("Folders", [{"Id": 1}])
    for name in schema.load().sets:
        reply = await empty.get(f"/odata/{name}?$count=true", OrganizationUnitId="1")
        assert (name, reply.status) == (name, 200)


async def test_what_has_no_behaviour_says_so(demo):
    reply = await demo.get("/odata/Settings/UiPath.Server.Configuration.OData.GetUpdateSettings")
    assert reply.status == 501
    assert "GetUpdateSettings" in reply.body["message"]


async def test_a_method_that_a_path_does_not_have_is_refused(demo):
    assert (await demo.send("PATCH", "/odata/Jobs(1)", {})).status == 405


async def test_an_unknown_path_is_not_found_or_the_portal_s_page(demo, emulators):
    reply = await demo.get("/odata/Nothing")
    assert (reply.status, reply.headers["Content-Type"]) == (404, "application/json; charset=utf-8")
    async with emulators(seed=None, spa=True) as portal:
        reply = await portal.get("/odata/Nothing")
        assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert (await portal.get("/odata/Robots(5)")).status == 404


async def test_every_answer_tells_the_version_and_the_time_of_the_emulator_s_clock(emulators):
    async with emulators(seed=None, clock=lambda: 1_622_678_399.0) as http:
        reply = await http.get("/odata/Robots")
        assert reply.headers["api-supported-versions"] == "20.0"
        assert reply.headers["Date"] == "Wed, 02 Jun 2021 23:59:59 GMT"


async def test_long_answers_are_compressed_and_short_ones_are_not(demo):
    assert (await demo.get("/odata/Jobs")).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in (await demo.get("/odata/Jobs?$top=0")).headers


async def test_requests_are_counted_by_operation(demo):
    await demo.get("/odata/Robots?$top=1")
    await demo.get("/odata/Robots(216)")
    await demo.get("/odata/Robots(749)")
    assert demo.emulator.requests == {"GET /odata/Robots": 1, "GET /odata/Robots({key})": 2}


async def test_a_page_may_be_shorter_than_was_asked_for(emulators):
    """R29: a short page is not the end."""
    async with emulators(page_caps={"Jobs": 50}) as http:
        first, second = [
            await http.get(f"/odata/Jobs?$top=100&$skip={skip}&$count=true&$orderby=Id&$select=Id")
            for skip in (0, 50)
        ]
        assert (len(first.rows), first.body["@odata.count"]) == (50, 3_000)
        assert second.rows[0]["Id"] == first.rows[-1]["Id"] + 1
        assert len(await http.rows("/odata/Jobs?$top=20")) == 20
        assert len(await http.rows("/odata/QueueItems")) == 100
