"""Read many worlds and say what was wrong: ``python -m tests.proof.search --worlds 0:200000 --log FILE``.

The log holds a line for each slice that was read: the same command again resumes after them. ``--trace SEED`` shows
each answer of one world, and with ``--shrink`` of the plainest world that shows the same fault.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

import attrs

from .judge import judge
from .reading import read
from .shrink import shrunk
from .wire import wire
from .worlds.world import World

__all__ = ["Tally", "is_wired", "search"]

_SLICE = 1_000


@attrs.define
class Tally:
    """What many worlds came to."""

    worlds: int = 0
    rows: int = 0
    requests: int = 0
    plans: Counter = attrs.field(factory=Counter)
    ends: Counter = attrs.field(factory=Counter)
    ordinary: int = 0
    """Exact readings of honest worlds whose ties fit a page."""
    refused: list = attrs.field(factory=list)
    """The seeds of those that were not proven."""
    faults: list = attrs.field(factory=list)
    """Seeds, and what was wrong."""

    def add(self, verdict):
        reading, world = verdict.reading, verdict.reading.world
        history = reading.server.history
        self.worlds += 1
        self.rows += len(reading.tokens)
        self.requests += history.moment
        self.plans[reading.plan or "none ended"] += 1
        end = type(reading.error).__name__ if reading.error else "proven" if reading.proven else "not proven"
        self.ends[f"{'honest' if world.honest else 'lying'}: {end}"] += 1
        self.faults += [(world.seed, fault) for fault in verdict.faults]
        if world.ordinary and world.question.provable(world.table):
            surely, _ = world.question.matching(world, reading.newest)
            fits = world.fits_pages(history, surely)
            self.ordinary += fits
            self.refused += [world.seed] if fits and verdict.refused else []

    def __iadd__(self, other):
        for name in ("worlds", "rows", "requests", "plans", "ends", "ordinary", "refused", "faults"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


async def search(seeds):
    """Read the worlds of these seeds, one in ten over real HTTP."""
    tally = Tally()
    async with wire() as http:
        for seed in seeds:
            tally.add(judge(await _read(World.make(seed), http)))
    return tally


def is_wired(world):
    """Tell whether a world is read over HTTP: one in ten."""
    return world.seed % 10 == 9


async def _read(world, http):
    return await (http.read if is_wired(world) else read)(world)


async def _verdict_of(seed, *, shrink):
    world = World.make(seed)
    if shrink:
        return await shrunk(world)
    async with wire() as http:
        return judge(await _read(world, http))


def _say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _show(verdict):
    reading = verdict.reading
    _say(reading.world)
    for number, (options, facts, count) in enumerate(reading.server.trace, 1):
        asked = " ".join(f"{name}={value}" for name, value in options.items())
        rows = " ".join(f"{fact.token.removeprefix('row ')}@{fact.key}" for fact in facts)
        _say(f"{number}: {asked} -> [{rows}] count {count}")
    facts = reading.server.history.facts
    _say(
        "came and went:",
        {each.token: (each.born, each.died) for each in facts if each.born or each.died < 10**9},
    )
    _say("hidden:", [each.token for each in facts if each.hidden])
    _say("gave:", *(each.removeprefix("row ") for each in reading.tokens))
    _say(repr(reading.error) if reading.error else reading.reports[-1])
    _say(verdict)
    return bool(verdict.faults)


def _options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", default="0:3000", metavar="A:B", type=_seeds)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--trace", type=int, metavar="SEED")
    parser.add_argument("--shrink", action="store_true")
    return parser.parse_args()


def _seeds(text):
    return range(*map(int, text.split(":")))


def _logged(log):
    """Give what a log holds: the tally of each slice."""
    lines = log.read_text("utf-8").splitlines() if log is not None and log.exists() else []
    for line in lines:
        tally = json.loads(line)
        seeds = range(*tally.pop("seeds"))
        yield seeds, Tally(**{**tally, "plans": Counter(tally["plans"]), "ends": Counter(tally["ends"])})


def _read_slice(seeds, log):
    tally = asyncio.run(search(seeds))
    if log is not None:
        with log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"seeds": (seeds.start, seeds.stop), **attrs.asdict(tally)}) + "\n")
    return tally


def main():
    asked = _options()
    if asked.trace is not None:
        return _show(asyncio.run(_verdict_of(asked.trace, shrink=asked.shrink)))
    total, known = Tally(), dict(_logged(asked.log))
    for first in range(asked.worlds.start, asked.worlds.stop, _SLICE):
        seeds = range(first, min(first + _SLICE, asked.worlds.stop))
        tally = known[seeds] if seeds in known else _read_slice(seeds, asked.log)
        for seed, fault in tally.faults:
            _say(f"{seed}: {fault}")
        total += tally
    for name, value in attrs.asdict(total).items():
        _say(f"{name}:", value if name != "faults" else len(value))
    return bool(total.faults)


if __name__ == "__main__":
    sys.exit(main())
