"""An asset by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import attrs

from uipath_odata.entities import Asset, AssetRobotValue, AssetUserValue, UserAsset
from uipath_odata.errors import BadRequest, NoRow, OrchestratorError, QueryError
from uipath_odata.resources.by_name import entity_named
from uipath_odata.workflows.asset_values import (
    CREDENTIALS,
    AssetCredential,
    AssetValue,
    Owner,
    Valued,
    put_value,
    refuse_empty,
    typed_value,
)
from uipath_odata.workflows.handle import Handle
from uipath_odata.workflows.owner_ids import by_ids, require

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery

__all__ = ["AssetHandle"]


@attrs.frozen(eq=False, repr=False)
class AssetHandle(Handle[Asset]):
    """One asset of a folder.

    ``user``, ``machine`` and ``robot`` (Ids or names) choose the value of this owner; without them it is the global value.
    """

    _kind: ClassVar[str] = "asset"

    def _entities(self) -> BoundQuery[Asset, Asset]:
        return self._sets.assets.select(Asset.id, Asset.name)

    async def value(
        self,
        *,
        user: int | str | None = None,
        machine: int | str | None = None,
        robot: int | str | None = None,
        robot_key: str | None = None,
    ) -> AssetValue:
        """Return the value as a text, int, bool or dict, by the asset's kind.

        With an owner it is the owner's value, or else the global one; raises NoRow if there is neither, or no such owner. With
        ``robot_key``, the licence key of a robot, it is the robot's value. Orchestrator shows secrets to robots, and where the
        asset allows direct access through the API. Raises QueryError for a credential.
        """
        owner = Owner(user, machine, robot)
        if robot_key is not None and not owner.is_everybody:
            raise QueryError(
                "robot_key= says already whose value is meant: leave user=, machine= and robot= out"
            )
        if robot_key is not None:
            shown = await self._shown(robot_key)
            return _secret(shown) if shown.value_type == "Secret" else typed_value(shown.value_type, shown)
        asset = await (self.details() if owner.is_everybody else self._whole())
        if asset.value_type == "Secret" and owner.is_everybody:
            return _secret(await self._shown(None))
        if asset.value_type == "Secret":
            raise QueryError("a secret of one user or robot is shown to robots alone: give robot_key=")
        return typed_value(asset.value_type, await self._value_that_counts(owner, asset))

    async def set(
        self,
        value: AssetValue,
        *,
        user: int | str | None = None,
        machine: int | str | None = None,
        robot: int | str | None = None,
    ) -> None:
        """Set the value; everything else of the asset stays as it is.

        Raises QueryError for a value of another type than the asset's, and for a credential.
        """
        await self._change(
            Owner(user, machine, robot), lambda asset, holder: put_value(asset.value_type, holder, value)
        )

    async def credential(self, *, robot_key: str | None = None) -> AssetCredential:
        """Return the user name and the password.

        Orchestrator shows them to robots, and where the asset allows direct access through the API. With ``robot_key``, the
        licence key of a robot, it is the robot's credential. Raises QueryError for another type of asset.
        """
        try:
            shown = await self._shown(robot_key)
        except BadRequest:
            _require_credential(self.name, (await self.details()).value_type)
            raise
        _require_credential(self.name, shown.value_type)
        if not shown.credential_password:
            raise OrchestratorError(_not_shown(self.name, "password"))
        return AssetCredential(shown.credential_username or "", shown.credential_password)

    async def set_credential(
        self,
        username: str,
        password: str,
        *,
        user: int | str | None = None,
        machine: int | str | None = None,
        robot: int | str | None = None,
    ) -> None:
        """Set the user name and the password; everything else of the asset stays as it is."""
        for what, text in (("user name", username), ("password", password)):
            if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
                raise QueryError(f"the {what} is a text, not {type(text).__name__}: give one")
        refuse_empty("password", password)

        def put(asset: Asset, holder: Valued) -> None:
            if asset.value_type not in CREDENTIALS:
                raise QueryError(f"the asset {self.name!r} is a {asset.value_type}: write it with set(value)")
            holder.credential_username, holder.credential_password = username, password

        await self._change(Owner(user, machine, robot), put)

    async def _look_up(self) -> Asset:
        """Look in the list, which leaves Secret assets out, and then in the one that has them."""
        try:
            return await entity_named(self._entities(), self.name)
        except NoRow:
            pass
        secrets = self._sets.assets.get_filtered().filter(Asset.value_type == "Secret")
        try:
            return await entity_named(secrets.select(Asset.id, Asset.name), self.name)
        except OrchestratorError:
            return await super()._look_up()

    async def details(self) -> Asset:
        """Return the asset as the server shows it, without secrets and without values of users."""
        return await self._calling(lambda asset: self._sets.assets.get(asset.id or 0))

    async def _whole(self) -> Asset:
        """Read the asset with the values of users and robots, which only lists expand."""
        asset = await self.details()
        if asset.value_scope == "PerRobot":
            name = asset.name or self.name
            secret = asset.value_type == "Secret"
            listed = (self._sets.assets.get_filtered() if secret else self._sets.assets).expand(
                Asset.user_values
            )
            try:
                whole = await entity_named(listed.expand(Asset.robot_values), name)
            except BadRequest:  # newer servers have no values of robots
                whole = await entity_named(listed, name)
            asset.user_values, asset.robot_values = whole.user_values, whole.robot_values
        return asset

    async def _shown(self, robot_key: str | None) -> UserAsset:
        """Read the asset as robots do, secrets included."""
        key = {} if robot_key is None else {"robotKey": robot_key}
        try:
            return await self._calling(
                lambda asset: self._sets.assets.get_robot_asset_by_name_for_robot_key(
                    {"assetName": asset.name, **key}
                )
            )
        except BadRequest as error:
            if robot_key is None:
                error.message += f"; {_not_shown(self.name, 'secret')}"
            raise

    async def _change(self, owner: Owner, change: Callable[[Asset, Valued], None]) -> None:
        self._channel.refuse_write("Assets.replace")
        asset = await self._whole()
        if owner.is_everybody:
            change(asset, asset)
            asset.has_default_value = True
        else:
            owner = await self._seen(owner, asset)
            change(asset, owner.own_value(asset) or await self._new_value(asset, owner))
            asset.value_scope = "PerRobot"
        await self._sets.assets.replace(asset.id or 0, asset)

    async def _value_that_counts(self, owner: Owner, asset: Asset) -> Valued:
        """Return an owner's own value, or everybody's where there is such an owner."""
        if owner.is_everybody:
            return asset
        if (own := (await self._seen(owner, asset)).value_of_their_own(asset)) is not None:
            return own
        await require(self._sets, await by_ids(self._sets, owner))
        if asset.has_default_value is False:
            raise NoRow(f"the asset {self.name!r} has no value for {owner}, and none for everybody: set one")
        return asset

    async def _seen(self, owner: Owner, asset: Asset) -> Owner:
        """Return the owner by Ids where the asset's values do not name theirs."""
        if not owner.is_unseen_in(asset):
            return owner
        ids = await by_ids(self._sets, owner)
        return Owner(ids.user, ids.machine, ids.robot)

    async def _new_value(self, asset: Asset, owner: Owner) -> Valued:
        ids = await by_ids(self._sets, owner)
        if ids.robot is not None:
            of_robot = AssetRobotValue(robot_id=ids.robot, value_type=asset.value_type)
            asset.robot_values = [*(asset.robot_values or []), of_robot]
            return of_robot
        of_user = AssetUserValue(user_id=ids.user, machine_id=ids.machine, value_type=asset.value_type)
        asset.user_values = [*(asset.user_values or []), of_user]
        return of_user


def _require_credential(name: str, kind: str | None) -> None:
    if kind not in CREDENTIALS:
        raise QueryError(f"the asset {name!r} is a {kind}: read it with value()")


def _secret(shown: UserAsset) -> str:
    if not shown.secret_value:
        raise OrchestratorError(_not_shown(shown.name or "", "secret"))
    return shown.secret_value


def _not_shown(name: str, what: str) -> str:
    return (
        f"the {what} of the asset {name!r} is shown to robots, and where the asset allows direct access through the API:"
        " give robot_key=, or let it allow that"
    )
