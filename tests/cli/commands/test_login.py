"""``login``, ``whoami`` and ``logout`` as processes, with a browser that is a program and an identity server that rotates."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import stat
import sys
from urllib.parse import parse_qs

import attrs
import pytest
from aiohttp import web

from uipath_odata.emulator.faults import Html, Status

BROWSER = """
import sys, urllib.parse, urllib.request
query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(sys.argv[1]).query))
answer = {answer}
urllib.request.urlopen(query["redirect_uri"] + "/?" + urllib.parse.urlencode(answer)).read()
"""
GIVES_CODE = '{"code": "canary-code", "state": query["state"]}'
# The code carries the challenge, so that the identity server can check the verifier without keeping anything.
GIVES_CHALLENGE = '{"code": query["code_challenge"], "state": query["state"]}'
DENIES = '{"error": "access_denied", "state": query["state"]}'


@attrs.define
class Identity:
    """Gives tokens that the emulator takes; a refresh token that is used twice ends the login."""

    emulator: object
    scope: str = "OR.Users offline_access"
    good: set = attrs.field(factory=set)
    given: list = attrs.field(factory=list)
    requests: list = attrs.field(factory=list)
    revoked: list = attrs.field(factory=list)
    answer: int = 200
    url: str = ""

    async def token(self, request):
        form = dict(await request.post())
        self.requests.append(form)
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            right = form["code"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
        else:
            right = form["refresh_token"] in self.good
            self.good.discard(form["refresh_token"])
        if not right:
            return web.json_response({"error": "invalid_grant"}, status=400)
        fresh = f"canary-refresh-{len(self.given)}"
        self.given.append(fresh)
        self.good.add(fresh)
        return web.json_response(
            {
                "access_token": self.emulator.tokens.issue(),
                "refresh_token": fresh,
                "expires_in": 3_600,
                "token_type": "Bearer",
                "scope": self.scope,
            }
        )

    async def revocation(self, request):
        form = dict(await request.post())
        self.revoked.append(form)
        self.good.discard(form["token"])
        return web.Response(status=self.answer)


@pytest.fixture
async def identity(emulator):
    found = Identity(emulator)
    application = web.Application()
    application.router.add_post("/identity/connect/token", found.token)
    application.router.add_post("/identity/connect/revocation", found.revocation)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/identity"
    yield found
    await runner.cleanup()


@pytest.fixture
def desk(command, identity, tmp_path):
    """Commands in an account of their own, whose browser gives the right code."""
    program = tmp_path / "browser.py"
    program.write_text(BROWSER.format(answer=GIVES_CHALLENGE))
    settings = tmp_path / "settings.json"
    settings.write_text('{"window":9998}')
    environ = {
        name: text
        for name, text in command.environ.items()
        if not name.startswith("UIPATH_") or name == "UIPATH_URL"
    }
    environ |= {
        "BROWSER": f"{sys.executable} {program} %s",
        "UIPATH_IDENTITY_URI": identity.url,
        "UIPATH_ODATA_SETTINGS": str(settings),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return attrs.evolve(command, environ=environ)


def arguments(port):
    return ("login", "--client-id", "app", "--scope", "OR.Users", "--port", str(port))


def file_of(tmp_path):
    return tmp_path / "data" / "uipath-odata" / "logins.json"


async def test_a_person_logs_in_uses_the_login_and_logs_out(desk, identity, emulator, tmp_path, unused_port):
    emulator.insert("Users", [{"Id": 1, "UserName": "ada"}])
    login = await desk(*arguments(unused_port))
    assert login.code == 0
    assert login.err == "Waiting for the login in the browser, for 5 minutes; Ctrl+C ends it.\n"
    assert f"Logged in to {emulator.base_url}. The login is kept in {file_of(tmp_path)}" in login.out
    assert identity.requests[0]["redirect_uri"] == f"http://localhost:{unused_port}"

    who = await desk("whoami")
    assert (who.code, who.err) == (0, "")
    assert who.out.splitlines()[0] == emulator.base_url

    export = await desk("export", "Robots", "--output", tmp_path / "robots.jsonl", "--progress", "none")
    assert (export.code, export.err) == (0, "")
    assert len((tmp_path / "robots.jsonl").read_text().splitlines()) == 3
    assert identity.given == [f"canary-refresh-{number}" for number in range(3)]
    assert json.loads(file_of(tmp_path).read_bytes())["logins"][emulator.base_url] == {
        "client_id": "app",
        "scope": "OR.Users offline_access",
        "token_url": f"{identity.url}/connect/token",
        "refresh_token": "canary-refresh-2",
    }

    logout = await desk("logout")
    assert (logout.code, logout.out) == (0, f"Logged out of {emulator.base_url}.\n")
    assert identity.revoked == [
        {"token": "canary-refresh-2", "token_type_hint": "refresh_token", "client_id": "app"}
    ]
    assert not identity.good
    assert b"canary" not in file_of(tmp_path).read_bytes()
    assert "Nobody was logged in" in (await desk("logout")).out
    after = await desk("export", "Robots", "--output", tmp_path / "again.jsonl", "--progress", "none")
    assert after.code == 1
    assert "or UIPATH_PAT, or run  uipath-odata login" in after.err
    for shown in (login, who, export, logout, after):
        assert "canary" not in shown.out + shown.err
        assert "at-" not in shown.out + shown.err


@pytest.mark.parametrize(
    ("user", "said"),
    [
        (
            {"UserName": "ada", "EmailAddress": "ada@acme.com", "TenancyName": "Def\x1b[2Jault"},
            "ada · ada@acme.com · Def [2Jault",
        ),
        ({"Id": 1}, "Logged in, as no user."),
        (None, "Logged in; Orchestrator does not say as whom (HTTP 403)."),
    ],
)
async def test_whoami_says_the_user_of_any_credentials(command, emulator, user, said):
    answer = Status(403) if user is None else Status(200, user)
    emulator.fail("Users.GetCurrentUser*", answer, times=None)
    who = await command("whoami")
    assert (who.code, who.out, who.err) == (0, f"{emulator.base_url}\n{said}\n", "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Status(404, {"message": "Not Found"}), "no Orchestrator"),
        (Html(), "check the URL, the organization and the tenant"),
    ],
)
async def test_whoami_says_that_nobody_is_at_home_at_this_address(command, emulator, answer, said):
    emulator.fail("Users.GetCurrentUser*", answer, times=None)
    who = await command("whoami")
    assert who.code == 1
    assert said in who.err
    assert "lack the operation" not in who.err


async def test_r49_the_login_is_its_owners_alone(desk, tmp_path, unused_port):
    assert (await desk(*arguments(unused_port))).code == 0
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (file_of(tmp_path), file_of(tmp_path).parent)]
    assert modes == [0o600, 0o700]


async def test_r41_commands_that_run_at_once_share_a_login(desk, identity, tmp_path, unused_port):
    assert (await desk(*arguments(unused_port))).code == 0
    ended = await asyncio.gather(
        *(
            desk("export", "Robots", "--output", tmp_path / f"{number}.jsonl", "--progress", "none")
            for number in range(3)
        )
    )
    assert [(each.code, each.err) for each in ended] == [(0, "")] * 3
    assert len(identity.given) == 4


@pytest.mark.parametrize("status", [400, 404, 503])
async def test_a_login_that_its_server_does_not_end_is_forgotten_here(
    desk, identity, tmp_path, unused_port, status
):
    assert (await desk(*arguments(unused_port))).code == 0
    identity.answer = status
    logout = await desk("logout")
    assert (logout.code, logout.err) == (0, "")
    assert "The identity server has not confirmed it" in logout.out
    assert b"canary" not in file_of(tmp_path).read_bytes()
    assert "canary" not in logout.out


async def test_scopes_that_were_not_granted_are_told(desk, identity, unused_port):
    identity.scope = "offline_access"
    login = await desk(*arguments(unused_port))
    assert "Not granted: OR.Users. Let the application have these scopes." in login.out


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (DENIES, "The login was cancelled or refused in the browser"),
        (GIVES_CODE, "refused with HTTP 400 invalid_grant"),
    ],
)
async def test_a_login_that_fails_keeps_nothing(desk, tmp_path, unused_port, answer, said):
    (tmp_path / "browser.py").write_text(BROWSER.format(answer=answer))
    login = await desk(*arguments(unused_port))
    assert (login.code, login.out) == (1, "")
    assert said in login.err
    assert "canary" not in login.err
    assert not file_of(tmp_path).exists()


async def test_nothing_is_on_the_disk_unless_somebody_logged_in(desk, tmp_path, emulator):
    export = await desk(
        *("export", "Robots", "--output", tmp_path / "robots.jsonl", "--progress", "none"),
        UIPATH_ACCESS_TOKEN=emulator.tokens.issue(),
    )
    assert export.code == 0
    assert not (tmp_path / "data").exists()


async def test_without_a_browser_the_address_is_shown(desk, identity, unused_port):
    process = await desk.start(*arguments(unused_port), "--no-browser", PYTHONUNBUFFERED="1")
    shown = (await process.stderr.readline()).decode()
    assert shown.startswith(f"Log in here: {identity.url}/connect/authorize?response_type=code&")
    query = {name: texts[0] for name, texts in parse_qs(shown.strip().partition("?")[2]).items()}
    reader, writer = await asyncio.open_connection("127.0.0.1", unused_port)
    writer.write(f"GET /?code={query['code_challenge']}&state={query['state']} HTTP/1.1\r\n\r\n".encode())
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
    writer.close()
    out, err = await process.communicate()
    assert process.returncode == 0
    assert err.startswith(b"Waiting for 5 minutes. ")
    assert b"Logged in to" in out


async def test_a_redirect_from_a_browser_of_another_machine_is_pasted(desk, identity, unused_port):
    process = await desk.start(
        *arguments(unused_port), "--no-browser", PYTHONUNBUFFERED="1", stdin=asyncio.subprocess.PIPE
    )
    shown = (await process.stderr.readline()).decode()
    query = {name: texts[0] for name, texts in parse_qs(shown.strip().partition("?")[2]).items()}
    pasted = f"http://localhost:{unused_port}/?code={query['code_challenge']}&state={query['state']}"
    out, _ = await process.communicate(f"{pasted}\n".encode())
    assert process.returncode == 0
    assert b"Logged in to" in out


async def test_r117_a_secret_is_no_argument(desk):
    for name in ("login", "whoami", "logout", "export"):
        shown = (await desk(name, "--help")).out
        assert not {"--client-secret", "--password", "--token", "--user-key"} & set(shown.split())
