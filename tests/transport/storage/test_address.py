"""R68: which addresses of files are contacted, and with which headers."""

from __future__ import annotations

import pytest
from yarl import URL

from uipath_odata.errors import ConnectionFailed, QueryError
from uipath_odata.transport.storage.address import (
    StorageAddress,
    StorageAddresses,
    safe_headers,
    storage_address,
)

CLOUD = StorageAddresses(URL("https://cloud.uipath.com/acme/Default/orchestrator_"))
LOCAL = StorageAddresses(URL("http://127.0.0.1:8000"))
NAMED = StorageAddresses(URL("http://localhost:8000"))
SUITE = StorageAddresses(URL("https://10.0.0.5/acme/Default/orchestrator_"))

PUBLIC = ["8.8.8.8", "52.239.1.1", "2600:1f18::1", "::ffff:8.8.8.8"]
LOOPBACK = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
PRIVATE = [
    "10.0.0.5",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.5",
    "::ffff:169.254.169.254",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_gone_to(address):
    assert CLOUD.allow("files.example.com", address)


@pytest.mark.parametrize("address", [*PRIVATE, *LOOPBACK])
def test_r68_a_private_network_is_not_gone_to_unless_it_is_allowed(address):
    assert not CLOUD.allow("files.example.com", address)
    allowed = StorageAddresses(CLOUD.orchestrator, private=True)
    assert allowed.allow("files.example.com", address)


@pytest.mark.parametrize("address", LOOPBACK)
def test_this_machine_is_gone_to_where_orchestrator_is_on_it(address):
    assert LOCAL.allow("files.example.com", address)
    assert NAMED.allow("files.example.com", address)
    assert not SUITE.allow("files.example.com", address)


@pytest.mark.parametrize("address", PRIVATE)
def test_r68_an_orchestrator_on_this_machine_does_not_open_its_network(address):
    assert not LOCAL.allow("files.example.com", address)


def test_orchestrators_own_host_is_gone_to_wherever_it_is():
    assert SUITE.allow("10.0.0.5", "10.0.0.5")
    assert not SUITE.allow("10.0.0.6", "10.0.0.6")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://10.0.0.5/a?sig=canary", "in a private network: nothing was sent"),
        ("https://[fd00::1]/a?sig=canary", "in a private network"),
        ("https://127.0.0.1/a?sig=canary", "in a private network"),
        ("http://127.0.0.1/a?sig=canary", "in a private network"),
        ("http://files.example.com/a?sig=canary", "without TLS: let the storage serve https"),
        ("ftp://files.example.com/a?sig=canary", "without TLS"),
        ("https://user:canary@files.example.com/a", "with a user"),
        ("https://canary@files.example.com/a", "with a user"),
    ],
)
def test_r68_an_address_that_is_not_gone_to_is_told_without_its_query(url, said):
    with pytest.raises(QueryError, match=said) as caught:
        CLOUD.check(StorageAddress(URL(url)))
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://files.example.com/a", "https://8.8.8.8/a", "https://localhost/a"])
def test_names_are_judged_once_their_addresses_are_known(url):
    assert CLOUD.check(StorageAddress(URL(url))) is None


def test_http_is_for_this_machine_alone():
    assert LOCAL.check(StorageAddress(URL("http://127.0.0.1:9/a"))) is None


@pytest.mark.parametrize(
    "text",
    ["https://f.example.com/a%2Fb%20c?sig=%2B%2f+==&se=2024-01-01T00%3A00", "https://f.example.com/'()"],
)
def test_an_address_is_kept_byte_for_byte(text):
    address = storage_address(text)
    assert str(address.url) == text
    assert text not in repr(address)


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "a b",
        "https://x/ü",
        "https://x/\n",
        "https://[::1",
        "https://x:99999/",
        "https://a..b/c",
        f"https://{'x' * 64}/c",
    ],
)
def test_what_is_no_address_is_refused_without_being_shown(text):
    with pytest.raises(ConnectionFailed, match="check that the bucket's storage works") as caught:
        storage_address(text)
    assert str(text or "canary") not in str(caught.value)


def test_r68_only_headers_of_storage_services_are_sent():
    given = {
        "x-ms-blob-type": "BlockBlob",
        "X-Amz-Server-Side-Encryption": "AES256",
        "x-goog-meta-a": "b",
        "Content-Type": "text/plain",
        "content-md5": "Q2hlY2sgSW50ZWdyaXR5IQ==",
        "Cache-Control": "no-store",
    }
    hostile = {
        "Authorization": "Bearer canary",
        "Cookie": "a=b",
        "Host": "evil.example.com",
        "X-UIPATH-FolderPath": "Shared",
        "Content-Length": "0",
        "Content-Encoding": "gzip",
        "Transfer-Encoding": "chunked",
        "Connection": "close",
        "Expect": "100-continue",
        "Proxy-Authorization": "canary",
        "x-ms-a\r\nEvil": "1",
        "x-ms-b": "1\r\nEvil: 1",
        "x-ms-": "1",
        "x-ms-c": "ü",
        "": "1",
    }
    assert safe_headers({**given, **hostile}) == given
