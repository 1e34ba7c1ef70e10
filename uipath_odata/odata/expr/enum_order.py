"""How servers compare enums that have an order: by the quoted number of a member, or by its name."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["EnumOrder"]

EnumOrder: TypeAlias = Literal["number", "name"]
