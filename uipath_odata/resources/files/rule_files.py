"""Business rules, which are a file and what is said of it."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

import attrs

from uipath_odata.calls import answers as answer
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.encode import body_of, json_bytes, replacement_of
from uipath_odata.resources.entity_set import EntitySet
from uipath_odata.resources.files.multipart import with_form
from uipath_odata.resources.resource import require_operation

__all__ = ["RuleFiles"]

E = TypeVar("E", bound=Entity)


class RuleFiles(EntitySet[E]):
    """Business rules that are written with their files."""

    __slots__ = ()

    async def create(self, entity: E | Mapping[str, Any], /, file: str | os.PathLike[str] | bytes) -> E:
        """Add a rule with the file of its first version, from the disk or as bytes, and give the rule (needs a folder and the scope OR.BusinessRules or OR.BusinessRules.Write)."""
        fields = {"businessRule": json_bytes(body_of(entity, self.__entity__))}
        request = with_form(require_operation(self, "create").request({}), file, "rule", fields)
        kind = cast("type[E]", self.__entity__)
        return await self._channel.read(request, functools.partial(answer.result, kind))

    async def replace(
        self,
        key: UUID | str,
        entity: E | Mapping[str, Any],
        /,
        file: str | os.PathLike[str] | bytes | None = None,
    ) -> None:
        """Put a rule in the place of another; a file becomes its next version (needs a folder and the scope OR.BusinessRules or OR.BusinessRules.Write)."""
        fields = {"businessRule": json_bytes({"Id": str(key), **replacement_of(entity, self.__entity__)})}
        request = with_form(require_operation(self, "replace").request({"key": key}), file, "rule", fields)
        # Each file that arrives is a version of its own.
        once = attrs.evolve(request, repeatable=file is None)
        await self._channel.read(once, answer.nothing)
