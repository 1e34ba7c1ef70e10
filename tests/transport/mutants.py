"""Change one thing at a time in the modules of tokens, retries and the rate budget, and see whether a test notices.

``python tests/transport/mutants.py [MODULE…]`` prints each mutant that lives and a line for each module. A mutant runs
in a process of its own, by an import hook: no file is changed. It is dead when a test fails or the time is over.
"""

from __future__ import annotations

import ast
import copy
import importlib.machinery
import os
import select
import sys
from pathlib import Path

import aiohttp.web  # noqa: F401 - loaded once, before the processes part
import attrs
import pytest

PACKAGE = Path(__file__).parents[2] / "uipath_odata"
TESTS = Path(__file__).parents[1]
SECONDS = 60
_TOKENS = (
    "auth/test_token_cache",
    "transport/tokens/test_tokens",
    "transport/tokens/test_bearer",
    "transport/tokens/test_identity",
)
_RETRY = ("transport/retry/test_policy", "transport/retry/test_retry", "transport/rate/test_pauses")
_BUDGET = ("transport/rate/test_sliding_log", "transport/rate/test_middleware", "transport/rate/test_pauses")
# What is likely to notice first comes first.
RELEVANT = {
    "auth/token_cache": _TOKENS,
    "auth/flows/grant": (
        "auth/flows/test_grant",
        "auth/flows/test_credentials",
        "transport/tokens/test_identity",
        "auth/login/test_browser_login",
    ),
    "auth/flows/refresh": (
        "auth/flows/test_credentials",
        "auth/store/test_stored_login",
        "transport/tokens/test_identity",
    ),
    "transport/tokens/tokens": (
        *_TOKENS[1:],
        "transport/tokens/test_identity_answers",
        "transport/observe/test_tracing",
    ),
    "transport/tokens/bearer": (
        "transport/tokens/test_bearer",
        "transport/tokens/test_identity",
        "transport/test_transport",
    ),
    "transport/headers/www_authenticate": ("transport/tokens/test_bearer", "transport/errors/test_status"),
    "transport/retry/retry": (
        *_RETRY,
        "transport/bodies/test_attempt",
        "transport/retry/test_resolving",
        "transport/tokens/test_identity",
        "transport/test_surroundings",
        "transport/observe/test_tracing",
    ),
    "transport/retry/policy": (*_RETRY, "transport/errors/test_status", "transport/observe/test_write_log"),
    "transport/retry/progress": (*_RETRY, "transport/errors/test_status"),
    "transport/rate/middleware": (*_BUDGET[1:], "transport/rate/test_tenants"),
    "transport/rate/budgets": (*_BUDGET[1:], "transport/rate/test_tenants", "client/test_rate_budget"),
    "transport/rate/sliding_log": (
        *_BUDGET,
        "transport/headers/test_rate_limit",
        "transport/rate/test_simulated",
    ),
    "transport/headers/pace": (
        "transport/headers/test_retry_after",
        "transport/rate/test_pauses",
        "transport/headers/test_rate_limit",
        "transport/rate/test_sliding_log",
        "transport/rate/test_middleware",
    ),
    "transport/rate/wait_queue": (
        "transport/rate/test_wait_queue",
        *_BUDGET[1:],
        "transport/rate/test_simulated",
    ),
}

_COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
_NAMED = {"min": "max", "max": "min"}


@attrs.frozen
class Mutant:
    """A module's tree with one change."""

    line: int
    change: str
    tree: ast.Module


def mutants(source):
    """Make every mutant of a module: comparisons, booleans, numbers, arithmetic, answers, and statements left out."""
    tree = ast.parse(source)
    for number, node in enumerate(_behaviour(tree)):
        for change, alter in _changes(node):
            other = copy.deepcopy(tree)
            alter(list(_behaviour(other))[number])
            yield Mutant(node.lineno, change, ast.fix_missing_locations(other))


