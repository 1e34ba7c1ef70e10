"""The kept login: what is stored where, and two users of one login."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from urllib.parse import parse_qsl

import attrs
import pytest
from keyring.errors import KeyringLocked

from uipath_odata.auth import Deployment, Secret, TokenAnswer
from uipath_odata.auth.store.login_store import Login, LoginStore, system_store
from uipath_odata.auth.store.stored_login import StoredLogin
from uipath_odata.errors import AuthenticationFailed

CLOUD = Deployment.cloud("acme", "Default")
URL = str(CLOUD.base_url)
LOGIN = Login("app", "OR.Jobs offline_access", "https://id.example.com/token", Secret("r0"))


class MemoryKeyring:
    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


class LockedKeyring:
    def _refuse(self, *_):
        raise KeyringLocked("canary")

    get_password = set_password = delete_password = _refuse


@attrs.define
class Identity:
    """Rotates refresh tokens; one that is used twice ends the family (R41)."""

    good: str = "r0"
    used: list = attrs.field(factory=list)
    rotating: bool = True
    refused: bool = False
    answer: TokenAnswer | None = None

    async def __call__(self, request):
        form = dict(parse_qsl(request.body.decode()))
        await asyncio.sleep(0)  # another task may run while the request is under way
        if self.answer:
            return self.answer
        if self.refused or form["refresh_token"] != self.good:
            self.refused = True
            return TokenAnswer("id.example.com", 400, b'{"error":"invalid_grant"}')
        self.used.append(self.good)
        self.good = f"r{len(self.used)}" if self.rotating else self.good
        facts = {"access_token": f"a{len(self.used)}"}
        facts |= {"refresh_token": self.good} if self.rotating else {}
        return TokenAnswer("id.example.com", 200, json.dumps(facts).encode())


@pytest.fixture(params=["file", "keyring"])
def store(request, tmp_path):
    return LoginStore(tmp_path / "logins", MemoryKeyring() if request.param == "keyring" else None)


def test_a_login_is_kept_for_each_orchestrator(store):
    other = attrs.evolve(LOGIN, client_id="other", refresh_token=Secret("r9"))
    store.save(URL, LOGIN)
    store.save("https://other.example.com", other)
    assert (store.read(URL), store.read("https://other.example.com")) == (LOGIN, other)
    assert store.forget(URL)
    assert (store.read(URL), store.read("https://other.example.com")) == (None, other)
    assert not store.forget(URL)


def test_nothing_is_on_the_disk_before_somebody_logs_in(store):
    assert store.read(URL) is None
    assert not store.forget(URL)
    assert not store.directory.exists()


def test_with_a_keyring_no_token_is_in_the_file(tmp_path):
    keyring = MemoryKeyring()
    store = LoginStore(tmp_path / "logins", keyring)
    store.save(URL, LOGIN)
    assert keyring.kept == {("uipath-odata", URL): "r0"}
    assert b"r0" not in (store.directory / "logins.json").read_bytes()
    assert store.place == "the system's keyring"
    store.forget(URL)
    assert keyring.kept == {}


def test_a_token_that_left_the_keyring_is_no_login(tmp_path):
    keyring = MemoryKeyring()
    store = LoginStore(tmp_path / "logins", keyring)
    store.save(URL, LOGIN)
    keyring.kept.clear()
    assert store.read(URL) is None
    assert store.forget(URL)


def test_a_keyring_that_refuses_says_what_to_do(tmp_path):
    store = LoginStore(tmp_path / "logins", LockedKeyring())
    with pytest.raises(
        AuthenticationFailed, match="KeyringLocked: unlock it, or set PYTHON_KEYRING"
    ) as caught:
        store.save(URL, LOGIN)
    assert "canary" not in str(caught.value)
    assert not store.directory.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"null",
        b"[]",
        b'{"version":2,"logins":{}}',
        b'{"logins":{}}',
        b'{"version":1}',
        b'{"version":1,"logins":[]}',
        json.dumps({"version": 1, "logins": {URL: 5}}).encode(),
        json.dumps({"version": 1, "logins": {URL: {"refresh_token": "r"}}}).encode(),
        json.dumps(
            {"version": 1, "logins": {URL: {"client_id": 1, "scope": "s", "token_url": "t"}}}
        ).encode(),
    ],
)
def test_r49_what_is_torn_or_of_another_version_is_no_login_and_is_replaced(tmp_path, content):
    store = LoginStore(tmp_path / "logins")
    store.save(URL, LOGIN)
    (store.directory / "logins.json").write_bytes(content)
    assert store.read(URL) is None
    store.save(URL, LOGIN)
    assert store.read(URL) == LOGIN


async def test_a_login_is_renewed_and_its_successor_is_kept(store):
    store.save(URL, LOGIN)
    identity = Identity()
    grants = [await StoredLogin(store).exchange(CLOUD, identity, None) for _ in range(3)]
    assert [grant.access_token.reveal() for grant in grants] == ["a1", "a2", "a3"]
    assert (identity.used, store.read(URL).refresh_token) == (["r0", "r1", "r2"], Secret("r3"))


async def test_a_token_that_does_not_rotate_stays(store):
    store.save(URL, LOGIN)
    for _ in range(2):
        await StoredLogin(store).exchange(CLOUD, Identity(rotating=False), None)
    assert store.read(URL) == LOGIN


async def test_r41_users_of_one_login_take_turns(store):
    store.save(URL, LOGIN)
    identity = Identity()
    users = [StoredLogin(LoginStore(store.directory, store.keyring)) for _ in range(5)]
    async with asyncio.TaskGroup() as group:
        for user in users:
            group.create_task(user.exchange(CLOUD, identity, None))
    assert identity.used == ["r0", "r1", "r2", "r3", "r4"]
    assert store.read(URL).refresh_token == Secret("r5")


async def test_r39_a_login_that_has_ended_says_what_to_run(store):
    store.save(URL, LOGIN)
    with pytest.raises(
        AuthenticationFailed, match=r"login to cloud\.uipath\.com has ended: run  uipath-odata login"
    ):
        await StoredLogin(store).exchange(CLOUD, Identity(refused=True), None)


async def test_another_refusal_leaves_the_login(store):
    store.save(URL, LOGIN)
    answer = TokenAnswer("id.example.com", 400, b'{"error":"invalid_client"}')
    with pytest.raises(AuthenticationFailed, match="invalid_client"):
        await StoredLogin(store).exchange(CLOUD, Identity(answer=answer), None)
    assert store.read(URL) == LOGIN


async def test_without_a_login_the_error_says_what_to_run(store):
    with pytest.raises(AuthenticationFailed, match=r"Nobody is logged in to cloud\.uipath\.com: run"):
        await StoredLogin(store).exchange(CLOUD, Identity(), None)


def test_the_store_of_this_account_is_found(tmp_path):
    program = "from uipath_odata.auth.store.login_store import system_store; print(system_store())"
    environ = {
        "XDG_DATA_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environ
    )
    assert "keyring=None" in finished.stdout
    assert str(tmp_path) in finished.stdout
    assert isinstance(system_store(), LoginStore)


SHARED = """
import asyncio, json, os, sys
from pathlib import Path
from urllib.parse import parse_qsl
from uipath_odata.auth import Deployment, TokenAnswer
from uipath_odata.auth.store.login_store import LoginStore
from uipath_odata.auth.store.stored_login import StoredLogin

directory, rounds = Path(sys.argv[1]), int(sys.argv[2])
server = directory.with_name("server")  # the identity server's own memory, one file for each token that is good

async def post(request):
    token = dict(parse_qsl(request.body.decode()))["refresh_token"]
    try:
        (server / token).unlink()  # refused to all but one
    except FileNotFoundError:
        return TokenAnswer("id", 400, b'{"error":"invalid_grant"}')
    fresh = os.urandom(8).hex()
    (server / fresh).touch()
    return TokenAnswer("id", 200, json.dumps({"access_token": "a", "refresh_token": fresh}).encode())

async def main():
    login = StoredLogin(LoginStore(directory))
    for _ in range(rounds):
        await login.exchange(Deployment.cloud("acme", "Default"), post, None)

asyncio.run(main())
"""


def test_r41_two_processes_share_a_login_without_losing_a_token(tmp_path):
    store, server = LoginStore(tmp_path / "logins"), tmp_path / "server"
    server.mkdir()
    (server / "r0").touch()
    store.save(URL, LOGIN)
    command = [sys.executable, "-c", SHARED, str(store.directory), "10"]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[1] for process in running] == ["", ""]
    [good] = server.iterdir()
    assert store.read(URL).refresh_token == Secret(good.name)
