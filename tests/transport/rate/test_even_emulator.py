"""Fresh processes one after the other against the emulator's own limit, on a clock that both share."""

from __future__ import annotations

import pytest

from uipath_odata.auth import AccessToken
from uipath_odata.emulator import Emulator
from uipath_odata.transport.rate.budgets import Allowance
from uipath_odata.transport.request import Request

PAGE = Request(path="/odata/Jobs", query="$top=1", repeatable=True, rate_class="Jobs.list", bulk=True)
MINUTES = 5


@pytest.mark.parametrize(("even", "least", "most"), [(True, 0.97, 1.0), (False, 1.05, 9.0)])
async def test_processes_of_ten_requests_each_stay_within_the_share(connect, time, even, least, most):
    async with Emulator(seed=None, rate_limits={"Jobs.list": 100}, clock=lambda: time.now) as emulator:
        began, refused = time.now, 0
        while time.now < began + 60 * MINUTES:
            process = connect(
                emulator.base_url,
                AccessToken(emulator.tokens.personal_access_token),
                allowance=Allowance(100, 0.8, even=even),
            )
            for _ in range(10):
                answer = await process.send(PAGE)
                refused += answer.attempts - 1
        answered = len(emulator.calls.of("Jobs.list")) - refused
    used = answered / (time.now - began) * 60 / 80
    assert least <= used <= most
    assert bool(refused) is not even
