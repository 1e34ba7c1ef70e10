"""How a process that reads a partition gets its client: by a name, so that no secret travels."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
from collections.abc import Awaitable, Mapping
from typing import Any, Final, cast

import attrs

from uipath_odata.client import Orchestrator
from uipath_odata.errors import OrchestratorError, QueryError
from uipath_odata.settings import Settings, chosen_in, settings_from

__all__ = ["Connection"]

_ENV: Final = re.compile(r"env(?::(?P<prefix>\w+))?", re.ASCII)
_FUNCTION: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")
_OWN: Final = "UIPATH_"
_CERTIFICATES: Final = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


def _is_known(_connection: object, _attribute: object, name: object) -> None:
    if not isinstance(name, str) or not (_ENV.fullmatch(name) or _FUNCTION.fullmatch(name)):
        raise QueryError(
            f'connection {name!r} is not known: write "env", "env:ACME_" for variables that begin with ACME_, or '
            '"package.module:function" of a function that returns an Orchestrator'
        )


def _without_keys(settings: Settings | None) -> Settings | None:
    if settings is None:
        return None
    if not isinstance(cast("object", settings), Settings):
        raise QueryError(f"settings={settings!r} are not Settings: write settings=Settings(concurrency=8)")
    return attrs.evolve(settings, cursor_key=())


@attrs.frozen
class Connection:
    """A tenant by the name of its connection; it is pickled without any secret, and opened once a process.

    ``"env"`` is the client of ``Orchestrator.from_env()``. ``"env:ACME_"`` takes the variables that begin with this prefix, as
    ``ACME_UIPATH_URL`` or ``ACME_URL``. ``"package.module:function"`` calls a function that returns an Orchestrator, or awaits
    one; it gets ``settings=`` where there are any here. Raises QueryError for any other text.
    """

    name: str = attrs.field(default="env", validator=_is_known)
    settings: Settings | None = attrs.field(default=None, converter=_without_keys, kw_only=True)

    @property
    def chosen(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return {} if self.settings is None else chosen_in(self.settings)

    @classmethod
    def of(cls, name: str, chosen: Mapping[str, Any]) -> Connection:
        """Return the connection that a partition names."""
        settings = settings_from(dict(chosen), f"the partition of {name}") if chosen else None
        return cls(name, settings=settings)

    @classmethod
    def named(cls, given: Connection | str) -> Connection:
        """Return what was given, or the connection of that name."""
        return given if isinstance(given, Connection) else cls(given)

    def open(self) -> Orchestrator | Awaitable[Orchestrator]:
        """Return a client, or what is to be awaited for one. Raise QueryError where there is none."""
        if (environ := self._environ()) is not None:
            return Orchestrator.from_env(environ, settings=self.settings, read_only=True)
        module, _, name = self.name.partition(":")
        return self._made_by(_function(module, name, self.name))

    def state(self) -> str:
        """Return a short text that changes when the variables do, as when a token in them is renewed."""
        facts = [self.name, self.chosen, self._environ()]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def _environ(self) -> dict[str, str] | None:
        """Return the variables of its client, None where a function makes it."""
        if (named := _ENV.fullmatch(self.name)) is None:
            return None
        if named["prefix"] is not None:
            return _of_prefix(named["prefix"], os.environ)
        return {
            name: os.environ[name] for name in os.environ if name.startswith(_OWN) or name in _CERTIFICATES
        }

    def _made_by(self, function: Any) -> Orchestrator | Awaitable[Orchestrator]:
        options = {} if self.settings is None else {"settings": self.settings}
        try:
            return cast("Orchestrator | Awaitable[Orchestrator]", function(**options))
        except OrchestratorError:
            raise
        except Exception as error:
            raise self.failed(error) from error

    def failed(self, error: Exception) -> QueryError:
        """Say that the function of the connection failed. Its own text may hold a secret, and stays with the cause."""
        return QueryError(
            f"connection {self.name!r} failed with {type(error).__name__}: call the function yourself on a worker, where partitions are read"
        )

    def checked(self, made: object) -> Orchestrator:
        """Return what the function returned, where it is a client. Raise QueryError where it is not."""
        if isinstance(made, Orchestrator):
            return made
        raise QueryError(
            f"connection {self.name!r} returned {type(made).__name__} and not an Orchestrator: return a client that is not opened"
        )


def _function(module: str, name: str, connection: str) -> Any:
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ImportError as error:
        raise QueryError(
            f"connection {connection!r}: {error}: install {module.partition('.')[0]} on the workers, where partitions are read"
        ) from error
    if not callable(found):
        raise QueryError(f"connection {connection!r}: {module} has no function {name}: correct the name")
    return found


def _of_prefix(prefix: str, environ: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(environ):
        if not name.startswith(prefix) or name == prefix:
            continue
        own = _OWN + name.removeprefix(prefix).removeprefix(_OWN)
        if found.setdefault(own, environ[name]) != environ[name]:
            raise QueryError(f"{name} and another variable of {prefix} for {own} differ: unset one of them")
    if not found:
        raise QueryError(
            f"no variable begins with {prefix}: set {prefix}URL and {prefix}ACCESS_TOKEN, or {prefix}CLIENT_ID with "
            f"{prefix}CLIENT_SECRET and {prefix}SCOPE on the workers, where partitions are read"
        )
    return found | {name: environ[name] for name in _CERTIFICATES if name in environ}
