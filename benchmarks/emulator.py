"""The emulator beside other doubles: moto (AWS) and azurite (Azure storage), each a process of its own.

Seconds until the first answer, memory, small lists and inserted rows a second, and what a test pays to find things as they
were. Lists are of eight things each: robots here, buckets of S3, blobs there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from email.utils import formatdate
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import orjson
from environments import KEPT, NotInstalled, python_of
from measure import Result

from uipath_odata.emulator import Emulator

THINGS = 8
AZURITE = "azurite@3.37.0"
# Published in azurite's guide; it opens nothing else.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_PATIENCE = 60.0


@attrs.frozen
class Double:
    """A server: its command, what it is asked for until it answers, how it is filled, and the request for a small list."""

    command: list[str]
    fill: object
    path: str
    headers: dict[str, str] = attrs.field(factory=dict)


def run(quick):
    """Measure ours, and the others where they can be installed."""
    doubles, missing = found(quick)
    rounds, requests, rows = (1, 200, 1_000) if quick else (5, 1_000, 10_000)
    ready, memory, lists, costs = ({name: [] for name in doubles} for _ in range(4))
    for _ in range(rounds):
        for name, make in doubles.items():
            with served(make) as (port, seconds, process, double):
                ready[name].append(seconds)
                double.fill(port)
                spent, wall = cpu(process), listed(double, port, requests)
                lists[name].append(wall / requests * 1e6)
                costs[name].append((cpu(process) - spent) / requests * 1e6)
                memory[name].append(resident(process))
    note = f"Not measured: {'; '.join(missing)}." if missing else ""
    each = f"{requests:,} requests over one connection, a list of {THINGS}"
    return [
        Result("Ready: until the first answer of an empty tenant", "wall, s", ready, OURS, note),
        Result("Memory after the lists", "resident, MiB", memory, OURS),
        Result(
            f"Small lists: {each}",
            "wall of one, µs",
            lists,
            OURS,
            "667 µs and fewer are 1,500 lists a second.",
        ),
        Result(f"Small lists: {each}", "CPU of the server for one, µs", costs, OURS),
        *tests_pay(rounds * 5),
        inserts(rounds, rows),
    ]


OURS = "uipath_odata"


def found(quick):
    doubles, missing = {OURS: ours}, []
    for name, make in {"moto": moto, "azurite": azurite}.items():
        try:
            doubles[name] = make(not quick)
        except NotInstalled as error:
            missing.append(f"{name} ({error})")
    return doubles, missing


def ours(port):
    command = [sys.executable, "-m", "uipath_odata.cli", "emulator", "--seed", "none", "--port", str(port)]
    headers = {"Authorization": "Bearer demo-pat"}
    return Double(command, fill_ours, "/acme/Default/odata/Robots?$top=8", headers)


def fill_ours(port):
    rows = [{"Id": number, "Name": f"robot {number}"} for number in range(1, THINGS + 1)]
    post(port, "/_emulator/insert", orjson.dumps({"entity_set": "Robots", "rows": rows}))


def moto(make):
    python = python_of("moto", make=make)
    if python is None:
        raise NotInstalled("no environment is kept")

    def double(port):
        headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request"}
        return Double([str(python.with_name("moto_server")), "-p", str(port)], fill_moto, "/", headers)

    return double


def fill_moto(port):
    for number in range(THINGS):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/bucket-{number}", method="PUT")
        urllib.request.urlopen(request).close()


def azurite(make):
    folder = KEPT / AZURITE.replace("@", "-")
    script = folder / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    if not script.exists():
        if not make or shutil.which("npm") is None:
            raise NotInstalled("no Node.js, or no folder is kept")
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), AZURITE]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotInstalled((done.stderr.strip().splitlines() or ["npm failed"])[-1])
    options = ("--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--blobPort")

    def double(port):
        return Double(
            ["node", str(script), *options, str(port)],
            fill_azurite,
            f"/{ACCOUNT}/things?restype=container&comp=list",
        )

    return double


def fill_azurite(port):
    """Make a container that everybody may list, and blobs in it, each request signed with the account's shared key."""
    put(port, f"/{ACCOUNT}/things", {"restype": "container"}, {"x-ms-blob-public-access": "container"}, b"")
    for number in range(THINGS):
        put(port, f"/{ACCOUNT}/things/blob-{number}", {}, {"x-ms-blob-type": "BlockBlob"}, b"content")


