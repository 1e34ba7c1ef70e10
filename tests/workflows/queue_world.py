"""A queue behind a raw socket, whose answers are lost as a schedule says: at any byte, with the work done, undone or done later.

It shares nothing with the emulator or the client: a request is read by its bytes, a filter by its comparisons.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from functools import partial
from random import Random
from urllib.parse import parse_qsl, unquote, urlsplit

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.retry.progress import RetryContext

WRITES = (
    "AddQueueItem",
    "BulkAddQueueItems",
    "StartTransaction",
    "SetTransactionResult",
    "SetTransactionProgress",
)


class Fate:
    """What becomes of one write: done or not, now or ``later`` requests on, its answer cut ``at`` a byte."""

    def __init__(self, performed=True, later=0, at=None):
        self.performed, self.later, self.at = performed, later, at

    def __repr__(self):
        return f"Fate(performed={self.performed}, later={self.later}, at={self.at})"


FINE = Fate()


def random_fate(rng, share):
    if rng.random() >= share:
        return FINE
    kind = rng.choice(("done", "undone", "later"))
    return Fate(kind == "done", rng.randint(1, 4) if kind == "later" else 0, rng.randint(0, 400))


class QueueWorld:
    """One queue, served to any number of clients."""

    def __init__(self, fate=lambda name: FINE, *, unique=True, retries=0, largest=None):
        self.fate, self.unique, self.retries, self.largest = fate, unique, retries, largest
        self.items, self.postponed, self.requests = [], [], []
        self.starts, self.results = defaultdict(int), defaultdict(list)
        self.gates = {}
        """By name of a write: an event that it waits for before anything is done."""

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()

    def client(self, **options):
        client = Orchestrator(f"{self.url}/acme/Default/orchestrator_", AccessToken("a"), **options)
        clock = Clock(sleep=lambda _: asyncio.sleep(0))
        client._transport._context = RetryContext(RetryPolicy(), clock, Random(0))
        client._channel.memory[Clock] = clock
        return client

    def settle(self):
        """Let everything happen that was to happen later."""
        while self.postponed:
            self._count_down()

    def _count_down(self):
        for entry in list(self.postponed):
            entry[0] -= 1
            if entry[0] <= 0:
                self.postponed.remove(entry)
                entry[1]()

    async def _serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = int((re.search(r"(?i)content-length: (\d+)", head) or [0, 0])[1])
                body = json.loads(await reader.readexactly(length) or b"null")
                method, target, _ = head.split(" ", 2)
                if not await self._reply(writer, method, target, body):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _reply(self, writer, method, target, body):
        path, options = unquote(urlsplit(target).path), dict(parse_qsl(urlsplit(target).query))
        name = next((each for each in WRITES if path.endswith(each)), None)
        self.requests.append(name or path.rpartition("/")[2])
        if name in self.gates:
            await self.gates[name].wait()
        self._count_down()
        if name is None:
            return await self._send(writer, *self._read(path, options), None)
        fate, key = self.fate(name), re.search(r"\((\d+)\)", path)
        act = partial(self._write, name, int(key[1]) if key else None, body)
        if fate.later:
            self.postponed.append([fate.later, act])
        answer = act() if fate.performed else (200, {})
        return await self._send(writer, *answer, fate.at if fate.performed else 0)

    async def _send(self, writer, status, answer, at):
        content = b"" if answer is None else json.dumps(answer).encode()
        head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        whole = head.encode() + content
        cut = at is not None and at < len(whole)
        writer.write(whole[:at] if cut else whole)
        await writer.drain()
        return not cut

    def _read(self, path, options):
        definition = {
            "Id": 1, "Name": "Q", "EnforceUniqueReference": self.unique,
            "AcceptAutomaticallyRetry": self.retries > 0, "MaxNumberOfRetries": self.retries,
        }  # fmt: skip
        if path.endswith("/QueueDefinitions"):
            return 200, {"value": [definition]}
        if path.endswith("/QueueDefinitions(1)"):
            return 200, definition
        if key := re.search(r"/QueueItems\((\d+)\)$", path):
            return 200, self.items[int(key[1]) - 1]
        rows = [item for item in self.items if self._fits(item, options.get("$filter", ""))]
        if "Id desc" in options.get("$orderby", ""):
            rows.reverse()
        rows = rows[int(options.get("$skip", 0)) :][: int(options.get("$top", 100))]
        return 200, {"value": rows} | ({"@odata.count": len(rows)} if options.get("$count") == "true" else {})

    def _fits(self, item, text):
        if (one_of := re.search(r"Reference in \((.*?)\)", text)) and item["Reference"] not in re.findall(
            r"'(.*?)'", one_of[1]
        ):
            return False
        for name, operator, value in re.findall(r"(\w+) (eq|ne|gt|ge|le|lt) ('[^']*'|\d+)", text):
            wanted = value[1:-1] if value[0] == "'" else int(value)
            has = item[name]
            verdict = {
                "eq": has == wanted, "ne": has != wanted,
                "gt": operator == "gt" and has > wanted, "ge": operator == "ge" and has >= wanted,
                "le": operator == "le" and has <= wanted, "lt": operator == "lt" and has < wanted,
            }  # fmt: skip
            if not verdict[operator]:
                return False
        return True

    def _write(self, name, key, body):
        if name == "AddQueueItem":
            return self._add(body["itemData"])
        if name == "BulkAddQueueItems":
            return self._bulk(body["queueItems"])
        if name == "StartTransaction":
            return self._start(body["transactionData"])
        item = self.items[key - 1]
        if item["Status"] != "InProgress":
            return 409, {"message": "not in progress", "errorCode": 0}
        if name == "SetTransactionResult":
            self._end(item, body["transactionResult"])
        return 200, None

    def _add(self, sent, **more):
        reference = sent.get("Reference")
        held = [each for each in self.items if each["Status"] not in {"Deleted", "Retried"}]
        if self.unique and reference and reference in {each["Reference"] for each in held} and not more:
            return 409, {"message": "Duplicate Reference.", "errorCode": 1016}
        item = {
            "Id": len(self.items) + 1, "QueueDefinitionId": 1, "Reference": reference, "Status": "New",
            "SpecificContent": sent.get("SpecificContent"), "AncestorId": None, "ManualAncestorId": None,
            "RetryNumber": 0, "ProcessingException": None, **more,
        }  # fmt: skip
        self.items.append(item)
        return 201, item

    def _bulk(self, sent):
        if self.largest is not None and len(sent) > self.largest:
            return 413, {"message": "too large"}
        failed = []
        for ordinal, each in enumerate(sent, 1):
            if self._add(each)[0] == 409:
                failed.append(
                    {"Ordinal": ordinal, "ErrorCode": "DuplicateReference", "ErrorMessage": "there"}
                )
        return 200, {"Success": not failed, "Message": None, "FailedItems": failed}

    def _start(self, sent):
        if sent.get("SpecificContent") is not None:
            status, item = self._add(sent)
            if status == 409:
                return status, item
        else:
            item = next((each for each in self.items if each["Status"] == "New"), None)
        if item is None:
            return 204, None
        item["Status"] = "InProgress"
        self.starts[item["Id"]] += 1
        return 200, item

    def _end(self, item, sent):
        error = sent.get("ProcessingException")
        again = error and error.get("Type") != "BusinessException" and item["RetryNumber"] < self.retries
        item["Status"] = "Successful" if sent.get("IsSuccessful") else "Retried" if again else "Failed"
        item["ProcessingException"] = error
        self.results[item["Id"]].append(item["Status"])
        if again:
            fields = {name: item[name] for name in ("Reference", "SpecificContent")}
            self._add(fields, AncestorId=item["Id"], RetryNumber=item["RetryNumber"] + 1)
