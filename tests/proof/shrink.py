"""Make a world that was read wrongly as plain as it can be, so that a person sees why."""

from __future__ import annotations

import time

import attrs

from .judge import judge
from .reading import read
from .worlds.churn import Churn
from .worlds.filters import Semantics
from .worlds.honesty import Caps, Counts, Lies, Replicas, Support

__all__ = ["shrunk"]

_LIVES = 6  # other chances that a plainer world gets to show the same fault


async def shrunk(world, seconds=30):
    """Give the plainest world that is found in time and shows a fault of the same kind, by its verdict."""
    until = time.monotonic() + seconds
    best = judge(await read(world))
    kind = _kind(best)
    again = True
    while again:
        again = False
        for plainer in _plainer(best.reading.world):
            if time.monotonic() > until:
                return best
            if (found := await _shows(plainer, kind)) is not None:
                best, again = found, True
                break
    return best


def _kind(verdict):
    return verdict.faults[0].partition(":")[0] if verdict.faults else None


async def _shows(world, kind):
    for life in range(_LIVES):
        verdict = judge(await read(attrs.evolve(world, seed=life or world.seed)))
        if _kind(verdict) == kind:
            return verdict
    return None


def _plainer(world):
    """Give the worlds that are plainer in one way, those with fewer rows first."""
    yield from _with_fewer_rows(world)
    for name, plain in _PLAIN.items():
        if getattr(world, name) != plain:
            yield attrs.evolve(world, **{name: plain})
    semantics = Semantics(kinds=world.table.kinds)
    if world.semantics != semantics:
        yield attrs.evolve(world, semantics=semantics)
    for name in ("churn", "lies", "question", "counts", "shape"):
        for part in _with_usual_fields(getattr(world, name)):
            yield attrs.evolve(world, **{name: part})
    for workers in range(1, min(3, world.question.workers)):
        yield attrs.evolve(world, question=attrs.evolve(world.question, workers=workers))


_PLAIN = {
    "churn": Churn(),
    "replicas": Replicas(),
    "caps": Caps(),
    "counts": Counts(),
    "support": Support(),
    "lies": Lies(),
}
_KEPT = {"sizes", "step", "near", "exact", "cap", "workers", "age"}


def _with_fewer_rows(world):
    shape = world.shape
    sizes = shape.sizes
    for part in (len(sizes) // 2, len(sizes) // 4, 1):
        if 0 < part < len(sizes):
            yield attrs.evolve(world, shape=attrs.evolve(shape, sizes=sizes[:-part]))
            yield attrs.evolve(world, shape=attrs.evolve(shape, sizes=sizes[part:]))
    for number, size in enumerate(sizes):
        if size > 1:
            yield attrs.evolve(
                world, shape=attrs.evolve(shape, sizes=(*sizes[:number], size // 2, *sizes[number + 1 :]))
            )
    if len(shape.step) > 1:
        yield attrs.evolve(world, shape=attrs.evolve(shape, step=shape.step[:1]))


def _with_usual_fields(part):
    for field in attrs.fields(type(part)):
        usual = field.default
        if (
            field.name not in _KEPT
            and not isinstance(usual, attrs.Factory)
            and getattr(part, field.name) != usual
        ):
            yield attrs.evolve(part, **{field.name: usual})