def put(port, path, query, headers, body):
    headers = headers | {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-10-04"}
    canonical = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    resource = f"/{ACCOUNT}{path}" + "".join(f"\n{name}:{value}" for name, value in sorted(query.items()))
    length = str(len(body)) if body else ""
    content = "application/octet-stream"
    text = f"PUT\n\n\n{length}\n\n{content}\n\n\n\n\n\n\n{canonical}{resource}"
    digest = hmac.digest(base64.b64decode(KEY), text.encode(), hashlib.sha256)
    headers |= {
        "Authorization": f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}",
        "Content-Type": content,
    }
    address = f"http://127.0.0.1:{port}{path}" + "".join(f"?{name}={value}" for name, value in query.items())
    urllib.request.urlopen(urllib.request.Request(address, body, headers, method="PUT")).close()


def post(port, path, body):
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)).close()


@contextmanager
def served(make):
    """Start a double on a free port; give the port, the seconds until its first answer and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    double = make(port)
    began = time.perf_counter()
    process = subprocess.Popen(double.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - began > _PATIENCE:
                raise RuntimeError(f"{double.command[0]} did not answer")
            time.sleep(0.002)
        yield port, time.perf_counter() - began, process, double
    finally:
        process.kill()  # azurite ends its connections first, for half a minute; nothing is kept that would be lost
        process.wait()


def answers(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def listed(double, port, requests):
    """Ask for the list again and again over one connection; return the seconds that it takes."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    ask = partial(connection.request, "GET", double.path, headers=double.headers)
    ask()
    first = connection.getresponse()
    content = first.read()
    if first.status != 200 or not content:
        raise RuntimeError(f"{double.command[0]} answers {first.status}: {content[:200]}")
    began = time.perf_counter()
    for _ in range(requests):
        ask()
        connection.getresponse().read()
    took = time.perf_counter() - began
    connection.close()
    return took


def cpu(process):
    """Return the CPU seconds of a process so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(process):
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def tests_pay(rounds):
    """Measure what a test pays: a state restored, and an emulator of its own."""
    restored = {f"{OURS}, empty": [], f"{OURS}, demo": []}
    for name, seed in zip(restored, (None, "demo"), strict=True):
        with Emulator(seed=seed) as emulator:
            if seed is None:
                emulator.add.folder("Shared")
            before = emulator.snapshot()
            for number in range(rounds):
                emulator.add.queue(f"queue {number}", folder="Shared")
                began = time.perf_counter()
                emulator.restore(before)
                restored[name].append((time.perf_counter() - began) * 1e3)
    started = {f"{OURS}, empty": []}
    for _ in range(rounds):
        began = time.perf_counter()
        with Emulator(seed=None):
            started[f"{OURS}, empty"].append((time.perf_counter() - began) * 1e3)
    return [
        Result("Restore a snapshot after a change", "wall, ms", restored),
        Result("An emulator of a test's own, started in its process", "wall, ms", started),
    ]


def port_of(emulator):
    return urlsplit(emulator.url).port


def inserts(rounds, rows):
    """Measure rows inserted in the process and over HTTP."""
    robots = [{"Id": number, "Name": f"robot {number}"} for number in range(1, rows + 1)]
    items = [
        {"Id": number, "Reference": f"r {number}", "Status": "New", "SpecificContent": {"n": number}}
        for number in range(1, rows + 1)
    ]
    body = orjson.dumps({"entity_set": "Robots", "rows": robots})
    taken = {f"{OURS}: robots": [], f"{OURS}: queue items": [], f"{OURS}: robots, over HTTP": []}
    with Emulator(seed=None) as emulator:
        acts = (
            lambda: emulator.insert("Robots", robots),
            lambda: emulator.insert("QueueItems", items),
            lambda: post(port_of(emulator), "/_emulator/insert", body),
        )
        for _ in range(rounds):
            for name, act in zip(taken, acts, strict=True):
                began = time.perf_counter()
                act()
                taken[name].append((time.perf_counter() - began) / rows * 1e6)
                emulator.reset()
    return Result(
        f"Insert {rows:,} rows", "wall of one, µs", taken, note="100 µs and fewer are 10,000 rows a second."
    )
