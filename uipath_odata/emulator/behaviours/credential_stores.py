"""Credential stores: which one is used for what, and what is kept in which."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.records import existing, of_path
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_SET = "CredentialStores"
_RESOURCES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "AssetCredential": ("Assets", "\"ValueType\" IN ('Credential', 'WindowsCredential')"),
    "RobotCredential": ("Robots", "TRUE"),
    "BucketCredential": ("Buckets", "TRUE"),
    "Secrets": ("Assets", "\"ValueType\" = 'Secret'"),
})  # fmt: skip
"""What a store keeps: the set that is meant, and which of its rows."""


@answers("CredentialStores_SetDefaultStoreForResourceTypeById")
def set_default(world: World, call: Call) -> Answer:
    """Let new credentials of a type be kept in a store."""
    chosen, kind = of_path(world, call), _kind(body_of(world, call)["resourceType"])
    for store in world.store.find(_SET):
        kept = [each for each in _defaults(store) if each["ResourceType"] != kind]
        if store["Id"] == chosen["Id"]:
            kept.append({"ResourceType": kind, "Id": store["Id"]})
        world.store.change(_SET, store["Id"], {"DefaultCredentialStores": orjson.dumps(kept).decode()})
    return Answer()


@answers("CredentialStores_GetDefaultStoreForResourceTypeByResourcetype")
def default(world: World, call: Call) -> Answer:
    """Return the Id of the store for a type: the one that was set, or the first."""
    kind, stores = _kind(call.arguments["resourceType"]), world.store.find(_SET, 'TRUE ORDER BY "Id"')
    chosen = [store for store in stores if any(each["ResourceType"] == kind for each in _defaults(store))]
    if not stores:
        raise not_found("A credential store")
    return documents.value(call, "Edm.Int64", (chosen or stores)[0]["Id"])


@answers("CredentialStores_GetAvailableCredentialStoreTypes")
def types(world: World, call: Call) -> Answer:
    """Return the kinds of stores: Orchestrator's own database, and those that the tenant has."""
    known = {"Database", *(store["Type"] for store in world.store.find(_SET) if store["Type"])}
    return documents.value(call, "Collection(Edm.String)", sorted(known))


@answers("CredentialStores_GetResourcesForCredentialStoreTypesByKeyAndResourcetype")
def resources(world: World, call: Call) -> Answer:
    """List what is kept in a store."""
    store = existing(world, _SET, int(call.arguments["key"]))
    rows = [
        {"Name": row["Name"], "Type": kind, "Id": row["Id"]}
        for kind, row in _kept_in(world, store, call.arguments["resourceType"])
    ]
    return documents.listing(world, call, "CredentialStoreResourceDto", rows)


@answers("CredentialStores_GetResourcesForCredentialsProxyResourceTypes")
def resources_of_proxy(world: World, call: Call) -> Answer:
    """List what is kept in the stores that a proxy leads to."""
    rows = [
        {
            "Name": row["Name"],
            "Type": kind,
            "CredentialStoreId": store["Id"],
            "CredentialStoreName": store["Name"],
            "Id": row["Id"],
        }
        for store in world.store.find(_SET, '"ProxyId" = ?', int(call.arguments["key"]))
        for kind, row in _kept_in(world, store, call.arguments["resourceType"])
    ]
    return documents.listing(world, call, "CredentialsProxyResourceDto", rows)


def _kept_in(world: World, store: Row, resource_type: str) -> list[tuple[str, Row]]:
    kind = _kind(resource_type)
    set_name, condition = _RESOURCES[kind]
    found = world.store.find(set_name, f'"CredentialStoreId" = ? AND {condition} ORDER BY "Id"', store["Id"])
    return [(kind, row) for row in found]


def _kind(name: str) -> str:
    by_lower_case = {kind.lower(): kind for kind in _RESOURCES}
    if name.lower() not in by_lower_case:
        raise Refusal(f"{name} is not a type of resource: {', '.join(_RESOURCES)}.", INVALID_ARGUMENT)
    return by_lower_case[name.lower()]


def _defaults(store: Row) -> list[dict[str, Any]]:
    known: list[dict[str, Any]] = orjson.loads(store["DefaultCredentialStores"] or "[]")
    return [each for each in known if each.get("ResourceType")]
