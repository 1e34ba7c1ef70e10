"""The tenant's settings that are single objects."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import orjson

from uipath_odata.emulator.answers import Answer, not_found
from uipath_odata.emulator.world import Behaviour, Call, World


def license_of_tenant(world: World, call: Call) -> Answer:
    """Give the licence, its dates in epoch seconds."""
    rows = world.store.rows("SELECT value FROM _singletons WHERE name = 'License'")
    if not rows:
        raise not_found("The license")
    context = f"{call.root}/odata/$metadata#UiPath.Application.Dto.License.LicenseDto"
    return Answer(body={"@odata.context": context} | orjson.loads(rows[0][0]))


BEHAVIOURS: Mapping[str, Behaviour] = MappingProxyType({
    "Settings_GetLicense": license_of_tenant,
})  # fmt: skip
