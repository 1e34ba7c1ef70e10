"""Change one thing at a time in the evidence code, and see whether a test or a world notices.

``python -m tests.proof.mutants [MODULE…]`` prints each mutant that lives and a line for each module; ``--every N`` takes
every Nth, from ``--first``. A mutant is held against the quick tests and the worlds that run its line, the fastest first;
one that lives is held against the rest of the search's quick size. Each lives in a process of its own; no file is changed.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import os
import pickle
import re
import resource
import signal
import sys
import time
import types
from pathlib import Path

import attrs
import coverage
import pytest

from tests.transport import mutants as single

PACKAGE = single.PACKAGE
TESTS = Path(__file__).parents[1]
WORLDS = 3_000
_TRACED = 300  # worlds whose lines are known
_SECONDS = 90  # of a processor, for one mutant
_SLOW = "next_link or churn or size or worlds or cost or wire or burst or stray"

# What shows that a reading is complete, or refuses to say so. Who reads what next, and how it is handed out, is not here.
EVIDENCE = tuple(
    f"paging/{module}"
    for module in (
        "keyset/bound",
        "keyset/coverage",
        "keyset/equal_ids",
        "keyset/evidence",
        "keyset/keys",
        "keyset/last_count",
        "keyset/scan",
        "offset/evidence",
        "window/bound",
        "window/closing",
        "window/interval_scan",
        "window/section_count",
        "window/server_profile",
        "window/timestamps",
        "window/ties/copies",
        "window/ties/counts",
        "window/ties/fits",
        "window/ties/sandwich",
        "window/ties/tie_group",
        "window/ties/tie_split",
    )
)


@attrs.frozen
class Check:
    """A test or a world, how long it takes, and the lines of the package that it runs."""

    name: str
    run: object
    seconds: float = 0.0
    lines: frozenset = frozenset()


class _Mutants:
    """Takes the place of pytest's own loop, once the tests are collected."""

    def __init__(self, asked):
        self.asked = asked

    def pytest_runtestloop(self, session):
        checks = [Check(item.nodeid, _runner(item, session)) for item in session.items]
        checks += [Check(f"seed {seed}", _world(seed)) for seed in range(_TRACED)]
        found = _known(checks, self.asked.known)
        known = sorted(
            (attrs.evolve(each, seconds=found[each.name][0], lines=found[each.name][1]) for each in checks),
            key=lambda each: each.seconds,
        )
        scores = [_report(module, known, self.asked) for module in self.asked.modules or EVIDENCE]
        made, dead = (sum(each) for each in zip(*scores, strict=True))
        _say(f"| all | {made} | {dead} | {100 * dead / max(1, made):.1f} % |")
        return True


def _runner(item, session):
    def run():
        session.testsfailed = 0
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        return not session.testsfailed

    return run


def _world(seed):
    def run():
        from .search import search  # noqa: PLC0415 - it loads what is changed

        tally = asyncio.run(search([seed]))
        return not (tally.faults or (tally.refused and seed not in _REFUSED))

    return run


# Worlds that are refused although their ties fit a page: a row was deleted while another one came late.
_REFUSED = frozenset({})


def _known(checks, log):
    """Measure the checks, or take what was measured before."""
    known = pickle.loads(log.read_bytes()) if log and log.exists() else {}
    unknown = [each for each in checks if each.name not in known]
    new = _in_a_process(lambda: _measured(unknown)) if unknown else {}
    if isinstance(new, str):
        sys.exit(new)
    known |= new
    if log:
        log.write_bytes(pickle.dumps(known))
    return known


def _measured(checks):
    """Run each check once, and give its seconds and lines; nobody may fail without a change."""
    traced = coverage.Coverage(data_file=None, include=[f"{PACKAGE}/paging/*"], config_file=False)
    seconds = {}
    traced.start()
    for each in checks:
        traced.switch_context(each.name)
        began = time.process_time()
        if not each.run():
            raise AssertionError(f"{each.name} fails without any change")
        seconds[each.name] = time.process_time() - began
    traced.stop()
    lines = {each.name: set() for each in checks}
    for path in traced.get_data().measured_files():
        for line, names in traced.get_data().contexts_by_lineno(path).items():
            for name in names:
                lines.get(name, set()).add((path, line))
    return {name: (took, frozenset(lines[name])) for name, took in seconds.items()}


def _report(module, checks, asked):
    path = PACKAGE / f"{module}.py"
    made = dead = 0
    text = path.read_text("utf-8")
    for number, mutant in enumerate(each for each in single.mutants(text) if not _is_equivalent(each, text)):
        if (number - asked.first) % asked.every:
            continue
        said = _in_a_process(lambda mutant=mutant: _notice(module, mutant, checks, asked.worlds))
        made, dead = made + 1, dead + (said is not None)
        if said is None:
            _say(f"  {module}.py:{mutant.line}: {mutant.change}")
        elif asked.verbose:
            _say(f"    {module}.py:{mutant.line}: {mutant.change}: {said}")
    _say(f"| {module}.py | {made} | {dead} | {100 * dead / max(1, made):.1f} % |")
    return made, dead


