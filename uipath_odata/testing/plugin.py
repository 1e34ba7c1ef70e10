"""pytest fixtures: a local Orchestrator for each test, and a client of it.

One emulator a session (a worker under xdist) listens in a thread of its own, so tests of any kind reach it: synchronous
ones, those of pytest-asyncio and anyio, and programs in other processes. Each test finds it as its marker says.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterator
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import pytest

if TYPE_CHECKING:
    from uipath_odata import Orchestrator
    from uipath_odata.emulator import Emulator

P = ParamSpec("P")
T = TypeVar("T")

_MARKER = """\
orchestrator(seed=None, scopes="enforce", jobs="timed", unanswered="fail"): how the fixtures of uipath_odata find the \
emulator. seed: None (an empty tenant) or "demo". scopes: "enforce" or "off". jobs: "timed", "instant" or "manual". \
unanswered: "fail" lets a test fail that left planned faults unused or asked for what the emulator does not answer, "allow" \
does not."""
_DEFAULTS: dict[str, Any] = {"seed": None, "scopes": "enforce", "jobs": "timed", "unanswered": "fail"}
_VALUES: dict[str, tuple[Any, ...]] = {
    "seed": (None, "demo"),
    "scopes": ("enforce", "off"),
    "jobs": ("timed", "instant", "manual"),
    "unanswered": ("fail", "allow"),
}


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Let a coroutine test close its client in its own event loop, whichever plugin runs it."""
    client: Any = getattr(item, "funcargs", {}).get("orchestrator")
    if isinstance(item, pytest.Function) and iscoroutinefunction(item.obj) and hasattr(client, "close"):
        item.obj = _closing(item.obj, client)


@pytest.fixture(scope="session")
def orchestrator_server() -> Iterator[Emulator]:
    """Return the emulator of the session, listening on a free port of this machine; its tenant is empty at first."""
    from uipath_odata.emulator import Emulator  # noqa: PLC0415 - nothing is loaded for those who do not use it

    with Emulator(seed=None) as emulator:
        yield emulator


@pytest.fixture
def orchestrator_emulator(
    request: pytest.FixtureRequest, orchestrator_server: Emulator
) -> Iterator[Emulator]:
    """Return the emulator as the marker ``orchestrator`` asks for it: what earlier tests did is undone."""
    options = _options(request)
    orchestrator_server.reset(seed=options["seed"], scopes=options["scopes"], jobs=options["jobs"])
    yield orchestrator_server
    if options["unanswered"] == "fail":
        _check(orchestrator_server)


@pytest.fixture
def orchestrator(orchestrator_emulator: Emulator) -> Orchestrator:
    """Return a client of the emulator; it is closed when a coroutine test ends."""
    return orchestrator_emulator.client()


@pytest.fixture
def uipath_env(orchestrator_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set and return the environment variables by which UiPath's tools and ``Orchestrator.from_env`` find the emulator."""
    for name, value in orchestrator_emulator.environ.items():
        monkeypatch.setenv(name, value)
    return orchestrator_emulator.environ


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Join the markers of a test; the one nearest to it counts."""
    options = dict(_DEFAULTS)
    for marker in reversed(list(request.node.iter_markers("orchestrator"))):
        options |= marker.kwargs
        if marker.args:
            raise pytest.UsageError("the marker orchestrator takes keywords only, such as seed='demo'")
    for name, value in options.items():
        if name not in _VALUES or value not in _VALUES[name]:
            known = ", ".join(f"{each}={' or '.join(map(repr, values))}" for each, values in _VALUES.items())
            raise pytest.UsageError(
                f"the marker orchestrator does not take {name}={value!r}; it takes {known}"
            )
    return options


def _check(emulator: Emulator) -> None:
    lines = [f"  no answer for {call}" for call in emulator.calls.unanswered]
    lines += [
        f"  {each.name} was to fail with {each.fault} and was not asked for"
        for each in emulator.faults.unused
    ]
    if lines:
        advice = 'Mark the test with orchestrator(unanswered="allow") where that is meant.'
        pytest.fail("\n".join(["The emulator was left with:", *lines, advice]), pytrace=False)


def _closing(test: Callable[P, Awaitable[T]], client: Orchestrator) -> Callable[P, Awaitable[T]]:
    @functools.wraps(test)
    async def closed(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return await test(*arguments, **named)
        finally:
            await client.close()

    return closed
