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
from inspect import signature
from ipaddress import ip_address
from types import MappingProxyType, NoneType
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


def _secret(_: object, __: object, token: str | None) -> None:
    if token is not None and not token.strip():
        raise ValueError("an empty control token would let everybody in: name a text")


@attrs.define
class Control:
    """Answers control requests: from this machine, or with the token where one is set."""

    emulator: Emulator
    token: str | None = attrs.field(default=None, validator=_secret)
    _snapshots: dict[str, Snapshot] = attrs.field(factory=dict[str, "Snapshot"])

    async def __call__(self, request: web.Request) -> Answer:
        self._admit(request)
        body = await _body(request)
        place = request.path.removeprefix(PATH).rstrip("/")
        for method, pattern, act, members in _ROUTES:
            match = re.fullmatch(pattern, place)
            if match is not None and method == request.method:
                sent = {**request.query, **body}
                _check(sent, members)
                return self._done(act, sent, match.groups())
        raise Refusal(
            f"Nothing is at {request.method} {PATH}{place}: see help(uipath_odata.emulator.control)",
            status=404,
        )

    def _done(self, act: _Act, sent: dict[str, Any], arguments: tuple[str, ...]) -> Answer:
        try:
            made = act(self, sent, arguments)
        except (LookupError, OverflowError, TypeError, ValueError) as error:
            raise Refusal(str(error.args[0] if error.args else error)) from error
        return Answer(HTTPStatus.NO_CONTENT) if made is None else Answer(body=made)

    def _admit(self, request: web.Request) -> None:
        """Refuse requests from elsewhere that lack the token, and bodies that a web page could send without asking."""
        if self.token is not None:
            given = request.headers.get(TOKEN_HEADER, "")
            if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.token.encode()):
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
        if (
            not is_object(named)
            or len(named) != 1
            or not named.keys() <= _FAULTS.keys()
            or not all(map(is_object, named.values()))
        ):
            raise ValueError(
                f'fault is "LostAnswer" or {{"Status": {{"code": 503}}}}: one of {", ".join(_FAULTS)}'
            )
        ((name, options),) = named.items()
        unknown = options.keys() - signature(_FAULTS[name]).parameters.keys()
        if unknown:
            raise ValueError(f"{name} has no {', '.join(sorted(unknown))}")
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


_Members: TypeAlias = "Mapping[str, tuple[type, ...]]"

_NONE: _Members = MappingProxyType({})
_NUMBER = (int, float)
_STEPS: _Members = MappingProxyType(dict.fromkeys(("days", "hours", "minutes", "seconds"), _NUMBER))
_FAULT: _Members = MappingProxyType({
    "operation": (str,), "fault": (str, dict), "times": (int, NoneType),
})  # fmt: skip
_INSERT: _Members = MappingProxyType({
    "entity_set": (str,), "rows": (list,), "folder": (int, NoneType),
})  # fmt: skip
_NEEDED = frozenset({"operation", "fault", "entity_set", "rows"})
_NAMES: Mapping[type, str] = MappingProxyType({
    str: "a text", int: "a whole number", float: "a number", dict: "an object", list: "a list", NoneType: "null",
})  # fmt: skip

# Method, path, act, and the members that it takes; None where the act itself says which.
_ROUTES: tuple[tuple[str, str, _Act, _Members | None], ...] = (
    ("GET", "ready", Control.ready, _NONE),
    ("POST", "reset", Control.reset, None),
    ("POST", "snapshots", Control.take, _NONE),
    ("POST", r"snapshots/(\d+)/restore", Control.restore, _NONE),
    ("GET", "calls", Control.calls, None),
    ("DELETE", "calls", Control.forget_calls, _NONE),
    ("GET", "faults", Control.faults, _NONE),
    ("POST", "faults", Control.fail, _FAULT),
    ("DELETE", "faults", Control.forget_faults, _NONE),
    ("GET", "clock", Control.time, _NONE),
    ("POST", "clock", Control.advance, _STEPS),
    ("POST", "insert", Control.insert, _INSERT),
    ("POST", r"jobs/([\w-]+)/finish", Control.finish, MappingProxyType({"output": (dict, NoneType)})),
    ("POST", r"jobs/([\w-]+)/fault", Control.fault_job, MappingProxyType({"message": (str,)})),
)


def _check(sent: Mapping[str, Any], members: _Members | None) -> None:
    """Refuse members that are unknown, missing or of another kind, instead of passing over them."""
    if members is None:
        return
    for name, value in sent.items():
        if name not in members:
            raise Refusal(f"{name} means nothing here: it takes {', '.join(members) or 'nothing'}.")
        if type(value) not in members[name]:
            kinds = " or ".join(_NAMES[each] for each in members[name])
            raise Refusal(f"{name} is {kinds}, not {value!r}.")
    missing = (members.keys() & _NEEDED) - sent.keys()
    if missing:
        raise Refusal(f"{', '.join(sorted(missing))} is missing.")


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        content = await request.read()
        body: Any = orjson.loads(content) if content else {}
    except web.RequestPayloadError as error:
        raise Refusal(f"The body cannot be read: {error}") from error
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