def _is_equivalent(mutant, text):
    """Tell whether only what a class takes in its call is changed, or None is returned in the place of False."""
    line = text.splitlines()[mutant.line - 1].strip()
    is_declared = mutant.change == "False to True" and "init=False" in line
    return is_declared or (mutant.change == "None returned" and line == "return False")


def _notice(module, mutant, checks, worlds):
    """Say who notices a mutant; None: nobody."""
    lines = _change(sys.modules[f"uipath_odata.{module.replace('/', '.')}"], mutant)
    touched = [each for each in checks if lines & each.lines]
    for each in touched:
        signal.alarm(30 + int(30 * each.seconds))  # a reading that waits for nothing is noticed, too
        if not each.run():
            return each.name
    signal.alarm(0)
    if any(each.name.startswith("seed") for each in touched):
        for seed in range(_TRACED, worlds):
            if not _world(seed)():
                return f"seed {seed}"
    return None


def _change(module, mutant):
    """Put a mutant in the place of what is loaded; give the lines, by file, that show what it changes."""
    names = {"__name__": module.__name__, "__file__": module.__file__, "__package__": module.__package__}
    exec(compile(mutant.tree, module.__file__, "exec"), names)
    statement, is_inside = _statement(mutant)
    for name, new in names.items():
        _put(vars(module).get(name), new, module, declares=not is_inside)
    if is_inside:
        return {(module.__file__, line) for line in range(statement.lineno, statement.end_lineno + 1)}
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    if statement in mutant.tree.body:
        _bind(target.id, vars(module)[target.id], names[target.id])
    word = re.compile(rf"\b{target.id}\b")
    return {
        (str(path), number)
        for path in (PACKAGE / "paging").rglob("*.py")
        for number, text in enumerate(path.read_text("utf-8").splitlines(), 1)
        if word.search(text)
    }


def _statement(mutant):
    """Give the innermost statement that holds the change, and whether it is in a function."""
    inside = [
        each
        for each in ast.walk(mutant.tree)
        if isinstance(each, ast.stmt) and each.lineno <= mutant.line <= each.end_lineno
    ]
    functions = [each for each in inside if isinstance(each, ast.FunctionDef)]
    return min(inside, key=lambda each: each.end_lineno - each.lineno), bool(functions)


def _bind(name, old, new):
    for each in [*sys.modules.values()]:
        if getattr(each, "__name__", "").startswith("uipath_odata.") and vars(each).get(name) is old:
            setattr(each, name, new)


def _put(old, new, module, *, declares):
    if old is new or getattr(old, "__module__", None) != module.__name__:
        return
    if isinstance(old, type):
        for name, member in vars(new).items():
            if name == "__init__" and member.__code__.co_filename != module.__file__:
                old.__init__ = member if declares else old.__init__  # attrs wrote it, from the defaults
            else:
                _put_function(vars(old).get(name), member)
    else:
        _put_function(old, new)


def _put_function(old, new):
    if isinstance(old, property):
        _put_function(old.fget, new.fget)
    elif isinstance(old, classmethod | staticmethod) or hasattr(old, "__wrapped__"):
        _put_function(old.__wrapped__, new.__wrapped__)
        if hasattr(old, "cache_clear"):
            old.cache_clear()
    elif isinstance(old, types.FunctionType) and old.__code__.co_freevars == new.__code__.co_freevars:
        old.__code__, old.__defaults__, old.__kwdefaults__ = (
            new.__code__,
            new.__defaults__,
            new.__kwdefaults__,
        )


def _in_a_process(look):
    """Call ``look`` in a process of its own, and give what it returns; what does not end says so."""
    output, inlet = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(output)
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 1))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        try:
            said = look()
        except BaseException as error:  # noqa: BLE001 - what does not run is noticed
            said = f"does not run: {error!r}"
        with os.fdopen(inlet, "wb") as pipe:
            pickle.dump(said, pipe)
        os._exit(0)
    os.close(inlet)
    with os.fdopen(output, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(said) if said else "does not end"


def _say(line):
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="N")
    parser.add_argument("--worlds", type=int, default=WORLDS, metavar="N")
    parser.add_argument("--known", type=Path, metavar="FILE", help="keeps which lines each test runs")
    parser.add_argument("--verbose", action="store_true")
    files = ("test_small_lists", "test_regressions", "test_old_checkpoints")
    tests = [str(TESTS / "paging"), *(str(TESTS / f"proof/{each}.py") for each in files)]
    options = [
        "-q",
        "--no-header",
        "--tb=no",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-s",
        "-k",
        f"not ({_SLOW})",
    ]
    return pytest.main([*options, *tests], plugins=[_Mutants(parser.parse_args())])


if __name__ == "__main__":
    os.chdir(TESTS.parent)
    sys.exit(main())
