from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from uipath_odata.errors import NotProven
from uipath_odata.paging.offset.next_link import follow

PATH = "/acme/Default/orchestrator_/odata/"
ROOT = URL("https://cloud.example.com" + PATH)


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        ("Jobs?$skip=10", f"https://cloud.example.com{PATH}Jobs?$skip=10"),
        (f"https://cloud.example.com{PATH}Jobs?$skip=10", f"https://cloud.example.com{PATH}Jobs?$skip=10"),
        (f"https://cloud.example.com:443{PATH}Jobs", f"https://cloud.example.com{PATH}Jobs"),
        (f"{PATH}Jobs?$skip=1", f"https://cloud.example.com{PATH}Jobs?$skip=1"),
        (f"//cloud.example.com{PATH}Jobs", f"https://cloud.example.com{PATH}Jobs"),
        (
            "Jobs?$filter=Name%20eq%20%27a%2Bb%27",
            f"https://cloud.example.com{PATH}Jobs?$filter=Name%20eq%20%27a%2Bb%27",
        ),
        ("Jobs?$skiptoken=%252F#part", f"https://cloud.example.com{PATH}Jobs?$skiptoken=%252F"),
        ("Folders(1)/Robots?$skip=2", f"https://cloud.example.com{PATH}Folders(1)/Robots?$skip=2"),
    ],
)
def test_a_link_within_the_service_is_followed_as_it_was_written(link, followed):
    url = follow(ROOT, link)
    assert (url.host, url.port) == (ROOT.host, ROOT.port)
    assert str(url) == followed


@pytest.mark.parametrize(
    "link",
    [
        f"//evil.example{PATH}Jobs",
        f"///evil.example{PATH}Jobs",
        f"https://evil.example{PATH}Jobs",
        f"https://cloud.example.com@evil.example{PATH}Jobs",
        f"https://good@cloud.example.com{PATH}Jobs",
        f"https://good:secret@cloud.example.com{PATH}Jobs",
        f"http://cloud.example.com{PATH}Jobs",
        f"https://cloud.example.com:8443{PATH}Jobs",
        f"https://cloud.example.com:99999{PATH}Jobs",
        f"https://cloud.example.com:port{PATH}Jobs",
        f"https://cloud.example.com.{PATH}Jobs",
        f"https://cloud.example.com.evil.example{PATH}Jobs",
        f"https://cloud%2eexample.com{PATH}Jobs",
        f"https://xn--loud-n6d.example.com{PATH}Jobs",
        f"https://\u0441loud.example.com{PATH}Jobs",
        f"https://[::1]{PATH}Jobs",
        f"https://[::1{PATH}Jobs",
        f"https://127.0.0.1{PATH}Jobs",
        f"https:///odata{PATH}Jobs",
        "https://cloud.example.com",
        "https://cloud.example.com/acme/Default/orchestrator_/odataevil/Jobs",
        "/acme/Other/orchestrator_/odata/Jobs",
        "../../../../identity_/connect/token",
        f"https://cloud.example.com{PATH}../../../../identity_",
        f"{PATH}%2e%2e/%2E%2E/identity_",
        f"{PATH}..%2f..%2fidentity_",
        "https:\\\\evil.example\\",
        f"{PATH}..\\..\\identity_",
        "javascript:alert(1)",
        "file:///etc/passwd",
        f"https://evil.example#@cloud.example.com{PATH}",
        f"https://evil.example?@cloud.example.com{PATH}",
        "\thttps://evil.example/",
        "Jobs?$skip=1\r\nHost: evil.example",
        "Jobs?$filter=a b",
    ],
)
def test_a_link_that_leaves_the_service_is_refused(link):
    """R65, R66."""
    with pytest.raises(NotProven, match=r"leaves cloud\.example\.com/acme"):
        follow(ROOT, link)


def test_the_refusal_does_not_repeat_the_link():
    with pytest.raises(NotProven) as caught:
        follow(ROOT, "https://evil.example/?token=hunter2")
    assert "hunter2" not in str(caught.value)


def test_a_root_without_a_final_slash_is_the_same_root():
    assert follow(URL("http://localhost:8080/odata"), "Jobs") == URL("http://localhost:8080/odata/Jobs")


@given(st.text(alphabet="./\\@:#?%2eE5cfh tps[]x", max_size=30))
def test_no_text_leads_out_of_the_service(link):
    """R65."""
    try:
        url = follow(ROOT, link)
    except NotProven:
        return
    assert (url.scheme, url.host, url.port, url.user) == ("https", "cloud.example.com", 443, None)
    assert url.path.startswith(PATH)
    assert ".." not in url.path.split("/")
