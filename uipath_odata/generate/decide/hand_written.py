"""Classes that people wrote, which generated ones are built on."""

from __future__ import annotations

from typing import Final

import attrs

__all__ = ["HandWritten", "hand_written"]


@attrs.frozen
class HandWritten:
    """A class, and the operations whose methods it has; of these only the facts are generated."""

    name: str
    operations: frozenset[str] = frozenset()
    """By their names in titles: ``DownloadPackage``."""


_NOTHING: Final = HandWritten("EntitySet")
_PACKAGES: Final = HandWritten("PackageFiles", frozenset({"DownloadPackage", "UploadPackage"}))
_BY_OWNER: Final = {
    "Buckets": HandWritten("BucketFiles"),
    "BusinessRules": HandWritten("RuleFiles", frozenset({"create", "replace"})),
    "Libraries": _PACKAGES,
    "Processes": _PACKAGES,
}


def hand_written(owner: str) -> HandWritten:
    """Give what the class of an entity set is built on."""
    return _BY_OWNER.get(owner, _NOTHING)
