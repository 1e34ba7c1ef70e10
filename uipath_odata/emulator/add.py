"""Builders of what tests need: each does all that a client's POST does and returns the entity.

A POST is checked, leaves an AuditLog, and webhooks are told of it. ``Emulator.insert`` is the silent way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import orjson

from uipath_odata.emulator.data.demo.packages import package
from uipath_odata.emulator.data.json_values import is_object
from uipath_odata.emulator.http import storage
from uipath_odata.emulator.http.answers import Refusal
from uipath_odata.emulator.registry import carry_out
from uipath_odata.emulator.world import Call, World

Entity = dict[str, Any]
"""An entity as Orchestrator shows it, by wire names."""

Json: TypeAlias = "str | float | bool | Sequence[Json] | Mapping[str, Json] | None"
"""The value of a property."""

_BINARY = "application/octet-stream"


@attrs.frozen
class Add:
    """Adds entities; ``folder`` is a path such as ``"Shared/Finance"`` or an Id, without one the only folder that there is.

    Further properties are given by their wire names: ``add.queue("Invoices", EnforceUniqueReference=True)``. ValueError says
    what is wrong with one.
    """

    _world: World
    _moved: Callable[[], None] = lambda: None

    def folder(self, path: str = "Shared", **properties: Json) -> Entity:
        """Add a folder, and those above it that are not there yet."""
        above, _, name = path.rpartition("/")
        parent: Any = None
        if above:
            known = self._world.store.find("Folders", '"FullyQualifiedName" = ?', above)
            parent = known[0]["Id"] if known else self.folder(above)["Id"]
        return self._post("Folders_Post", {"DisplayName": name, "ParentId": parent, **properties}, None)

    def queue(self, name: str, *, folder: str | int | None = None, **properties: Json) -> Entity:
        """Add a queue."""
        return self._post("QueueDefinitions_Post", {"Name": name, **properties}, self._folder(folder))

    def queue_item(
        self,
        queue: str,
        content: Mapping[str, Any] | None = None,
        *,
        reference: str | None = None,
        folder: str | int | None = None,
        **properties: Json,
    ) -> Entity:
        """Add an item to a queue of the folder."""
        if content is not None and not is_object(content):
            raise TypeError(f"what a queue item holds is a dict, not {content!r}")
        item = {"Name": queue, "SpecificContent": dict(content or {}), "Reference": reference, **properties}
        return self._post("Queues_AddQueueItem", {"itemData": item}, self._folder(folder))

    def asset(
        self, name: str, value: str | int | bool, *, folder: str | int | None = None, **properties: Json
    ) -> Entity:
        """Add an asset for everybody, whose type is that of the value: Text, Integer or Bool."""
        kinds = {bool: ("Bool", "BoolValue"), int: ("Integer", "IntValue"), str: ("Text", "StringValue")}
        if type(value) not in kinds:
            raise TypeError(f"the value of an asset is a text, a whole number or a bool, not {value!r}")
        kind, member = kinds[type(value)]
        return self._asset(name, {"ValueType": kind, member: value, **properties}, folder)

    def credential(
        self, name: str, username: str, password: str, *, folder: str | int | None = None, **properties: Json
    ) -> Entity:
        """Add an asset of a user name and a password."""
        value = {"CredentialUsername": username, "CredentialPassword": password}
        return self._asset(name, {"ValueType": "Credential", **value, **properties}, folder)

    def bucket(self, name: str, *, folder: str | int | None = None, **properties: Json) -> Entity:
        """Add a storage bucket."""
        with self._world.lock:
            identifier = self._world.guid()
        body = {"Name": name, "Identifier": identifier, **properties}
        return self._post("Buckets_Post", body, self._folder(folder))

    def process(
        self, name: str, *, folder: str | int | None = None, version: str = "1.0.0", **properties: Json
    ) -> Entity:
        """Add a process, and the package that it runs where the feed does not have it."""
        self.package(name, version)
        body = {"Name": name, "ProcessKey": name, "ProcessVersion": version, **properties}
        return self._post("Releases_Post", body, self._folder(folder))

    def package(self, name: str, version: str = "1.0.0") -> None:
        """Put a package into the feed of processes, unless it is there."""
        key = f"{name}:{version}"
        with self._world.lock, self._world.store.transaction():
            if self._world.store.find("Processes", '"Key" = ? AND "_feed" IS NULL', key):
                return
            row = {"Id": name, "Key": key, "Title": name, "Version": version, "PackageType": "Process"}
            flags = {"IsLatestVersion": True, "IsActive": True}
            self._world.store.insert("Processes", [row | flags])
            storage.put(self._world, "Processes", key, package(name, version), _BINARY)

    def machine(self, name: str, **properties: Json) -> Entity:
        """Add a machine."""
        return self._post("Machines_Post", {"Name": name, **properties}, None)

    def robot(self, name: str, *, folder: str | int | None = None, **properties: Json) -> Entity:
        """Add a robot, Unattended unless told otherwise."""
        body = {"Name": name, "Type": "Unattended", "HostingType": "Standard", **properties}
        return self._post("Robots_Post", body, self._folder(folder))

    def user(self, username: str, **properties: Json) -> Entity:
        """Add a user."""
        body = {"UserName": username, "Name": username, "Surname": username, "Type": "User", **properties}
        return self._post("Users_Post", {"IsActive": True, **body}, None)

    def workspace(self, username: str) -> Entity:
        """Add a personal workspace, and its user where there is none of this name.

        It is a folder with a feed of its own: a package that is uploaded there becomes a process.
        """
        with self._world.lock:
            users = self._world.store.find("Users", '"UserName" = ?', username)
        owner = users[0] if users else self.user(username)
        name = f"{username}'s workspace"
        folder = self.folder(name, FolderType="Personal", FeedType="PersonalWorkspace")
        shown = {"Id": folder["Id"], "Key": folder["Key"], "Name": name, "IsActive": True}
        owned = {"OwnerId": owner["Id"], "OwnerKey": owner["Key"], "OwnerName": username}
        with self._world.lock:
            self._world.store.insert("PersonalWorkspaces", [shown | owned])
        return shown | owned

    def job(
        self, process: str, arguments: Mapping[str, Any] | None = None, *, folder: str | int | None = None
    ) -> Entity:
        """Start one job of a process of the folder; it runs as ``jobs`` of the emulator says."""
        info = {
            "ReleaseName": process,
            "JobsCount": 1,
            "InputArguments": orjson.dumps(arguments or {}).decode(),
        }
        started: Entity = self._post("Jobs_StartJobs", {"startInfo": info}, self._folder(folder))["value"][0]
        return started

    def _asset(self, name: str, value: Entity, folder: str | int | None) -> Entity:
        body = {"Name": name, "ValueScope": "Global", **value}
        return self._post("Assets_Post", body, self._folder(folder))

    def _folder(self, folder: str | int | None) -> int:
        """Find a folder by its path or Id; without either, the only one, which is made in an empty tenant."""
        with self._world.lock:
            rows = self._world.store.find("Folders")
        shared = [row for row in rows if row["FolderType"] != "Personal"]
        if folder is None and not shared:
            return int(self.folder("Shared")["Id"])
        if folder is None and len(shared) == 1:
            return int(shared[0]["Id"])
        chosen = [row["Id"] for row in rows if folder in {row["Id"], row["FullyQualifiedName"]}]
        if not chosen:
            paths = ", ".join(repr(row["FullyQualifiedName"]) for row in rows)
            if not paths:
                raise ValueError(f"There is no folder {folder!r}: add it first, with add.folder({folder!r})")
            wrong = "There are several folders" if folder is None else f"There is no folder {folder!r}"
            raise ValueError(f"{wrong}: name one of {paths}, or add it with add.folder(…)")
        return int(chosen[0])

    def _post(self, operation_id: str, body: Entity, folder: int | None) -> Entity:
        world = self._world
        operation = next(each for each in world.schema.operations if each.id == operation_id)
        content = orjson.dumps({name: value for name, value in body.items() if value is not None})
        call = Call(operation, {}, "", folder, content, "", "", "application/json")
        try:
            with world.lock:
                answer = carry_out(world, call)
        except Refusal as refusal:
            told = refusal.hint or refusal.message
            raise ValueError(f"{operation.name} refuses {body.get('Name', body)!r}: {told}") from refusal
        self._moved()
        return dict(answer.body) if is_object(answer.body) else {}
