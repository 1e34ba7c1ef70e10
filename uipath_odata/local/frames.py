"""Errors without the tracebacks whose variables hold bodies, rows and arguments.

Log services and rich print tracebacks with the values of local variables: a password among them would be printed, too.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Final, ParamSpec, TypeVar

from uipath_odata.errors import OrchestratorError

__all__ = ["HIDDEN", "bare", "hide_frames", "without_frames"]

P = ParamSpec("P")
T = TypeVar("T")
Error = TypeVar("Error", bound=BaseException)

HIDDEN: Final = (OrchestratorError, asyncio.CancelledError, TimeoutError)
"""Those that come to the caller as a matter of course; any other is a mistake, which its frames explain."""


def bare(error: Error) -> Error:
    """Return an error, and those that it hangs on, without frames."""
    each: BaseException | None = error
    seen: set[int] = set()
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        each.__traceback__ = None
        if each.__suppress_context__:
            each.__context__ = None
        each = each.__cause__ or each.__context__
    return error


def without_frames(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Make the errors of an async function come without the frames inside of it."""

    # Not async itself: its own frame would hold the arguments.
    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
        return _awaited(function(*args, **kwargs))

    return call


async def _awaited(call: Coroutine[Any, Any, T]) -> T:
    try:
        return await call
    except HIDDEN as error:
        failure = bare(error)
    raise failure


def hide_frames(cls: type) -> None:
    """Do so for all public async methods that a class has of its own."""
    for name, member in list(vars(cls).items()):
        if not name.startswith("_") and inspect.iscoroutinefunction(member):
            setattr(cls, name, without_frames(member))
