"""The hand-written classes that generated ones inherit."""

from __future__ import annotations

from typing import Final

import attrs

__all__ = ["BaseClass", "base_class"]


@attrs.frozen
class BaseClass:
    """A class, and the operations for which it already has methods: for these only the constants are generated."""

    name: str
    operations: frozenset[str] = frozenset()
    """By the second part of their titles: ``DownloadPackage``."""


_NOTHING: Final = BaseClass("EntitySet")
_PACKAGES: Final = BaseClass("PackageFiles", frozenset({"DownloadPackage", "UploadPackage"}))
_BY_OWNER: Final = {
    "Attachments": BaseClass("AttachmentFiles"),
    "Buckets": BaseClass("BucketFiles"),
    "BusinessRules": BaseClass("RuleFiles", frozenset({"create", "replace"})),
    "Libraries": _PACKAGES,
    "Processes": _PACKAGES,
}


def base_class(owner: str) -> BaseClass:
    """Return the class that the class of an entity set or tag inherits."""
    return _BY_OWNER.get(owner, _NOTHING)
