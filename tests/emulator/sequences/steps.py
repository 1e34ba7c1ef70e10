"""Sequences of requests as other programs send them: each step is a request, and says what its answer must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Template
from typing import Any

import aiohttp
import attrs

ODATA, QUEUES = "UiPath.Server.Configuration.OData.", "UiPathODataSvc."
SOME = object()
"""Any value but null."""


@attrs.frozen
class Step:
    """``holds`` are places in the answer such as ``value.0.Name`` (``value.#``: how many) and what stands there.

    ``keeps`` names such places for later steps, which write ``$name`` for what was there. ``days`` pass before it.
    """

    method: str
    path: str
    body: Any = None
    status: int = 200
    holds: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    keeps: Mapping[str, str] = attrs.field(factory=dict[str, str])
    days: float = 0
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])


def get(path: str, status: int = 200, keeps: Mapping[str, str] | None = None, **rest: Any) -> Step:
    return Step("GET", path, None, status, keeps=keeps or {}, **rest)


def post(
    path: str, body: Any = None, status: int = 200, keeps: Mapping[str, str] | None = None, **rest: Any
) -> Step:
    return Step("POST", path, body, status, keeps=keeps or {}, **rest)


@attrs.frozen
class Program:
    """Takes steps one after the other and knows what earlier ones kept."""

    session: aiohttp.ClientSession
    root: str
    headers: Mapping[str, str]
    kept: dict[str, Any]

    async def take(self, step: Step) -> str:
        """Take a step; return what is wrong with its answer, or an empty text."""
        path = Template(step.path).substitute(self.kept)
        url = path if step.path.startswith("$origin") else f"{self.root}{path}"
        filled = self._filled(step.body)
        content = {"data": filled} if isinstance(filled, aiohttp.FormData) else {"json": filled}
        headers = {
            name: Template(text).substitute(self.kept)
            for name, text in {**self.headers, **step.headers}.items()
        }
        async with self.session.request(step.method, url, headers=headers, **content) as response:
            is_json = "json" in response.headers.get("Content-Type", "")
            body = await response.json() if is_json else (await response.read()) or None
            if response.status != step.status:
                return f"{response.status}: {body} {response.headers.get('X-Emulator-Hint', '')}"
        wanted = {place: self._filled(value) for place, value in step.holds.items()}
        wrong = {
            place: found(body, place)
            for place, value in wanted.items()
            if not is_as(found(body, place), value)
        }
        self.kept.update({name: found(body, place) for name, place in step.keeps.items()})
        return f"{wrong} in {body}" if wrong else ""

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self.kept[value[1:]]
        if isinstance(value, dict):
            return {name: self._filled(each) for name, each in value.items()}
        return [self._filled(each) for each in value] if isinstance(value, list) else value


def is_as(value: Any, wanted: Any) -> bool:
    return value is not None if wanted is SOME else value == wanted


def found(body: Any, place: str) -> Any:
    """Return what stands at a place of an answer; None where there is no such place."""
    for name in [place] if place.startswith("@") else place.split("."):
        if name == "#":
            body = len(body)
        elif isinstance(body, Sequence):
            body = body[int(name)] if int(name) < len(body) else None
        else:
            body = None if body is None else body.get(name)
    return body
