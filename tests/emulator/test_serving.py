"""The emulator in a thread, for programs without an event loop."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
import trustme

from uipath_odata.emulator import Emulator


def get(emulator, path):
    headers = {"Authorization": f"Bearer {emulator.tokens.personal_access_token}"}
    request = urllib.request.Request(f"{emulator.base_url}{path}", headers=headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def test_programs_without_an_event_loop_use_it():
    before = {*threading.enumerate()}
    with Emulator(seed=None) as emulator:
        emulator.add.folder("Shared")
        assert [row["DisplayName"] for row in get(emulator, "/odata/Folders")["value"]] == ["Shared"]
        port = emulator._serving.port
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass
    assert {*threading.enumerate()} <= before


async def test_it_runs_in_a_thread_inside_a_running_loop_as_well():
    with Emulator(seed=None) as emulator:
        async with emulator.client() as orchestrator:
            assert await orchestrator.folders.count() == 0


def test_a_port_that_is_taken_is_an_error_and_leaves_no_thread():
    before = {*threading.enumerate()}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        emulator = Emulator(seed=None, port=taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"), emulator:
            pass
    assert {*threading.enumerate()} <= before


def test_tests_and_requests_write_at_the_same_time():
    """Both go through one connection of SQLite, whose transactions must not mix."""
    with Emulator(seed=None) as emulator:
        emulator.add.queue("Invoices")

        async def ask(number):
            async with emulator.client() as client:
                folder = client.folder(id=emulator.sql("SELECT Id FROM Folders")[0][0])
                for each in range(20):
                    await folder.queues.add_queue_item(
                        name="Invoices", reference=f"http {number}-{each}", specific_content={}
                    )

        def add(number):
            for each in range(20):
                emulator.add.queue_item("Invoices", {"n": each}, reference=f"direct {number}-{each}")

        with ThreadPoolExecutor(4) as pool:
            waiting = [pool.submit(add, number) for number in range(2)]
            waiting += [pool.submit(asyncio.run, ask(number)) for number in range(2)]
            for each in waiting:
                each.result()
        assert emulator.sql("SELECT count(*), count(DISTINCT Reference) FROM QueueItems") == [(80, 80)]


async def test_clients_that_trust_the_certificate_use_it_by_https():
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with Emulator(seed=None, tls=context) as emulator:
        assert emulator.url.startswith("https://")
        async with emulator.client(ssl_context=trusting) as orchestrator:
            assert await orchestrator.folders.count() == 0
