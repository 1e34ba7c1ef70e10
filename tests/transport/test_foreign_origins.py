"""G10: redirects and next links to a foreign origin, in every spelling; not a byte of a credential or folder gets there (R63 to R66)."""

from __future__ import annotations

import json

import attrs
import pytest

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.entities import Job
from uipath_odata.errors import ConnectionFailed, NotProven

BASE = "/acme/Default/orchestrator_"
# {evil} is a port on which somebody else listens, {good} the one of Orchestrator.
HOSTS = [
    "http://127.0.0.1:{evil}",
    "http://localhost:{evil}",
    "http://LOCALHOST:{evil}",
    "http://localhost.:{evil}",
    "http://127.1:{evil}",
    "http://2130706433:{evil}",
    "http://0x7f000001:{evil}",
    "http://[::ffff:127.0.0.1]:{evil}",
    "http://127.0.0.1:{good}@127.0.0.1:{evil}",
    "http://user:word@127.0.0.1:{evil}",
    "http://127.0.0.1%2e:{evil}",
    "//127.0.0.1:{evil}",
    "///127.0.0.1:{evil}",
    "\\\\127.0.0.1:{evil}",
    "http:\\\\127.0.0.1:{evil}",
    "http:/\\127.0.0.1:{evil}",
    "\thttp://127.0.0.1:{evil}",
    "https://127.0.0.1:{evil}",
    "ws://127.0.0.1:{evil}",
    "HTTP://127.0.0.1:{evil}",
    "http://127.0.0.1:{evil}#@127.0.0.1:{good}",
    "http://127.0.0.1:{evil}?@127.0.0.1:{good}",
]
PATHS = [
    "",
    "/",
    f"{BASE}/odata/Jobs?$skip=1",
    f"{BASE}/odata/Jobs?$skiptoken=1",
    "/odata/Jobs?$skip=1",
    f"{BASE}/odata/../../x",
]
FORMS = [host + path for host in HOSTS for path in PATHS]


STATUSES = [301, 302, 303, 307, 308]


def test_there_are_two_hundred_of_them():
    print(f"G10: {2 * len(FORMS)} redirects and next links: nothing arrives at another origin")  # noqa: T201
    assert 2 * len(FORMS) >= 200


@pytest.fixture
async def evil(serve, reply):
    return await serve([reply(body=b'{"value":[]}')])


def spelt(form, evil, peer):
    return form.format(evil=evil.port, good=peer.port)


@pytest.mark.parametrize("form", FORMS)
async def test_r63_no_redirect_leads_a_credential_elsewhere(serve, connect, jobs, reply, evil, form):
    peer = await serve(None)
    status = STATUSES[FORMS.index(form) % len(STATUSES)]
    peer.answers = [reply(status, headers=[f"Location: {spelt(form, evil, peer)}"])]
    with pytest.raises(ConnectionFailed):
        await connect(peer.url + BASE).send(attrs.evolve(jobs, headers={"X-UIPATH-FolderPath": "canary"}))
    assert [seen.target for seen in peer.seen] == [f"{BASE}/odata/Jobs?$top=1"]
    assert evil.connections == 0


@pytest.mark.parametrize("form", FORMS)
async def test_r65_r66_no_next_link_leads_a_credential_elsewhere(serve, reply, evil, form):
    peer = await serve(None)
    row = {"Id": 1, "State": "Faulted"}
    page = {"value": [row], "@odata.nextLink": spelt(form, evil, peer)}
    peer.answers = [reply(body=json.dumps(page).encode()), reply(body=b'{"value":[]}')]
    async with Orchestrator(peer.url + BASE, AccessToken("canary")) as orchestrator:
        try:
            found = await orchestrator.folder("canary").jobs.order_by(Job.state).top(2_000).dicts().to_list()
        except NotProven:
            found = []
    # What continues the list is asked where the list is, whatever host and path the link names.
    assert found == ([row] if len(peer.seen) > 1 else [])
    assert {seen.target.partition("?")[0] for seen in peer.seen} == {f"{BASE}/odata/Jobs"}
    assert all("$skip" not in seen.target or "$orderby=State" in seen.target for seen in peer.seen)
    assert evil.connections == 0
