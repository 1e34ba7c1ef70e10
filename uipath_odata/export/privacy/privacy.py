"""What an export hides: columns left out or hashed, and secrets."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.export.formats.shape import Column, Shape
from uipath_odata.export.privacy.fingerprint import fingerprint
from uipath_odata.export.privacy.protection import Protection
from uipath_odata.export.privacy.redaction import Members, Rule, hashing, leave_out
from uipath_odata.export.privacy.secret_members import is_secret
from uipath_odata.odata.entity import Entity, by_wire, properties

__all__ = ["Privacy"]


_KEY_BYTES: Final = 16
_TWINS: Final = (
    ("SpecificContent", "SpecificData"),
    ("Output", "OutputData"),
    ("Analytics", "AnalyticsData"),
)
"""Properties of a queue item that have the same values, once as an object and once as a JSON text."""
_WRAPPER: Final = "DynamicProperties"
"""The member that has them in such a text."""


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


@attrs.frozen
class Privacy:
    """Leave out the columns in ``drop``, and write HMAC-SHA256 in hex instead of the values of those in ``hash``.

    Dotted names reach into nested values, also into JSON in texts: ``SpecificContent.Email``, ``RawMessage.fileName``.
    With one ``key`` equal values are equal in all sets and runs. Values of assets, credentials, passwords and keys are
    left out unless ``include_secrets``. Raises QueryError where ``hash`` has no key.
    """

    drop: tuple[str, ...] = attrs.field(default=(), converter=_names)
    hash: tuple[str, ...] = attrs.field(default=(), converter=_names)
    key: bytes | None = attrs.field(default=None, repr=False)
    include_secrets: bool = False

    def __attrs_post_init__(self) -> None:
        if self.key is not None and not isinstance(cast("object", self.key), bytes):
            raise QueryError(
                "the key of hash is not bytes: give secrets.token_bytes(32), or encode your text"
            )
        if self.key and len(self.key) < _KEY_BYTES:
            raise QueryError(
                f"the key of hash has {len(self.key)} bytes, so that trying all keys finds it: give {_KEY_BYTES} or more, "
                "such as secrets.token_bytes(32)"
            )
        if self.hash and not self.key:
            raise QueryError(
                "hash needs a key, without which anyone finds a value by trying: give key=secrets.token_bytes(32), "
                "and the same one in later runs"
            )

    def protect(self, shape: Shape) -> Protection | None:
        """Return what is done to rows, None where nothing is; raises QueryError for an unknown column."""
        self._check(shape)
        secrets, rules = not self.include_secrets, self._rules()
        if not rules and not secrets:
            return None
        return Protection(Members(rules, shape.entity, secrets=secrets), [*by_wire(shape.entity)])

    def columns(self, shape: Shape) -> Shape:
        """Return the shape of the rows that ``protect`` returns; hashed columns hold texts."""
        self._check(shape)
        return attrs.evolve(shape, columns=self._kept(shape.columns, shape.entity, self._rules()))

    def among(self, shapes: Sequence[Shape]) -> list[Privacy]:
        """Return, for each of several shapes, the names that it has; raises QueryError for a name that none of them has."""
        known = [{name for name in (*self.drop, *self.hash) if _is_known(name, shape)} for shape in shapes]
        for name in (*self.drop, *self.hash):
            if shapes and not any(name in names for names in known):
                _check_in(name, shapes[0])
        return [
            attrs.evolve(
                self,
                drop=tuple(name for name in self.drop if name in names),
                hash=tuple(name for name in self.hash if name in names),
            )
            for names in known
        ]

    def describe(self) -> dict[str, Any]:
        """Return it as JSON values: the key only as a fingerprint, which tells one key from another."""
        known = self.key and fingerprint(self.key)
        return {
            "drop": sorted(self.drop),
            "hash": sorted(self.hash),
            "key": known or None,
            "include_secrets": self.include_secrets,
        }

    def _rules(self) -> list[Rule]:
        # What is left out stands first, because it wins.
        hashed = hashing(self.key or b"")
        left_out: list[Rule] = [(names, leave_out) for name in self.drop for names in _with_twins(name)]
        return [*left_out, *((names, hashed) for name in self.hash for names in _with_twins(name))]

    def _kept(
        self, columns: Iterable[Column], entity: type[Entity] | None, rules: Sequence[Rule]
    ) -> tuple[Column, ...]:
        kept = [self._column(column, entity, rules) for column in columns]
        return tuple(column for column in kept if column is not None)

    def _column(self, column: Column, entity: type[Entity] | None, rules: Sequence[Rule]) -> Column | None:
        below = [(names[1:], action) for names, action in rules if names[0].lower() == column.name.lower()]
        whole = [action for names, action in below if not names]
        if leave_out in whole or (not self.include_secrets and is_secret(entity, column.name)):
            return None
        if whole:
            return Column(column.name, "text")
        if column.kind != "entity":
            return column
        inner = self._kept(column.columns, column.entity, below)
        return attrs.evolve(column, columns=inner) if inner else None

    def _check(self, shape: Shape) -> None:
        for name in (*self.drop, *self.hash):
            _check_in(name, shape)


def _with_twins(name: str) -> list[tuple[str, ...]]:
    """Return the names that lead to a value, and those that lead to the same value elsewhere in the row."""
    names = tuple(name.split("."))
    found = [names]
    for place, each in enumerate(names):
        for pair in _TWINS:
            if each.lower() in (twin.lower() for twin in pair):
                above, below = names[:place], names[place + 1 :]
                below = below[1:] if below and below[0].lower() == _WRAPPER.lower() else below
                found += [(*above, twin, *below) for twin in pair]
                found += [(*above, pair[1], _WRAPPER, *below)] if below else []
    return found


def _is_known(name: str, shape: Shape) -> bool:
    try:
        _check_in(name, shape)
    except QueryError:
        return False
    return True


def _check_in(name: str, shape: Shape) -> None:
    _check(name.split("."), [column.name for column in shape.columns], shape.entity, "")


def _check(names: Sequence[str], columns: Iterable[str], entity: type[Entity], above: str) -> None:
    members = by_wire(entity)
    by_lower = {wire.lower(): wire for wire in (*columns, *members)}
    wire = by_lower.get(names[0].lower())
    if wire is None:
        raise QueryError(
            f"{above}{names[0]} is not a column of {entity.__name__}: {_nearest(names[0], by_lower, entity)}"
        )
    target = members[wire].argument if wire in members else None
    if names[1:] and isinstance(target, type) and issubclass(target, Entity):
        _check(names[1:], (), target, f"{above}{wire}.")


def _nearest(name: str, by_lower: dict[str, str], entity: type[Entity]) -> str:
    attribute = properties(entity).get(name)
    if attribute is not None:
        return f"did you mean {attribute.wire}?"
    near = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    return f"did you mean {by_lower[near[0]]}?" if near else f"it has {', '.join(by_lower.values())}"
