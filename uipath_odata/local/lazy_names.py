"""Packages that import a module when one of its names is first used (PEP 562)."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package whose names are in these of its modules."""

    def attribute(name: str) -> Any:
        if name not in homes:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}: see dir({package}) for what there is"
            )
        return getattr(importlib.import_module(f"{package}.{homes[name]}"), name)

    return attribute
