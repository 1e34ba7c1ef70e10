from __future__ import annotations

import pytest

from uipath_odata.emulator import Emulator


async def test_an_operation_takes_so_many_requests_in_a_sliding_minute(emulators, clock):
    """R53, R56: counted by the emulator's clock; what is refused does not count."""
    async with emulators(seed=None, clock=clock, rate_limits={"Jobs.list": 2}) as http:
        assert (await http.get("/odata/Jobs")).status == 200
        clock.now += 30
        assert (await http.get("/odata/Jobs?$top=1")).status == 200
        clock.now += 10.5
        refused = await http.get("/odata/Jobs")
        assert (refused.status, refused.headers["Retry-After"]) == (429, "20")
        assert "Jobs.list" in refused.body["message"]
        clock.now += 19.5
        assert (await http.get("/odata/Jobs")).status == 200
        assert (await http.get("/odata/Jobs")).headers["Retry-After"] == "30"
        clock.now += 30
        assert [(await http.get("/odata/Jobs")).status for _ in range(2)] == [200, 429]


async def test_other_operations_and_unknown_callers_are_not_counted(emulators):
    async with emulators(seed=None, rate_limits={"Jobs.list": 1, "Robots.DeleteBulk": 0}) as http:
        assert (await http.get("/odata/Jobs", Authorization="Bearer x")).status == 401
        assert [(await http.get("/odata/Jobs")).status for _ in range(2)] == [200, 429]
        assert {
            (await http.get(path)).status
            for path in ("/odata/Jobs(1)", "/odata/QueueItems", "/odata/Jobs(2)")
        } == {
            *(200, 404),
        }
        bulk = "/odata/Robots/UiPath.Server.Configuration.OData.DeleteBulk"
        refused = await http.send("POST", bulk, {"robotIds": []})
        assert (refused.status, refused.headers["Retry-After"]) == (429, "60")


def test_a_limit_of_no_operation_is_a_mistake():
    with pytest.raises(ValueError, match=r"Jobs\.lst: try Jobs\.list"):
        Emulator(seed=None, rate_limits={"Jobs.lst": 1})
