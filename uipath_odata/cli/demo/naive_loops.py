"""The two loops that people write by hand to read RobotLogs, with aiohttp alone.

Both fetch a token when they start and another one when it is refused, so that what stops them short is the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import aiohttp
import attrs
from yarl import URL

__all__ = ["NaiveClient", "continue_from_last_time_stamp", "skip_until_short_page"]

Row: TypeAlias = dict[str, Any]

PAGE: Final = 1_000
_UNAUTHORIZED: Final = 401


@attrs.define
class NaiveClient:
    """A session, a token, and one GET of RobotLogs."""

    session: aiohttp.ClientSession
    base_url: str
    token_url: str
    client_id: str
    user_key: str = attrs.field(repr=False)
    _token: str = attrs.field(default="", init=False, repr=False)

    async def login(self) -> None:
        body = {"grant_type": "refresh_token", "client_id": self.client_id, "refresh_token": self.user_key}
        async with self.session.post(self.token_url, json=body) as response:
            response.raise_for_status()
            self._token = (await response.json())["access_token"]

    async def robot_logs(self, **options: str) -> list[Row]:
        query = "&".join(f"${name}={quote(text)}" for name, text in options.items())
        url = URL(f"{self.base_url}/odata/RobotLogs?{query}", encoded=True)
        try:
            return await self._get(url)
        except aiohttp.ClientResponseError as error:
            if error.status != _UNAUTHORIZED:
                raise
        await self.login()
        return await self._get(url)

    async def _get(self, url: URL) -> list[Row]:
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self.session.get(url, headers=headers) as response:
            response.raise_for_status()
            rows: list[Row] = (await response.json())["value"]
            return rows


async def skip_until_short_page(logs: NaiveClient, seen: Callable[[int], None]) -> tuple[list[Row], str]:
    """Ask for page after page by ``$skip`` until one is short or refused; return the rows and why it ended."""
    rows: list[Row] = []
    while True:
        try:
            page = await logs.robot_logs(orderby="TimeStamp", top=str(PAGE), skip=str(len(rows)))
        except aiohttp.ClientResponseError as error:
            return rows, f"ended with HTTP {error.status} at $skip={len(rows)}"
        rows += page
        seen(len(rows))
        if len(page) < PAGE:
            return rows, "ended with a short page, as if that were all"


async def continue_from_last_time_stamp(
    logs: NaiveClient, seen: Callable[[int], None]
) -> tuple[list[Row], str]:
    """Ask for what is later than the last row, until a page is short; return the rows and why it ended."""
    rows = await logs.robot_logs(orderby="TimeStamp", top=str(PAGE))
    page = rows
    while len(page) == PAGE:
        last = page[-1]["TimeStamp"]
        page = await logs.robot_logs(orderby="TimeStamp", top=str(PAGE), filter=f"TimeStamp gt {last}")
        rows = rows + page
        seen(len(rows))
    return rows, "ended with a short page, as if that were all"
