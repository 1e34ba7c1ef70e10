"""What a method's docstring says."""

from __future__ import annotations

from typing import Final

from uipath_odata.generate.decide.method import Method

__all__ = ["sentence"]

_SET_SENTENCES: Final = {
    "list": "Give the set as asked with these parameters, which are no options of OData",
    "create": "Create an entity; what is None is not sent",
    "get": "Get one entity by its key",
    "replace": "Replace an entity whole; what is None is not sent",
    "update": "Change exactly what is given, None included, by attributes or by a dict with wire names",
    "delete": "Delete an entity",
}


def sentence(method: Method) -> str:
    """Say in one sentence what the caller gets and what it takes."""
    operation = method.operation
    said = _SET_SENTENCES.get(method.name if method.kind == "call" else method.kind)
    said = said or method.name.strip("_").replace("_", " ").capitalize()
    needs = ["a folder"] if operation.folder_required else []
    needs += [f"the scope {' or '.join(operation.scopes)}"] if operation.scopes else []
    wanted = f" (needs {' and '.join(needs)})" if needs else ""
    return f"{said}{wanted}{', deprecated by UiPath' if operation.deprecated else ''}."
