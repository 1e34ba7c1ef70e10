"""Write a package of operations: a module per entity set, and the class that offers all of them."""

from __future__ import annotations

from collections.abc import Mapping

from uipath_odata.generate.document import Document
from uipath_odata.generate.entity_sets import entity_sets
from uipath_odata.generate.layout import layout
from uipath_odata.generate.naming import snake
from uipath_odata.generate.set_module import set_module
from uipath_odata.generate.sets_package import sets_package

__all__ = ["package"]


def package(document: Document) -> Mapping[str, str]:
    """Give the text of each file of a package of operations by the file's name."""
    decided = layout(document)
    listed = [
        facts for facts in entity_sets(document).values() if "list" in facts.operations and facts.entity
    ]
    modules = {f"{snake(facts.name)}.py": set_module(facts, document, decided) for facts in listed}
    return {"__init__.py": sets_package([facts.name for facts in listed]), **modules}
