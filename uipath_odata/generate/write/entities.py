"""Write a package of entities."""

from __future__ import annotations

from collections.abc import Mapping

from uipath_odata.generate.decide.package_layout import ENUMS, package_layout
from uipath_odata.generate.read.document import Document
from uipath_odata.generate.write.entity_module import entity_module
from uipath_odata.generate.write.enum_module import enum_module
from uipath_odata.generate.write.lazy_package import lazy_package

__all__ = ["package"]


def package(document: Document) -> Mapping[str, str]:
    """Return the text of each file of a package of entities by the file's name."""
    decided = package_layout(document)
    files = {
        f"{module}.py": entity_module(decided, module) for module in sorted(set(decided.modules.values()))
    }
    return {
        "__init__.py": lazy_package(decided.homes),
        f"{ENUMS}.py": enum_module(decided.aliases.values()),
        **files,
    }
