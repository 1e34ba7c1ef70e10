"""One request to start jobs: arguments, Reference, options, and how many; checked before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypedDict, TypeVar
from uuid import UUID, uuid4

import attrs

from uipath_odata.entities import StartProcess
from uipath_odata.errors import QueryError
from uipath_odata.odata.rows.encode import fields_of
from uipath_odata.workflows.jobs.arguments import Arguments, arguments_text

if TYPE_CHECKING:
    from uipath_odata import entities

__all__ = ["Start", "StartOptions", "inputs_of", "start_of", "starts_of"]

A = TypeVar("A", bound=Arguments | None)

# StartProcessDto of the API.
_LONGEST_REFERENCE: Final = 128
_MOST_AT_ONCE: Final = 1_000


class StartOptions(TypedDict, total=False):
    """What else a start says; each as in ``jobs.start_jobs``."""

    runtime_type: entities.RobotType
    job_priority: entities.JobPriority
    specific_priority_value: int
    run_as_me: bool
    requires_user_interaction: bool
    resume_on_same_context: bool
    environment_variables: str
    entry_point_path: str
    machine_robots: Sequence[entities.MachineRobot | Mapping[str, Any]]
    machine_session_ids: Sequence[int]
    attachments: Sequence[entities.JobAttachment | Mapping[str, Any]]
    parent_operation_id: str
    trace_id: str


def _reference_of(start: Start) -> str:
    return str(uuid4()) if start.given is None else start.given


@attrs.frozen
class Start:
    """One request to start a job, or several with the same arguments."""

    text: str | None
    """The arguments as a JSON text."""
    options: StartOptions
    given: str | None = None
    """The caller's Reference, which others may use, too."""
    count: int = 1
    reference: str = attrs.field(init=False, default=attrs.Factory(_reference_of, takes_self=True))


def start_of(arguments: Arguments | None, reference: str | None, options: StartOptions) -> Start:
    """Return the start of one job; raise QueryError for what Orchestrator would not take."""
    fields_of(StartProcess, options)
    return Start(arguments_text(arguments), options, None if reference is None else _checked(reference))


def inputs_of(inputs: Iterable[A]) -> list[A]:
    """Return the arguments of each job; raise QueryError for what is not a list of them."""
    _check_list(inputs)
    return list(inputs)


def _check_list(inputs: object) -> None:
    kind = type(inputs).__name__
    if not isinstance(inputs, Iterable) or isinstance(inputs, Mapping | str | bytes):
        raise QueryError(
            f"{kind} is not a list of arguments: give one dict for each job, such as [{{}}, {{}}]"
        )


def starts_of(
    inputs: Sequence[A], reference: Callable[[A], str | int | UUID] | None, options: StartOptions
) -> list[tuple[Start, list[int]]]:
    """Return the requests that start a job for each input, each with the places of its inputs.

    Inputs without a Reference of their own that are equal share a request.
    """
    fields_of(StartProcess, options)
    if reference is not None and not callable(reference):
        raise QueryError(f"reference={reference!r} is not a function of the input: give lambda inputs: …")
    texts = [arguments_text(each) for each in inputs]
    if reference is not None:
        names = [_row_reference(reference(each)) for each in inputs]
        return [(Start(texts[at], options, name), [at]) for at, name in enumerate(names)]
    equal: dict[str | None, list[int]] = {}
    for at, text in enumerate(texts):
        equal.setdefault(text, []).append(at)
    return [
        (Start(text, options, count=len(rows)), rows)
        for text, places in equal.items()
        for rows in (places[at : at + _MOST_AT_ONCE] for at in range(0, len(places), _MOST_AT_ONCE))
    ]


def _row_reference(reference: object) -> str:
    is_number = isinstance(reference, int | UUID) and not isinstance(reference, bool)
    return _checked(str(reference) if is_number else reference)


def _checked(reference: object) -> str:
    if not isinstance(reference, str) or not reference.strip():
        raise QueryError(f"{reference!r} is not a Reference: give a text that is not empty")
    if len(reference) > _LONGEST_REFERENCE:
        raise QueryError(
            f"a Reference has at most {_LONGEST_REFERENCE} characters, this one {len(reference)}: shorten it"
        )
    return reference
