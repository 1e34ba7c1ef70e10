"""What a browser asks before and after a request across origins (Fetch standard, 3.2)."""

from __future__ import annotations

import pytest

from uipath_odata.emulator.faults import Cut

PAGE = "http://localhost:5173"
PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,x-uipath-organizationunitid",
}


async def ask(http, method, path, headers):
    async with http.session.request(method, http.emulator.base_url + path, headers=headers) as response:
        return response.status, response.headers


@pytest.mark.parametrize("origins", [[PAGE], ["*"]])
async def test_a_page_may_ask_and_read_without_a_token_for_the_preflight(emulators, origins):
    async with emulators(seed=None, cors=origins) as http:
        status, headers = await ask(http, "OPTIONS", "/odata/Jobs", PREFLIGHT)
        assert (status, headers["Access-Control-Allow-Origin"]) == (204, PAGE)
        assert headers["Access-Control-Allow-Methods"] == "POST"
        assert headers["Access-Control-Allow-Headers"] == PREFLIGHT["Access-Control-Request-Headers"]
        assert len(http.emulator.calls) == 0
        token = {"Authorization": f"Bearer {http.emulator.tokens.issue()}", "Origin": PAGE}
        status, headers = await ask(http, "GET", "/odata/Robots", token)
        assert (status, headers["Access-Control-Allow-Origin"], headers["Vary"]) == (200, PAGE, "Origin")
        status, headers = await ask(http, "GET", "/odata/Robots", {"Origin": PAGE})
        assert (status, headers["Access-Control-Allow-Origin"]) == (401, PAGE)


async def test_a_private_network_is_allowed_where_the_page_is(emulators):
    asked = PREFLIGHT | {"Access-Control-Request-Private-Network": "true"}
    async with emulators(seed=None, cors=[PAGE]) as http:
        _, headers = await ask(http, "OPTIONS", "/odata/Jobs", asked)
        assert headers["Access-Control-Allow-Private-Network"] == "true"


async def test_broken_answers_are_readable_too(emulators):
    async with emulators(cors=[PAGE]) as http:
        http.emulator.fail("Robots.list", Cut(at=10))
        token = {"Authorization": f"Bearer {http.emulator.tokens.issue()}", "Origin": PAGE}
        _, headers = await ask(http, "GET", "/odata/Robots", token)
        assert headers["Access-Control-Allow-Origin"] == PAGE


@pytest.mark.parametrize("origins", [[], ["https://other.example"]])
async def test_other_pages_read_nothing(emulators, origins):
    async with emulators(seed=None, cors=origins) as http:
        status, headers = await ask(http, "OPTIONS", "/odata/Jobs", PREFLIGHT)
        assert status in {403, 404, 405}
        assert "Access-Control-Allow-Origin" not in headers
        token = {"Authorization": f"Bearer {http.emulator.tokens.issue()}", "Origin": PAGE}
        _, headers = await ask(http, "GET", "/odata/Robots", token)
        assert "Access-Control-Allow-Origin" not in headers
