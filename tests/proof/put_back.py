"""Faults that the code had once, as changes of its text of today; the search must find each when it is put back.

``python -m tests.proof.put_back`` reads worlds until one shows the fault, up to the search's quick size, and ``--quick`` only
the world that is known to show it. Each fault runs in a process of its own, by an import hook: no file is changed.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import os
import select
import sys

import attrs

from tests.transport import mutants as single

__all__ = ["FAULTS", "WORLDS"]

WORLDS = 3_000
_SECONDS = 600


@attrs.frozen
class Fault:
    """A fault, the changes that put it back, and the first world that shows it."""

    name: str
    seed: int
    changes: dict
    """By module: pairs of what is there and what stood there."""


def _fault(name, seed, **changes):
    """Name modules of paging with ``__`` for ``/``."""
    return Fault(
        name, seed, {f"paging/{module.replace('__', '/')}": pairs for module, pairs in changes.items()}
    )


_RANK_OF_LOGS = """\
        request = WindowRequest(after=self.after, top=1, skip=len(look.rows))
        behind = self.profile.rows_of(request, (yield request))
        if not behind or behind[0][0] >= self._end:
            return True
        self.was_needed = True
"""
_RANK_OF_ITEMS = """\
    first = yield Ask(requests.page(key - 1, key))
    behind = yield Ask({**requests.page(key - 1, key), "$skip": str(len(first.rows)), "$top": "1"})
    if not behind.rows:
        return EqualRows(first.rows, "by_later_bucket")
    return EqualRows((yield from _by_folder(requests, keys, key)))
"""
_BEFORE_THE_REFUSAL = (
    '        start = f" from the Id {self.keys.id_of(segment.lo + 1)}" if segment.lo > LOWEST'
)

FAULTS = (
    _fault(
        "1: the row after a page of one tie says that the tie ends there (logs)",
        2808,
        window__ties__tie_split=[("        self.was_needed = True\n", _RANK_OF_LOGS)],
    ),
    _fault(
        "1: the row after a page of one Id says that the Id ends there (queue items)",
        996,
        keyset__equal_ids=[
            ("    return EqualRows((yield from _by_folder(requests, keys, key)))\n", _RANK_OF_ITEMS)
        ],
    ),
    _fault(
        "2: logs that are counted and not found are noted",
        235,
        window__section_count=[
            (
                "        elif counted > _rows_of(run):\n            raise NotProven(\n",
                "        elif counted > _rows_of(run):\n            self.profile.note(\n",
            ),
        ],
        # The counts of answers would show it all the same.
        window__closing=[("        if counted > shown:\n", "        if False:\n")],
    ),
    _fault(
        "2: rows that are counted and not found are noted (Ids)",
        15,
        keyset__last_count=[(_BEFORE_THE_REFUSAL, "        return 0\n" + _BEFORE_THE_REFUSAL)],
    ),
    _fault(
        "3: the largest Id is smaller than one that was seen, and bounds the list",
        267,
        keyset__bound=[
            (
                "        if found and found[-1] >= seen:\n            falling.read(page.rows)\n",
                "        if found:\n",
            ),
        ],
        keyset__requests=[("min(self.page_size, _WITNESSES)", "1")],
    ),
    _fault(
        "4: a row that two parts of a list give is given twice",
        152,
        split__plan=[("        if not self.membership.overlap:\n", "        if True:\n")],
    ),
    _fault(
        "5: an Id twice in one answer is taken",
        371,
        keyset__keys=[("            if same and is_again:\n", "            if False:\n")],
    ),
    _fault(
        "6: a page's own count ends a list, and proves it (logs)",
        1725,
        window__interval_scan=[
            ('profile.prove("none", "one short page', 'profile.prove("by_count", "one short page')
        ],
        # A second rule, which came since, would hold the reading for unproven all the same.
        window__plan=[
            (
                "if proof.kind in _BY_ORDER and not profile.honours_order and profile.answers:",
                "if False:",
            )
        ],
    ),
    _fault(
        "6: a page's own count ends a list, and proves it (Ids)",
        863,
        keyset__scan=[('evidence.weaken("none", _SHORT)', 'evidence.weaken("by_count", _SHORT)')],
    ),
    _fault(
        "6: a page's own count, or one that ends where the pages do, proves a list of one bucket (logs)",
        688,
        window__bound=[("        return page.count == number and not more\n", "        return True\n")],
    ),
    _fault(
        "6: the same of one Id (queue items)",
        1029,
        keyset__bound=[("    return after.count == rows and not after.rows\n", "    return True\n")],
    ),
    Fault(
        "7: an answer on an idle connection is the next request's",
        199,
        {
            "transport/connector": [
                (
                    "    return isinstance(protocol, _Quiet) and protocol.is_clean\n",
                    "    return True\n",
                ),
                ("        self._factory: Any = functools.partial(_Quiet, loop=self._loop)\n", ""),
            ]
        },
    ),
    _fault(
        "8: a filter of logs that is ignored is followed a millisecond at a time",
        1200,
        window__server_profile=[("if rows and rows[0][0] < request.after - self.unit:", "if False:")],
        window__interval_scan=[("if self._asked_tail > _TRIES:", "if False:")],
    ),
    _fault(
        "8: a filter of Ids that is ignored",
        122,
        keyset__keys=[("if keys and (min(keys) <= lo or max(keys) > hi):", "if False:")],
    ),
)


def _find(seeds):
    """Say what the search finds among these worlds; None: nothing."""
    from .search import search  # noqa: PLC0415 - it loads what is changed

    for seed in seeds:
        if faults := asyncio.run(search([seed])).faults:
            return f"seed {seed}: {faults[0][1]}"
    return None


def _in_a_process(changes, look):
    """Call ``look`` in a process whose modules are changed; give what it says, None for nothing."""
    trees = {module: ast.parse(_changed(module, pairs)) for module, pairs in changes.items()}
    output, inlet = os.pipe()
    child = os.fork()
    if child == 0:
        for module, tree in trees.items():
            name = f"uipath_odata.{module.replace('/', '.')}"
            sys.meta_path.insert(0, type("Changed", (single._Finder,), {"name": name, "tree": tree}))
        try:
            said = look()
        except BaseException as error:  # noqa: BLE001 - what does not run is found
            said = f"does not run: {error!r}"
        os.write(inlet, (said or "").encode()[:1_000])
        os._exit(0)
    os.close(inlet)
    return _said(child, output)


def _said(child, output):
    in_time = bool(select.select([output], [], [], _SECONDS)[0])
    said = os.read(output, 1_000).decode() if in_time else f"does not end in {_SECONDS} seconds"
    os.close(output)
    if not in_time:
        os.kill(child, 9)
    os.waitpid(child, 0)
    return said or None


def _changed(module, changes):
    source = (single.PACKAGE / f"{module}.py").read_text("utf-8")
    for old, new in changes:
        assert source.count(old) == 1, f"{module}.py has changed: {old!r} is there {source.count(old)} times"
        source = source.replace(old, new)
    return source


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    known = [fault.seed for fault in FAULTS]
    if said := _in_a_process({}, lambda: _find(known)):
        return f"the search finds a fault without any change: {said}"
    found = True
    for fault in FAULTS:
        seeds = [fault.seed] if quick else range(WORLDS)
        said = _in_a_process(fault.changes, lambda seeds=seeds: _find(seeds))
        sys.stdout.write(f"| {fault.name} | {said or 'NOT FOUND'} |\n")
        sys.stdout.flush()
        found = found and said is not None and "does not run" not in said
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
