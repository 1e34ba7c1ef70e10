"""A sequence of requests inside a plan that also has others under way."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Generic, TypeAlias, TypeVar

import attrs

from uipath_odata.paging.plan import Page

__all__ = ["Ask", "Conversation", "Steps"]

T = TypeVar("T")


@attrs.frozen
class Ask:
    """One request: its options, and whether a server may refuse it, which is then received as an empty page."""

    options: Mapping[str, str]
    refusable: bool = False


Steps: TypeAlias = Generator[Ask, Page, T]


@attrs.define(eq=False)
class Conversation(Generic[T]):
    """Steps that have begun; ``ask`` is the next request, None once there is a ``result``."""

    _steps: Steps[T]
    ask: Ask | None = attrs.field(default=None, init=False)
    result: T | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._move(None)

    def answer(self, page: Page) -> bool:
        """Take in the answer; return whether it was the last."""
        self._move(page)
        return self.ask is None

    def _move(self, page: Page | None) -> None:
        try:
            self.ask = next(self._steps) if page is None else self._steps.send(page)
        except StopIteration as end:
            self.ask, self.result = None, end.value
