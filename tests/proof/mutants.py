"""Put faults into the evidence code and see whether the search finds them.

``python -m tests.proof.mutants [MODULE…]`` changes one thing at a time, prints each mutant that lives and a line for
each module; ``--every N`` takes every Nth. ``--put-back`` puts back the faults that the code had once, each to be found
within the search's quick size. A mutant runs in a process of its own, by an import hook: no file is changed.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import os
import select
import sys
from pathlib import Path

import aiohttp.web  # noqa: F401 - loaded once, before the processes part
import attrs
import pytest

from tests.transport import mutants as single

from .put_back import FAULTS

PACKAGE = single.PACKAGE
TESTS = Path(__file__).parents[1]
WORLDS = 3_000
_FIRST = 300  # worlds, before the module's own tests
_SECONDS = 400

_FOLDERS = ("keyset", "offset", "split", "window", "window/ties")
# The evidence code, and the tests of each module beside the search.
EVIDENCE = {
    f"paging/{folder}/{path.stem}": f"paging/{folder.partition('/')[0]}"
    for folder in _FOLDERS
    for path in sorted((PACKAGE / "paging" / folder).glob("[a-z]*.py"))
}


def find(seeds):
    """Say what the search finds among these worlds: a fault, or too many readings that are refused; None: nothing."""
    from .search import search  # noqa: PLC0415 - it loads what is changed

    ordinary = refused = 0
    for first in range(seeds.start, seeds.stop, 50):
        tally = asyncio.run(search(range(first, min(first + 50, seeds.stop))))
        if tally.faults:
            seed, fault = tally.faults[0]
            return f"seed {seed}: {fault}"
        ordinary, refused = ordinary + tally.ordinary, refused + len(tally.refused)
        if refused > 3 + ordinary / 50:
            return f"{refused} of {ordinary} honest lists are refused"
    return None


def notice(tests):
    """Say who notices: the search, or the tests of a folder; None: nobody."""
    found = find(range(_FIRST))
    if found is None and pytest.main(
        ["-x", "-q", "--no-header", "--tb=no", "--assert=plain", str(TESTS / tests)]
    ):
        return f"tests/{tests}"
    return found or find(range(_FIRST, WORLDS))


def in_a_process(trees, look):
    """Call ``look`` in a process whose modules have these trees; give what it says, None for nothing."""
    output, inlet = os.pipe()
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        for module, tree in trees.items():
            name = f"uipath_odata.{module.replace('/', '.')}"
            sys.meta_path.insert(0, type("Changed", (single._Finder,), {"name": name, "tree": tree}))
        try:
            said = look()
        except BaseException as error:  # noqa: BLE001 - what does not run is noticed
            said = f"does not run: {error!r}"
        os.write(inlet, (said or "").encode()[:1_000])
        os._exit(0)
    os.close(inlet)
    return _said(child, output)


def _said(child, output):
    try:
        in_time = bool(select.select([output], [], [], _SECONDS)[0])
        said = os.read(output, 1_000).decode() if in_time else f"does not end in {_SECONDS} seconds"
    finally:
        os.close(output)
    if not in_time:
        os.kill(child, 9)
    os.waitpid(child, 0)
    return said or None


@attrs.define
class Score:
    """How many mutants there were, and who noticed them."""

    made: int = 0
    by_search: int = 0
    by_tests: int = 0

    def add(self, said):
        self.made += 1
        by_tests = said is not None and said.startswith("tests/")
        self.by_tests += by_tests
        self.by_search += said is not None and not by_tests

    def __str__(self):
        dead = self.by_search + self.by_tests
        share = 100 * dead / max(1, self.made)
        return f"{self.made} | {self.by_search} | {self.by_tests} | {share:.1f} %"


def report(module, every):
    """Print the mutants of a module that live, and its line of the table."""
    source = (PACKAGE / f"{module}.py").read_text("utf-8")
    score = Score()
    for number, mutant in enumerate(single.mutants(source)):
        if number % every:
            continue
        said = in_a_process({module: mutant.tree}, lambda: notice(EVIDENCE[module]))
        score.add(said)
        if said is None:
            _say(f"  {module}.py:{mutant.line}: {mutant.change}")
    _say(f"| {module}.py | {score} |")
    return score


def put_back():
    """Print for each fault that the code had once what finds it when it is put back."""
    found = True
    for fault in FAULTS:
        trees = {module: ast.parse(_changed(module, changes)) for module, changes in fault.changes.items()}
        said = in_a_process(trees, lambda: find(range(WORLDS)))
        _say(f"| {fault.name} | {said or 'NOT FOUND'} |")
        found = found and said is not None
    return found


def _changed(module, changes):
    source = (PACKAGE / f"{module}.py").read_text("utf-8")
    for old, new in changes:
        assert source.count(old) == 1, f"{module}.py has changed: {old!r} is there {source.count(old)} times"
        source = source.replace(old, new)
    return source


def _say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--put-back", action="store_true")
    asked = parser.parse_args()
    if said := in_a_process({}, lambda: find(range(WORLDS))):
        return f"the search finds a fault without any change: {said}"
    if asked.put_back:
        return 0 if put_back() else 1
    scores = [report(module, asked.every) for module in asked.modules or EVIDENCE]
    total = Score(*(sum(each) for each in zip(*map(attrs.astuple, scores), strict=True)))
    _say(f"| all | {total} |")
    return 0


if __name__ == "__main__":
    os.chdir(TESTS.parent)
    sys.exit(main())
