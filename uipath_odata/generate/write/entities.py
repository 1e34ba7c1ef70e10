"""Write a package of entities and one of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from uipath_odata.generate.decide.modules import ENTITIES, EVENTS
from uipath_odata.generate.decide.package_layout import ENUMS, PackageLayout, package_layout
from uipath_odata.generate.read.document import Document
from uipath_odata.generate.write.entity_module import entity_module
from uipath_odata.generate.write.enum_module import enum_module
from uipath_odata.generate.write.lazy_package import lazy_package

__all__ = ["packages"]

_ABOUT: Final = {
    ENTITIES: "Orchestrator's entities and enums, each imported when it is first used.",
    EVENTS: "What Orchestrator's webhooks send, each kind of event imported when it is first used.",
}


def packages(document: Document) -> Mapping[str, Mapping[str, str]]:
    """Return the text of each file by the package's and the file's name; there may be no events."""
    layout = package_layout(document)
    found = {home.package for home in layout.homes.values()}
    return {package: _package(layout, package) for package in sorted(found)}


def _package(layout: PackageLayout, package: str) -> Mapping[str, str]:
    homes = {name: home.module for name, home in layout.homes.items() if home.package == package}
    schemas = {home for home in layout.modules.values() if home.package == package}
    aliases = [alias for alias in layout.aliases.values() if alias.name in homes]
    enums = {f"{ENUMS}.py": enum_module(aliases)} if aliases else {}
    classes = {f"{home.module}.py": entity_module(layout, home) for home in sorted(schemas)}
    return {"__init__.py": lazy_package(_ABOUT[package], homes), **enums, **classes}