def _behaviour(node):
    """Walk what runs: no annotations, docstrings, log lines or words of errors."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_silent(child):
                if isinstance(child, ast.expr | ast.stmt):
                    yield child
                yield from _behaviour(child)


def _is_silent(node):
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="logger")))):
            return True
    return isinstance(node, ast.expr_context)


def _changes(node):
    yield from _other_operators(node)
    match node:
        case ast.Constant(value=bool(value)):
            yield f"{value} to {not value}", _setting("value", not value)
        case ast.Constant(value=int(value) | float(value)):
            for other in (value + 1, value - 1):
                yield f"{value} to {other}", _setting("value", other)
        case ast.Name(id=("min" | "max") as name):
            yield f"{name} to {_NAMED[name]}", _setting("id", _NAMED[name])
        case ast.If() | ast.While() | ast.IfExp():
            yield "condition negated", _negated
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "None returned", _setting("value", ast.Constant(None))
        case ast.Expr() | ast.AugAssign() | ast.Assign(targets=[ast.Attribute()]) | ast.Raise():
            yield "left out", _becoming(lambda _: ast.Pass())


def _other_operators(node):
    match node:
        case ast.Compare(ops=[operator]):
            for kind in _COMPARED[type(operator)]:
                yield f"{type(operator).__name__} to {kind.__name__}", _setting("ops", [kind()])
        case ast.BoolOp(op=operator):
            other = ast.Or if isinstance(operator, ast.And) else ast.And
            yield f"{type(operator).__name__} to {other.__name__}", _setting("op", other())
        case ast.BinOp(op=operator) if type(operator) in _COMPUTED:
            other = _COMPUTED[type(operator)]
            yield f"{type(operator).__name__} to {other.__name__}", _setting("op", other())
        case ast.UnaryOp(op=ast.Not()):
            yield "not left out", _becoming(lambda each: ast.Call(_name("bool"), [each.operand], []))


def _setting(field, value):
    return lambda node: setattr(node, field, copy.deepcopy(value))


def _becoming(make):
    def alter(node):
        made = make(node)
        place = {name: getattr(node, name) for name in ("lineno", "col_offset")}
        node.__class__ = made.__class__
        node.__dict__.clear()
        node.__dict__.update(made.__dict__, **place)

    return alter


def _negated(node):
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _name(text):
    return ast.Name(text, ast.Load())


def _is_none(value):
    return isinstance(value, ast.Constant) and value.value is None


class _Loader(importlib.machinery.SourceFileLoader):
    tree = None

    def get_code(self, fullname):
        return compile(self.tree, self.path, "exec")


class _Finder(importlib.machinery.PathFinder):
    """Finds one module in its changed form."""

    name = ""
    tree = None

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname != cls.name:
            return None
        spec = super().find_spec(fullname, path, target)
        spec.loader = _Loader(fullname, spec.origin)
        spec.loader.tree = cls.tree
        return spec


def survives(module, tree):
    """Run the tests of a module with this tree in its place, in a process that ends in time."""
    child = os.fork()
    if child == 0:
        _Finder.name, _Finder.tree = f"uipath_odata.{module.replace('/', '.')}", tree
        sys.meta_path.insert(0, _Finder)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        files = [str(TESTS / f"{each}.py") for each in RELEVANT[module]]
        os._exit(int(pytest.main(["-x", "-q", "--no-header", "--tb=no", "--assert=plain", *files])))
    return _ended_well(child)


def _ended_well(child):
    handle = os.pidfd_open(child)
    try:
        in_time = bool(select.select([handle], [], [], SECONDS)[0])
    finally:
        os.close(handle)
    if not in_time:
        os.kill(child, 9)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def report(module):
    """Print the mutants of a module that live; give how many died, of how many."""
    source = (PACKAGE / f"{module}.py").read_text("utf-8")
    if not survives(module, ast.parse(source)):
        sys.exit(f"the tests of {module} fail without any change")
    made = list(mutants(source))
    alive = [each for each in made if survives(module, each.tree)]
    for each in alive:
        print(f"  {module}.py:{each.line}: {each.change}")  # noqa: T201
    dead = len(made) - len(alive)
    print(f"| {module}.py | {len(made)} | {dead} | {100 * dead // max(1, len(made))} % |", flush=True)  # noqa: T201
    return dead, len(made)


if __name__ == "__main__":
    os.chdir(TESTS.parent)
    counts = [report(module) for module in sys.argv[1:] or RELEVANT]
    dead, made = (sum(each) for each in zip(*counts, strict=True))
    print(f"| all | {made} | {dead} | {100 * dead / made:.1f} % |")  # noqa: T201
