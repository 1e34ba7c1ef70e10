"""What tests in other languages do with the emulator, over HTTP below ``/_emulator``.

``GET ready`` · ``POST reset`` {seed, jobs, scopes} · ``POST snapshots`` → {id}, ``POST snapshots/ID/restore`` ·
``GET calls?name=Jobs.start_jobs``, ``DELETE calls`` · ``GET faults``, ``POST faults`` {operation, fault, times},
``DELETE faults`` · ``GET clock``, ``POST clock`` {days, hours, minutes, seconds} · ``POST insert`` {entity_set, rows, folder} ·
``POST jobs/KEY/finish`` {output}, ``POST jobs/KEY/fault`` {message}.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from ipaddress import ip_address
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
import orjson
from aiohttp import web

from uipath_odata.emulator.data.json_values import is_object
from uipath_odata.emulator.faults import Cut, Fault, Html, LostAnswer, RateLimited, Slow, Status
from uipath_odata.emulator.http.answers import Answer, Refusal

if TYPE_CHECKING:
    from uipath_odata.emulator.calls import RecordedCall
    from uipath_odata.emulator.data.snapshots import Snapshot
    from uipath_odata.emulator.emulator import Emulator

PATH = "/_emulator/"
TOKEN_HEADER = "X-Emulator-Token"  # noqa: S105 - the name of a header

_Act: TypeAlias = "Callable[[Control, dict[str, Any], tuple[str, ...]], Any]"
_FAULTS: Mapping[str, Callable[..., Fault]] = MappingProxyType({
    "LostAnswer": LostAnswer,
    "Status": Status,
    "RateLimited": RateLimited,
    "Slow": Slow,
    "Cut": Cut,
    "Html": Html,
})  # fmt: skip


@attrs.define
class Control:
    """Answers control requests: from this machine, or with the token where one is set."""

    emulator: Emulator
    token: str | None = None
    _snapshots: dict[str, Snapshot] = attrs.field(factory=dict[str, "Snapshot"])

    async def __call__(self, request: web.Request) -> Answer:
        self._admit(request)
        body = await _body(request)
        place = request.path.removeprefix(PATH).rstrip("/")
        for method, pattern, act in _ROUTES:
            match = re.fullmatch(pattern, place)
            if match is not None and method == request.method:
                return self._done(act, {**request.query, **body}, match.groups())
        raise Refusal(
            f"Nothing is at {request.method} {PATH}{place}: see help(uipath_odata.emulator.control)",
            status=404,
        )

    def _done(self, act: _Act, sent: dict[str, Any], arguments: tuple[str, ...]) -> Answer:
        try:
            made = act(self, sent, arguments)
        except (KeyError, LookupError, TypeError, ValueError) as error:
            raise Refusal(f"{type(error).__name__}: {error}") from error
        return Answer(HTTPStatus.NO_CONTENT) if made is None else Answer(body=made)

    def _admit(self, request: web.Request) -> None:
        """Refuse requests from elsewhere that lack the token, and bodies that a web page could send without asking."""
        if self.token is not None:
            given = request.headers.get(TOKEN_HEADER, "")
            if not hmac.compare_digest(given.encode(), self.token.encode()):
                raise Refusal(f"The header {TOKEN_HEADER} does not have the control token.", status=403)
        elif not ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104 - an address that is refused
            raise Refusal("Control from another machine needs --control-token.", status=403)
        if request.can_read_body and request.content_type != "application/json":
            raise Refusal("Send application/json.", status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)

    def ready(self, _: dict[str, Any], __: tuple[str, ...]) -> Any:
        emulator = self.emulator
        return {"ready": True, "baseUrl": emulator.base_url, "environ": emulator.environ}

    def reset(self, sent: dict[str, Any], _: tuple[str, ...]) -> None:
        self._snapshots.clear()
        self.emulator.reset(**sent)

    def take(self, _: dict[str, Any], __: tuple[str, ...]) -> Any:
        number = str(len(self._snapshots) + 1)
        self._snapshots[number] = self.emulator.snapshot()
        return {"id": number}

    def restore(self, _: dict[str, Any], arguments: tuple[str, ...]) -> None:
        if arguments[0] not in self._snapshots:
            raise LookupError(f"there is no snapshot {arguments[0]}")
        self.emulator.restore(self._snapshots[arguments[0]])

    def calls(self, sent: dict[str, Any], _: tuple[str, ...]) -> Any:
        found = self.emulator.calls.of(sent.pop("name", "*"), **sent)
        return [_shown(call) for call in found]

    def forget_calls(self, _: dict[str, Any], __: tuple[str, ...]) -> None:
        self.emulator.calls.clear()

    def faults(self, _: dict[str, Any], __: tuple[str, ...]) -> Any:
        planned = self.emulator.faults
        return [{"operation": each.name, "fault": str(each.fault), "struck": each.struck} for each in planned]

    def fail(self, sent: dict[str, Any], _: tuple[str, ...]) -> None:
        fault = sent.get("fault")
        named: Any = {fault: dict[str, Any]()} if isinstance(fault, str) else fault
        if not is_object(named) or len(named) != 1 or not named.keys() <= _FAULTS.keys():
            raise ValueError(
                f'fault is "LostAnswer" or {{"Status": {{"code": 503}}}}: one of {", ".join(_FAULTS)}'
            )
        ((name, options),) = named.items()
        self.emulator.fail(sent["operation"], _FAULTS[name](**options), times=sent.get("times", 1))

    def forget_faults(self, _: dict[str, Any], __: tuple[str, ...]) -> None:
        self.emulator.faults.clear()

    def time(self, _: dict[str, Any], __: tuple[str, ...]) -> Any:
        return {"now": self.emulator.clock.now.isoformat()}

    def advance(self, sent: dict[str, Any], arguments: tuple[str, ...]) -> Any:
        self.emulator.clock.advance(**sent)
        return self.time({}, arguments)

    def insert(self, sent: dict[str, Any], _: tuple[str, ...]) -> None:
        self.emulator.insert(sent["entity_set"], sent["rows"], folder=sent.get("folder"))

    def finish(self, sent: dict[str, Any], arguments: tuple[str, ...]) -> Any:
        return self.emulator.jobs.finish(_key(arguments[0]), sent.get("output"))

    def fault_job(self, sent: dict[str, Any], arguments: tuple[str, ...]) -> Any:
        return self.emulator.jobs.fault(_key(arguments[0]), str(sent.get("message", "")))


_ROUTES: tuple[tuple[str, str, _Act], ...] = (
    ("GET", "ready", Control.ready),
    ("POST", "reset", Control.reset),
    ("POST", "snapshots", Control.take),
    ("POST", r"snapshots/(\d+)/restore", Control.restore),
    ("GET", "calls", Control.calls),
    ("DELETE", "calls", Control.forget_calls),
    ("GET", "faults", Control.faults),
    ("POST", "faults", Control.fail),
    ("DELETE", "faults", Control.forget_faults),
    ("GET", "clock", Control.time),
    ("POST", "clock", Control.advance),
    ("POST", "insert", Control.insert),
    ("POST", r"jobs/([\w-]+)/finish", Control.finish),
    ("POST", r"jobs/([\w-]+)/fault", Control.fault_job),
)


async def _body(request: web.Request) -> dict[str, Any]:
    content = await request.read()
    try:
        body: Any = orjson.loads(content) if content else {}
    except orjson.JSONDecodeError as error:
        raise Refusal(f"The body is not JSON: {error}") from error
    if not is_object(body):
        raise Refusal("The body is not a JSON object.")
    return body


def _shown(call: RecordedCall) -> dict[str, Any]:
    return {
        "name": call.name,
        "method": call.method,
        "path": call.path,
        "query": dict(call.query),
        "arguments": dict(call.arguments),
        "body": call.json,
        "status": call.status,
    }


def _key(text: str) -> str | int:
    return int(text) if text.isdigit() else text
