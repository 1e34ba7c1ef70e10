"""Values of assets, by the asset's type, and of one user, machine or robot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import attrs

from uipath_odata.entities import Asset, AssetRobotValue, AssetUserValue, CustomKeyValuePair, UserAsset
from uipath_odata.errors import QueryError
from uipath_odata.odata.plain import plain
from uipath_odata.odata.rows.json_body import as_object

__all__ = [
    "CREDENTIALS",
    "AssetCredential",
    "AssetValue",
    "Owner",
    "Valued",
    "put_value",
    "refuse_empty",
    "typed_value",
]

AssetValue: TypeAlias = str | int | bool | Mapping[str, str]
Valued: TypeAlias = Asset | AssetUserValue | AssetRobotValue | UserAsset
"""What holds a value in the same properties."""
Named: TypeAlias = int | str
"""An Id or a name."""

CREDENTIALS: Final = frozenset({"Credential", "WindowsCredential"})
_INTEGERS: Final = range(-(2**31), 2**31)


@attrs.frozen
class AssetCredential:
    """A user name and a password."""

    username: str
    password: str = attrs.field(repr=False)


@attrs.frozen
class Owner:
    """Whose value is meant: a user's, perhaps on one machine, or a robot's; nobody's own is that of everybody."""

    user: Named | None = None
    machine: Named | None = None
    robot: Named | None = None

    def __attrs_post_init__(self) -> None:
        """Raise QueryError for owners that no value has."""
        if self.robot is not None and (self.user is not None or self.machine is not None):
            raise QueryError("a value is a robot's or a user's: give robot=, or user= and perhaps machine=")
        if self.machine is not None and self.user is None:
            raise QueryError("a machine has no values of its own: give user=, too")

    @property
    def is_everybody(self) -> bool:
        """Whether nobody's own value is meant."""
        return self.user is None and self.robot is None

    def own_value(self, asset: Asset) -> AssetUserValue | AssetRobotValue | None:
        """Return the value that is exactly theirs."""
        if self.robot is not None:
            robots = asset.robot_values or []
            return next((each for each in robots if _is(self.robot, each.robot_id, each.robot_name)), None)
        for each in asset.user_values or []:
            if _is(self.user, each.user_id, each.user_name) and self._on_machine(each):
                return each
        return None

    def value_of_their_own(self, asset: Asset) -> Valued | None:
        """Return their own value, on any machine where there is none for this one."""
        return self.own_value(asset) or attrs.evolve(self, machine=None).own_value(asset)

    def is_unseen_in(self, asset: Asset) -> bool:
        """Return whether the asset has values whose owners come without the names by which this one is given."""
        if self.robot is not None:
            return isinstance(self.robot, str) and any(
                each.robot_name is None for each in asset.robot_values or []
            )
        by_name = isinstance(self.user, str) or isinstance(self.machine, str)
        return by_name and any(
            each.user_name is None or (each.machine_id is not None and each.machine_name is None)
            for each in asset.user_values or []
        )

    def _on_machine(self, value: AssetUserValue) -> bool:
        if self.machine is None:
            return value.machine_id is None
        return _is(self.machine, value.machine_id, value.machine_name)

    def __str__(self) -> str:
        if self.robot is not None:
            return f"the robot {self.robot!r}"
        return f"the user {self.user!r}" + (
            "" if self.machine is None else f" on the machine {self.machine!r}"
        )


def typed_value(kind: str | None, value: Valued) -> AssetValue:
    """Return a value as Python has it. Raise QueryError for the kinds that are not one value."""
    if kind == "Text":
        return value.string_value or ""
    if kind == "Integer":
        return value.int_value or 0
    if kind == "Bool":
        return bool(value.bool_value)
    if kind == "KeyValueList":
        return {pair.key or "": pair.value or "" for pair in value.key_value_list or []}
    if kind in CREDENTIALS:
        raise QueryError("the asset is a user name and a password: read it with credential()")
    raise QueryError(
        f"the asset is a {kind}, which has no single value: read it with orchestrator.assets.get(…)"
    )


def refuse_empty(what: str, text: str) -> None:
    """Raise QueryError for an empty secret: servers show one in the place of those that they keep, and keep theirs."""
    if not text:
        raise QueryError(
            f"an empty {what} leaves the one that is there: give another one, or delete the asset"
        )


def put_value(kind: str | None, value: Valued, given: Any) -> None:
    """Set a value. Raise QueryError for one of another kind than the asset's."""
    given = plain(given)
    if kind == "Secret" and isinstance(given, str):
        refuse_empty("secret", given)
    if kind in {"Text", "Secret"} and isinstance(given, str):
        setattr(value, "string_value" if kind == "Text" else "secret_value", given)
    elif kind == "Integer" and isinstance(given, int) and not isinstance(given, bool) and given in _INTEGERS:
        value.int_value = given
    elif kind == "Bool" and isinstance(given, bool):
        value.bool_value = given
    elif kind == "KeyValueList" and (pairs := as_object(given)) is not None:
        value.key_value_list = [
            CustomKeyValuePair(key=str(key), value=str(each)) for key, each in pairs.items()
        ]
    elif kind in CREDENTIALS:
        raise QueryError(
            "the asset is a user name and a password: write it with set_credential(user, password)"
        )
    else:
        wanted = {
            "Text": "a text",
            "Secret": "a text",
            "Integer": "an int of 32 bits",
            "Bool": "True or False",
        }
        raise QueryError(
            f"the asset is a {kind} and takes {wanted.get(kind or '', 'a dict of texts')}, not"
            f" {type(given).__name__}: give one, or make another asset"
        )


def _is(meant: Named | None, key: int | None, name: str | None) -> bool:
    if isinstance(meant, str):
        return name is not None and name.casefold() == meant.casefold()
    return meant is not None and key == meant
