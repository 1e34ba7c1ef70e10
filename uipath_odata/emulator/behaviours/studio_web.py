"""What Studio Web and UiPath's tools ask when they see a tenant for the first time."""

from __future__ import annotations

from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.world import Call, World


@answers("StudioWeb_TryEnableFirstRun", "StudioWeb_AcquireLicense")
def accept(_: World, __: Call) -> Answer:
    """Accept what changes nothing here: the tenant is ready, and licences are not counted."""
    return Answer()
