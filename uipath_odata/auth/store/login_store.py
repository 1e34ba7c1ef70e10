"""The logins that ``uipath-odata login`` keeps: one for each Orchestrator."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, cast

import attrs
import filelock
import keyring
import orjson
import platformdirs
from keyring.errors import KeyringError

from uipath_odata.auth.secret import Secret
from uipath_odata.auth.store.private_file import read_private, write_private
from uipath_odata.errors import AuthenticationFailed

__all__ = ["Keyring", "Login", "LoginStore", "system_store"]

_VERSION = 1
_SERVICE = "uipath-odata"
_NAMES = ("client_id", "scope", "token_url")
_PATIENCE = 60.0


class Keyring(Protocol):
    """What is used of a backend of the ``keyring`` library."""

    def get_password(self, service: str, username: str, /) -> str | None: ...
    def set_password(self, service: str, username: str, password: str, /) -> None: ...
    def delete_password(self, service: str, username: str, /) -> None: ...


@attrs.frozen
class Login:
    """Who logged in, where the login is renewed, and with what."""

    client_id: str
    scope: str
    token_url: str
    refresh_token: Secret


@attrs.frozen
class LoginStore:
    """Logins by base URL, in a file of its owner's alone; with a keyring, their refresh tokens are in there instead.

    All methods but ``locked`` block.
    """

    directory: Path
    keyring: Keyring | None = None

    @property
    def place(self) -> str:
        """Say where refresh tokens are kept."""
        return str(self._file) if self.keyring is None else "the system's keyring"

    @asynccontextmanager
    async def locked(self) -> AsyncGenerator[None, None]:
        """Keep other processes from reading, renewing and saving; the lock ends with its process."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = filelock.AsyncFileLock(self.directory / "logins.lock", timeout=_PATIENCE, mode=0o600)
        try:
            async with lock:
                yield
        except filelock.Timeout:
            held = True
        else:
            held = False
        if held:
            raise AuthenticationFailed(f"Another process holds {lock.lock_file}: end it and try again")

    def read(self, base_url: str) -> Login | None:
        """Return the login; None where there is none, or nothing that this version can read."""
        entry = self._entries().get(base_url, {})
        token = entry.get("refresh_token") or self._kept(base_url, entry)
        if not token or not all(name in entry for name in _NAMES):
            return None
        return Login(entry["client_id"], entry["scope"], entry["token_url"], Secret(token))

    def save(self, base_url: str, login: Login) -> None:
        """Keep the login: it is on the disk, or in the keyring, when this returns."""
        entry = {name: str(getattr(login, name)) for name in _NAMES}
        token = login.refresh_token.reveal()
        if self.keyring is None:
            entry["refresh_token"] = token
        else:
            with _unlocked():
                self.keyring.set_password(_SERVICE, base_url, token)
        self._write({**self._entries(), base_url: entry})

    def forget(self, base_url: str) -> bool:
        """Remove the login; tell whether there was one."""
        entries = dict(self._entries())
        entry = entries.pop(base_url, None)
        if entry is None:
            return False
        if self.keyring is not None and self._kept(base_url, entry):
            with _unlocked():
                self.keyring.delete_password(_SERVICE, base_url)
        self._write(entries)
        return True

    @property
    def _file(self) -> Path:
        return self.directory / "logins.json"

    def _kept(self, base_url: str, entry: Mapping[str, str]) -> str | None:
        if self.keyring is None or not entry:
            return None
        with _unlocked():
            return self.keyring.get_password(_SERVICE, base_url)

    def _entries(self) -> Mapping[str, Mapping[str, str]]:
        """Read the file; what is torn or of another version counts as nothing."""
        content: Any = None
        with suppress(orjson.JSONDecodeError):
            content = orjson.loads(read_private(self._file) or b"null")
        if _object(content).get("version") != _VERSION:
            return {}
        logins = _object(_object(content).get("logins"))
        return {url: _texts(_object(entry)) for url, entry in logins.items()}

    def _write(self, entries: Mapping[str, Mapping[str, str]]) -> None:
        write_private(self._file, orjson.dumps({"version": _VERSION, "logins": entries}))


def system_store() -> LoginStore:
    """Return this account's store; the keyring is used where the system has one."""
    backend = keyring.get_keyring()
    # Backends that store nothing, or fail, rate themselves at 0 and below.
    usable = backend.priority > 0
    return LoginStore(
        platformdirs.user_data_path("uipath-odata"), cast("Keyring", backend) if usable else None
    )


@contextmanager
def _unlocked() -> Generator[None, None, None]:
    try:
        yield
    except KeyringError as error:
        reason = type(error).__name__
    else:
        return
    raise AuthenticationFailed(
        f"The system's keyring refused with {reason}: unlock it, or set"
        " PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring to keep logins in a file"
    )


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _texts(entry: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: value for name, value in entry.items() if isinstance(value, str)}
