"""R48: a browser that is played by a thread, against the real listener."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import json
import re
import socket
import threading
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import attrs
import pytest

from uipath_odata.auth import BrowserLogin, Deployment, Grant, Secret, TokenAnswer
from uipath_odata.errors import AuthenticationFailed, QueryError

CLOUD = Deployment.cloud("acme", "Default")
GIVEN = {"access_token": "a", "refresh_token": "r1", "expires_in": 3_600, "token_type": "Bearer"}


class Post:
    """Answers token requests one after another, and remembers their forms."""

    def __init__(self, *answers):
        self.answers = list(answers) or [(200, GIVEN)]
        self.urls, self.forms = [], []

    async def __call__(self, request):
        self.urls.append(request.url)
        self.forms.append(dict(parse_qsl(request.body.decode())))
        status, facts = self.answers.pop(0)
        return TokenAnswer("identity.example.com", status, json.dumps(facts).encode())


@attrs.define
class Browser:
    """Opens the login page and comes back with what ``answer`` makes of its query."""

    answer: object = lambda asked: {"code": "c0de", "state": asked["state"]}
    method: str = "GET"
    address: str = ""
    pages: list = attrs.field(factory=list)

    def __call__(self, address):
        self.address = address
        for query in self.queries(self.asked):
            self.visit("/?" + urlencode(query, doseq=True))

    @property
    def asked(self):
        return dict(parse_qsl(urlsplit(self.address).query))

    def queries(self, asked):
        answer = self.answer(asked)
        return answer if isinstance(answer, list) else [answer]

    def visit(self, target, headers=()):
        port = urlsplit(self.asked["redirect_uri"]).port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request(self.method, target, headers=dict(headers))
            response = connection.getresponse()
            self.pages.append((response.status, response.getheaders(), response.read().decode()))
        except OSError as error:
            self.pages.append((type(error).__name__, [], ""))
        finally:
            connection.close()


def login(browser, **options):
    options = {"redirect_uri": "http://localhost:0", **options}
    return BrowserLogin("app", "OR.Jobs OR.Robots.Read", open_browser=browser, **options)


async def test_a_person_logs_in_with_a_code_that_only_this_program_can_redeem():
    browser, post = Browser(), Post()
    grant = await login(browser).exchange(CLOUD, post, None)
    assert grant == Grant(Secret("a"), 3_600.0, Secret("r1"))
    page, form = urlsplit(browser.address), post.forms[0]
    assert (
        f"{page.scheme}://{page.netloc}{page.path}" == "https://cloud.uipath.com/identity_/connect/authorize"
    )
    assert "scope=OR.Jobs%20OR.Robots.Read%20offline_access&" in page.query
    assert post.urls == ["https://cloud.uipath.com/acme/identity_/connect/token"]
    assert form == {
        "grant_type": "authorization_code",
        "client_id": "app",
        "code": "c0de",
        "redirect_uri": browser.asked["redirect_uri"],
        "code_verifier": form["code_verifier"],
    }
    assert re.fullmatch(r"http://localhost:[1-9][0-9]+", form["redirect_uri"])
    assert re.fullmatch(r"[\w~.-]{43,128}", form["code_verifier"])
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert browser.asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert (browser.asked["code_challenge_method"], browser.asked["response_type"]) == ("S256", "code")


async def test_each_login_has_its_own_state_and_verifier():
    browsers, post = [Browser(), Browser()], Post((200, GIVEN), (200, GIVEN))
    for browser in browsers:
        await login(browser).exchange(CLOUD, post, None)
    assert len({browser.asked["state"] for browser in browsers}) == 2
    assert len(browsers[0].asked["state"]) >= 43
    assert post.forms[0]["code_verifier"] != post.forms[1]["code_verifier"]


async def test_the_page_of_the_listener_holds_no_secret_and_is_kept_nowhere():
    browser = Browser()
    await login(browser).exchange(CLOUD, Post(), None)
    [(status, headers, page)] = browser.pages
    assert status == 200
    assert "go back to the program" in page
    for secret in ("c0de", browser.asked["state"], browser.asked["code_challenge"]):
        assert secret not in page
        assert secret not in str(headers)
    named = dict(headers)
    assert (named["Cache-Control"], named["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert named["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: {"code": "c0de", "state": "x" * len(asked["state"])},
        lambda asked: {"code": "c0de", "state": asked["state"] + "x"},
        lambda asked: {"code": "c0de", "state": asked["state"][:-1]},
        lambda asked: {"code": "c0de", "state": ""},
        lambda asked: {"code": "c0de"},
        lambda asked: {"code": "c0de", "state": [asked["state"], asked["state"]]},
        lambda asked: {"code": "c0de", "state": "é" + asked["state"]},
        lambda asked: {"error": "access_denied"},
    ],
)
async def test_r48_an_answer_with_another_state_redeems_nothing_and_ends_nothing(answer):
    post = Post()
    browser = Browser(lambda asked: [answer(asked), {"code": "right", "state": asked["state"]}])
    await login(browser).exchange(CLOUD, post, None)
    assert [status for status, *_ in browser.pages] == [400, 200]
    assert [form["code"] for form in post.forms] == ["right"]


async def test_only_answers_with_another_state_are_no_login():
    post = Post()
    browser = Browser(lambda asked: {"code": "c0de", "state": "x"})
    with pytest.raises(AuthenticationFailed, match="Nobody logged in within"):
        await login(browser, patience=0.3).exchange(CLOUD, post, None)
    assert not post.forms


async def test_a_login_without_a_refresh_token_says_so_at_once_and_opens_no_second_window(caplog):
    browser = Browser()
    post = Post((200, {**GIVEN, "refresh_token": None}))
    credentials = login(browser)
    grant = await credentials.exchange(CLOUD, post, None)
    assert "lasts 60 minutes" in caplog.text
    assert "offline_access" in caplog.text
    for _ in range(2):
        with pytest.raises(AuthenticationFailed, match="gave no refresh token: let the application have"):
            await credentials.exchange(CLOUD, post, grant)
    assert len(browser.pages) == 1


def pasting(make):
    shown = []

    def ask(address):
        shown.append(address)
        return make(dict(parse_qsl(urlsplit(address).query)))

    return ask, shown


async def test_a_redirect_is_pasted_where_the_browser_is_elsewhere():
    ask, shown = pasting(lambda asked: f" {asked['redirect_uri']}/?code=c0de&state={asked['state']}#x\n")
    post = Post()
    await login(None, ask_redirect=ask).exchange(CLOUD, post, None)
    assert post.forms[0]["code"] == "c0de"
    assert len(shown) == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda asked: "c0de", "not the address that the login ends with"),
        (lambda asked: asked["redirect_uri"], "not the address that the login ends with"),
        (lambda asked: "http://localhost/?code=c0de&state=x", "belongs to another login"),
        (
            lambda asked: f"http://localhost/?error=access_denied&state={asked['state']}",
            "cancelled or refused",
        ),
    ],
)
async def test_what_is_pasted_wrong_redeems_nothing(make, said):
    post = Post()
    with pytest.raises(AuthenticationFailed, match=said) as caught:
        await login(None, ask_redirect=pasting(make)[0]).exchange(CLOUD, post, None)
    assert "c0de" not in str(caught.value)
    assert not post.forms


async def test_a_browser_of_this_machine_is_waited_for_where_nothing_is_pasted():
    browser, post = Browser(), Post()

    def ask(address):
        browser(address)
        return ""

    await login(None, ask_redirect=ask).exchange(CLOUD, post, None)
    assert post.forms[0]["code"] == "c0de"


async def test_a_login_ends_while_a_thread_still_waits_for_what_is_pasted():
    never = threading.Event()
    with pytest.raises(AuthenticationFailed, match="Nobody logged in"):
        await login(None, ask_redirect=lambda _: never.wait(30), patience=0.05).exchange(CLOUD, Post(), None)
    never.set()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"error": "access_denied"}, "cancelled or refused in the browser: try again"),
        ({"error": "invalid_scope", "error_description": "canary"}, "invalid_scope: a scope is unknown"),
        ({"error": "canary"}, "refused the login: check client_id, redirect_uri and scope"),
        ({"error": "access_denied", "code": "c0de"}, "cancelled or refused"),
        ({"code": ""}, "refused the login: check client_id"),
        ({"code": ["c0de", "c0de"]}, "refused the login: check client_id"),
    ],
)
async def test_r48_a_login_that_is_refused_says_why_and_what_to_check(answer, said):
    post = Post()
    with pytest.raises(AuthenticationFailed, match=re.escape(said)) as caught:
        await login(Browser(lambda asked: {**answer, "state": asked["state"]})).exchange(CLOUD, post, None)
    assert "canary" not in str(caught.value)
    assert not post.forms


def refused(family, host, port):
    try:
        with socket.socket(family) as attempt:
            attempt.settimeout(5)
            attempt.connect((host, port))
    except OSError:
        return True
    return False


async def test_r48_nobody_logs_in_in_time():
    with pytest.raises(AuthenticationFailed, match="Nobody logged in within 0 s: try again"):
        await login(lambda address: None, patience=0.02).exchange(CLOUD, Post(), None)


def test_r48_a_person_has_five_minutes():
    assert login(Browser()).patience == 300


async def test_without_a_browser_the_error_says_what_to_use():
    with pytest.raises(AuthenticationFailed, match="No browser could be opened: log in on a machine"):
        await login(lambda address: False).exchange(CLOUD, Post(), None)


async def test_r48_a_port_in_use_is_told():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AuthenticationFailed, match=f"Port {port} of this machine is in use"):
            await login(Browser(), redirect_uri=f"http://localhost:{port}").exchange(CLOUD, Post(), None)


async def test_a_login_that_is_cancelled_leaves_nothing_open():
    opened = threading.Event()
    seen = []

    def browse(address):
        seen.append(urlsplit(parse_qs(urlsplit(address).query)["redirect_uri"][0]).port)
        opened.set()

    task = asyncio.create_task(login(browse).exchange(CLOUD, Post(), None))
    await asyncio.to_thread(opened.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert refused(socket.AF_INET, "127.0.0.1", seen[0])
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_redirect_is_sent_as_it_is_registered():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    class Deep(Browser):
        def queries(self, asked):
            return []

        def __call__(self, address):
            self.address = address
            self.visit("/done?" + urlencode({"code": "c0de", "state": self.asked["state"]}))

    browser, post, uri = Deep(), Post(), f"http://127.0.0.1:{port}/done"
    await login(browser, redirect_uri=uri).exchange(CLOUD, post, None)
    assert (browser.asked["redirect_uri"], post.forms[0]["redirect_uri"]) == (uri, uri)


@pytest.mark.parametrize(
    "uri",
    [
        "http://0.0.0.0:80",
        "https://localhost:1",
        "http://evil.example.com:1",
        "http://localhost",
        "http://localhost:1/?a=1",
        "http://localhost:1@evil.example.com",
        "http://localhost:65536",
        "",
    ],
)
def test_r48_only_this_machine_takes_the_answer(uri):
    with pytest.raises(QueryError, match="not on this machine: write http://localhost:PORT"):
        BrowserLogin("app", "OR.Jobs", redirect_uri=uri)


async def test_a_confidential_application_sends_its_secret():
    post = Post((200, GIVEN), (200, GIVEN))
    credentials = login(Browser(), client_secret="s3cret")
    grant = await credentials.exchange(CLOUD, post, None)
    await credentials.exchange(CLOUD, post, grant)
    assert [form["client_secret"] for form in post.forms] == ["s3cret", "s3cret"]
    assert "s3cret" not in repr(credentials)


async def test_r40_the_secret_of_a_confidential_application_may_come_from_a_vault():
    secrets = ["old", "new", "new", "newest"]

    async def vault():
        return secrets.pop(0)

    unknown = (400, {"error": "invalid_client"})
    post = Post(unknown, (200, GIVEN), unknown, (200, GIVEN))
    credentials = login(Browser(), client_secret=vault)
    grant = await credentials.exchange(CLOUD, post, None)
    await credentials.exchange(CLOUD, post, grant)
    assert [form["client_secret"] for form in post.forms] == ["old", "new", "new", "newest"]


@pytest.mark.parametrize(("rotated", "kept"), [("r2", "r2"), (None, "r1")])
async def test_a_login_is_renewed_without_the_person(rotated, kept):
    post = Post((200, {"access_token": "b", **({"refresh_token": rotated} if rotated else {})}))
    previous = Grant(Secret("a"), 1.0, Secret("r1"))
    grant = await login(None).exchange(CLOUD, post, previous)
    assert (grant.access_token, grant.refresh_token) == (Secret("b"), Secret(kept))
    assert post.forms == [{"grant_type": "refresh_token", "client_id": "app", "refresh_token": "r1"}]


async def test_a_login_that_has_ended_asks_the_person_again():
    post = Post((400, {"error": "invalid_grant"}), (200, GIVEN))
    await login(Browser()).exchange(CLOUD, post, Grant(Secret("a"), 1.0, Secret("old")))
    assert [form["grant_type"] for form in post.forms] == ["refresh_token", "authorization_code"]


async def test_without_a_login_the_person_is_asked():
    post = Post()
    await login(Browser()).exchange(CLOUD, post, None)
    assert post.forms[0]["grant_type"] == "authorization_code"


async def test_another_failure_of_the_renewal_does_not_ask_the_person():
    with pytest.raises(AuthenticationFailed, match="invalid_client"):
        await login(None).exchange(
            CLOUD, Post((400, {"error": "invalid_client"})), Grant(Secret("a"), 1.0, Secret("r"))
        )


async def test_own_addresses_count():
    browser, post = Browser(), Post()
    await login(
        browser, authorize_url="https://id.example.com/authorize", token_url="https://id.example.com/token"
    ).exchange(CLOUD, post, None)
    assert browser.address.startswith("https://id.example.com/authorize?response_type=code&")
    assert post.urls == ["https://id.example.com/token"]


@pytest.mark.parametrize("url", ["http://id.example.com/authorize", "https://u:p@id.example.com/authorize"])
async def test_r50_nobody_logs_in_without_tls(url):
    with pytest.raises(QueryError):
        await login(Browser(), authorize_url=url).exchange(CLOUD, Post(), None)


async def test_a_deployment_without_a_login_page_says_what_to_give():
    bare = Deployment("https://o.example.com", "https://o.example.com/token")
    with pytest.raises(QueryError, match="give authorize_url="):
        await login(Browser()).exchange(bare, Post(), None)
    assert Deployment.at("https://o.example.com").authorize_url == (
        "https://o.example.com/identity/connect/authorize"
    )


def test_offline_access_is_asked_for_once():
    assert BrowserLogin("app", ["OR.Jobs", "offline_access"]).scope == "OR.Jobs offline_access"
    assert BrowserLogin("app", "OR.Jobs").scope == "OR.Jobs offline_access"
