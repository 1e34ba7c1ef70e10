"""The journal: which requests came, and what tests ask of it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self, TypeAlias, overload

import attrs
import orjson

from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.schema import Schema

LOGINS = ("Identity.Token", "Identity.Authorize", "Identity.Discovery")
"""Names of the requests that belong to the identity server."""
STORAGE = ("Storage.Get", "Storage.Put")
"""Names of the requests that go to pre-signed addresses of files."""

_KEPT = 10_000
_NO_TEXTS: Mapping[str, str] = MappingProxyType({})

When: TypeAlias = "Callable[[RecordedCall], bool]"


@attrs.frozen(slots=False)
class RecordedCall:
    """One request: ``name`` is its operation's, as in ``Jobs.StartJobs``, and empty where no operation has the path.

    ``arguments`` are those of the path; ``status`` is None while the request is not answered.
    """

    name: str
    method: str
    path: str
    query: Mapping[str, str] = _NO_TEXTS
    arguments: Mapping[str, str] = _NO_TEXTS
    headers: Mapping[str, str] = attrs.field(default=_NO_TEXTS, repr=False)
    body: bytes = attrs.field(default=b"", repr=lambda body: f"<{len(body)} bytes>")
    status: int | None = None

    @cached_property
    def json(self) -> Any:
        """Return the body as a JSON value; None where it is not JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    def has(self, **members: object) -> bool:
        """Return whether the body, the path or the query holds these: ``release_key`` is ``ReleaseKey`` wherever it stands.

        Objects that travel as JSON texts may be given as objects.
        """
        found = list(_members(self.json)) + list({**self.arguments, **self.query}.items())
        return all(
            any(plain(name) == plain(wanted) and _equal(value, expected) for name, value in found)
            for wanted, expected in members.items()
        )


class Calls(Sequence[RecordedCall]):
    """Requests in the order in which they came; the last 10,000 of them are kept."""

    def __init__(self, schema: Schema, kept: Sequence[RecordedCall] = (), what: str = "all requests") -> None:
        self._schema, self._what = schema, what
        self._kept = deque(kept, maxlen=_KEPT)

    def of(self, name: str, **members: object) -> Self:
        """Return the calls of an operation that hold these members; ValueError for a name that no operation has.

        ``Jobs.start_jobs`` and ``Jobs.StartJobs`` are the same; ``*`` stands for any part: ``Jobs.*``.
        """
        matches = pattern(name, self._schema)
        chosen = [call for call in self._kept if matches(call.name) and call.has(**members)]
        return type(self)(self._schema, chosen, _described(name, members))

    def where(self, when: When) -> Self:
        """Return the calls that a function says yes to."""
        return type(self)(self._schema, [call for call in self._kept if when(call)], self._what)

    def once(self, **members: object) -> RecordedCall:
        """Return the only call that holds these members; AssertionError where there is none, or more than one."""
        return self.times(1, **members)[0]

    def never(self, **members: object) -> None:
        """Raise AssertionError where a call holds these members."""
        self.times(0, **members)

    def times(self, expected: int, **members: object) -> Self:
        """Return the calls that hold these members; AssertionError unless there are so many of them."""
        chosen = [call for call in self._kept if call.has(**members)]
        if len(chosen) != expected:
            listed = "\n".join(f"  {call}" for call in self._kept) or "  (no call)"
            wanted = _described(self._what, members)
            raise AssertionError(f"{wanted}: expected {expected}, came {len(chosen)}, among\n{listed}")
        return type(self)(self._schema, chosen, self._what)

    def no_duplicates(self) -> None:
        """Raise AssertionError where the same request, body included, came twice."""
        seen = set[tuple[str, str, str, bytes]]()
        for call in self._kept:
            same = (call.method, call.path, str(dict(call.query)), call.body)
            if same in seen:
                raise AssertionError(f"{self._what}: this request came more than once: {call}")
            seen.add(same)

    @property
    def unanswered(self) -> Self:
        """The calls that the emulator has no behaviour for (501) and those whose path no operation has."""
        return type(self)(
            self._schema,
            [call for call in self._kept if call.status == 501 or (not call.name and call.status == 404)],  # noqa: PLR2004 - HTTP statuses
            "unanswered requests",
        )

    def clear(self) -> None:
        """Forget all calls."""
        self._kept.clear()

    def record(self, call: RecordedCall) -> None:
        """Add a call that has just come."""
        self._kept.append(call)

    def answered(self, call: RecordedCall, status: int) -> None:
        """Note the status that a call was answered with; a call that was forgotten meanwhile stays forgotten."""
        for index in range(len(self._kept) - 1, -1, -1):
            if self._kept[index] is call:
                self._kept[index] = attrs.evolve(call, status=status)
                return

    @overload
    def __getitem__(self, index: int) -> RecordedCall: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RecordedCall]: ...
    def __getitem__(self, index: int | slice) -> RecordedCall | Sequence[RecordedCall]:
        return list(self._kept)[index] if isinstance(index, slice) else self._kept[index]

    def __len__(self) -> int:
        return len(self._kept)

    def __repr__(self) -> str:
        return f"<Calls: {self._what}: {len(self)}>"


def plain(name: str) -> str:
    """Return a name without what tells snake_case from PascalCase."""
    return name.replace("_", "").lower()


def pattern(name: str, schema: Schema) -> Callable[[str], bool]:
    """Return what matches operations by name; ValueError, with the nearest names, where none has it."""
    wanted = plain(name)
    names = {*LOGINS, *STORAGE, *(operation.name for operation in schema.operations)}
    if wanted != "*" and not any(fnmatchcase(plain(each), wanted) for each in names):
        written = {each.partition(".")[0] + "." + snake(each.partition(".")[2]) for each in names}
        nearest = ", ".join(get_close_matches(name, written, 3, 0.4)) or "Jobs.start_jobs, Jobs.list"
        raise ValueError(f"no operation is named {name}: did you mean {nearest}?")
    return lambda called: fnmatchcase(plain(called), wanted)


def snake(name: str) -> str:
    """Write ``StartJobs`` as ``start_jobs``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if is_object(value):
        for name, content in value.items():
            yield name, content
            yield from _members(content)
    elif is_list(value):
        for each in value:
            yield from _members(each)


def _equal(value: Any, expected: object) -> bool:
    if value == expected or str(value).lower() == str(expected).lower():
        return True
    if isinstance(value, str) and not isinstance(expected, str):
        try:
            return bool(orjson.loads(value) == expected)
        except orjson.JSONDecodeError:
            return False
    return False


def _described(what: str, members: Mapping[str, object]) -> str:
    return f"{what}({', '.join(f'{name}={value!r}' for name, value in members.items())})" if members else what
