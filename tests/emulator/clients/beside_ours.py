"""UiPath's own Python SDK beside this package, on one emulator: each sees what the other did.

This package works in this process; the argument names the interpreter that has the SDK, which runs this file a second time with
``sdk`` and tells what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

PLACE = "Shared/Finance"
FOLDER = {"folder_path": PLACE}


def sdk_side():
    """Read what was done, do as much again, and print what was seen."""
    from uipath.platform import UiPath  # noqa: PLC0415 - only this half has it

    sdk = UiPath()
    with tempfile.TemporaryDirectory() as place:
        down, stored = Path(place) / "down.txt", Path(place) / "stored.txt"
        sdk.buckets.download(name="files", blob_file_path="ours/a.txt", destination_path=str(down), **FOLDER)
        told = json.loads(sys.argv[2])
        sdk.attachments.download(key=told["stored"], destination_path=str(stored), **FOLDER)
        items = sdk.queues.list_items(**FOLDER)["value"]
        seen = {
            "references": sorted(item["Reference"] for item in items if item["Reference"]),
            "ended": {item["Reference"]: [item["Status"], item["Output"]] for item in items},
            "url": sdk.assets.retrieve("Url", **FOLDER).value,
            "password": sdk.assets.retrieve_credential("Sap", **FOLDER),
            "secret": sdk.assets.retrieve_secret("Token", **FOLDER),
            "file": down.read_text(),
            "attachment": stored.read_text(),
        }
    job = sdk.jobs.retrieve(told["job"], **FOLDER)
    seen["job"] = [job.state, json.loads(sdk.jobs.extract_output(job))]
    seen["started"] = sdk.processes.invoke("Bot", {"from": "the SDK"}, **FOLDER).key
    item = {"Name": "Invoices", "Reference": "THEIRS-1", "SpecificContent": {"n": 9}}
    sdk.queues.create_item(item, **FOLDER)
    sdk.buckets.upload(
        name="files",
        blob_file_path="theirs/b.txt",
        content="from the SDK",
        content_type="text/plain",
        **FOLDER,
    )
    seen["stored"] = str(sdk.attachments.upload(name="c.txt", content=b"theirs", **FOLDER))
    print(json.dumps(seen))


async def our_side(sdk):
    """Do work by name, let the SDK look at it, and look at what the SDK did."""
    from uipath_odata import Orchestrator  # noqa: PLC0415 - only this half has it

    async with Orchestrator.from_env() as orchestrator:
        finance = orchestrator.folder(PLACE)
        queue, bucket = finance.queue("Invoices"), finance.bucket("files")
        async for item in queue.work(until_empty=True):
            async with item:
                pass
        await queue.add_all(
            [{"n": n} for n in range(3)], reference=lambda row: f"OURS-{row['n']}", check="read"
        )
        async for item in queue.work(until_empty=True):
            async with item:
                item.output = {"twice": 2 * item.content["n"]}
        await finance.asset("Url").set("https://ours")
        await finance.asset("Sap").set_credential("u", "our password")
        await finance.asset("Token").set("our secret")
        await bucket.upload("ours/a.txt", b"from us")
        stored = await finance.attachments.upload(b"ours", name="a.txt")
        run = await finance.process("Bot").start({"from": "us"}, reference="OURS-1")
        await run.wait()
        told = {"stored": str(stored.key), "job": str(run.key)}
        seen = json.loads(await asyncio.to_thread(run_sdk, sdk, told))
        assert seen["job"] == ["Successful", {"from": "us"}], seen
        theirs = await finance.run(seen["started"])
        assert (await theirs.wait()).output == {"from": "the SDK"}
        assert seen["references"] == ["OURS-0", "OURS-1", "OURS-2"], seen
        assert seen["ended"]["OURS-2"] == ["Successful", {"twice": 4}], seen
        assert (seen["url"], seen["password"], seen["secret"]) == (
            "https://ours",
            "our password",
            "our secret",
        )
        assert (seen["file"], seen["attachment"]) == ("from us", "ours")
        items = [item async for item in worked(queue)]
        assert [(item.reference, item.content, item.ended) for item in items] == [
            ("THEIRS-1", {"n": 9}, "successful")
        ]
        with tempfile.TemporaryDirectory() as place:
            file = await bucket.download("theirs/b.txt", Path(place))
            assert file.path.read_text() == "from the SDK"
            attachment = await finance.attachments.download(seen["stored"], Path(place))
            assert (attachment.path.name, attachment.path.read_bytes()) == ("c.txt", b"theirs")
    print("ok   each sees what the other did")


async def worked(queue):
    async for item in queue.work(until_empty=True):
        async with item:
            pass
        yield item


def run_sdk(python, told):
    return subprocess.run(
        [python, __file__, "sdk", json.dumps(told)], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    if sys.argv[1] == "sdk":
        sdk_side()
    else:
        asyncio.run(our_side(sys.argv[1]))
