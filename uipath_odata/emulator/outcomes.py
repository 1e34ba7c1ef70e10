"""How a job ends, as ``on_start`` says: ``Emulator(on_start=lambda job: Faulted("no robot"))``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs


@attrs.frozen
class Done:
    """The job ends Successful with this output; ``None``: with its input."""

    output: Mapping[str, Any] | None = None


@attrs.frozen
class Faulted:
    """The job ends Faulted with this text in ``Info``."""

    message: str


@attrs.frozen
class Suspended:
    """The job is suspended until it is resumed; then ``on_start`` is asked again."""


Outcome: TypeAlias = Done | Faulted | Suspended
OnStart: TypeAlias = Callable[[Mapping[str, Any]], Outcome | None]
"""Takes the job as Orchestrator shows it, when it starts to run; None: it ends as its process does otherwise."""
