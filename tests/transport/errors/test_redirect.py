from __future__ import annotations

import attrs
import pytest

from uipath_odata.errors import ConnectionFailed, OutcomeUnknown

LOCATIONS = {
    "https://evil.example.com/x?token=1": "evil.example.com",
    "//evil.example.com/x": "evil.example.com",
    "http://user:word@evil.example.com:8080/": "evil.example.com:8080",
    "/odata/Jobs?next=secret-value": "elsewhere",
    "https://[::1]:99/": r"\[::1\]:99",
    "": "elsewhere",
    "data:text/html,secret-value": "elsewhere",
}


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 307, 308])
@pytest.mark.parametrize(("location", "shown"), LOCATIONS.items())
async def test_r63_a_redirect_is_an_error_that_names_the_host_only(
    serve, connect, jobs, reply, status, location, shown
):
    body = b"" if status == 304 else b"{}"
    peer = await serve([reply(status, body, headers=[f"Location: {location}"])])
    with pytest.raises(ConnectionFailed, match=f"redirects (to )?{shown} with HTTP {status}") as caught:
        await connect(peer.url).send(jobs)
    assert "check organization and tenant" in str(caught.value)
    for hidden in ("token", "secret-value", "user", "word", "top"):
        assert hidden not in str(caught.value)
    assert len(peer.seen) == 1


async def test_r63_another_origin_receives_nothing(serve, connect, jobs, reply):
    evil = await serve([reply()])
    peer = await serve([reply(307, headers=[f"Location: {evil.url}/odata/Jobs"])])
    with pytest.raises(ConnectionFailed, match="not followed"):
        await connect(peer.url).send(attrs.evolve(jobs, headers={"X-UIPATH-FolderPath": "Shared"}))
    assert (evil.connections, len(peer.seen)) == (0, 1)


@pytest.mark.parametrize("status", [101, 300, 301, 302, 303, 305, 306, 307, 308])
async def test_r64_a_redirected_write_is_not_sent_elsewhere_and_may_have_happened(
    serve, connect, start_jobs, reply, status
):
    """RFC 9110 §15.4.4: a 303 is how a server answers a POST that it has done."""
    evil = await serve([reply()])
    upgrade = ["Connection: Upgrade", "Upgrade: h2c"] if status == 101 else []
    peer = await serve([reply(status, headers=[f"Location: {evil.url}/odata/Jobs", *upgrade])])
    with pytest.raises(OutcomeUnknown, match=r"Jobs\.StartJobs may or may not have happened"):
        await connect(peer.url).send(start_jobs)
    assert (evil.connections, len(peer.seen)) == (0, 1)


async def test_r06_a_407_is_the_proxys_and_is_not_repeated(serve, connect, jobs, reply):
    peer = await serve([reply(407)])
    with pytest.raises(ConnectionFailed, match="proxy on the way to") as caught:
        await connect(peer.url).send(jobs)
    assert not caught.value.retryable
    assert len(peer.seen) == 1
