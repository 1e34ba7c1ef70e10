"""Forks an export to a bucket for each line that it reads; a child waits for SIGCONT, so that its number is known first."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import signal
import sys
import traceback

from tests.export.tenant import Tenant
from tests.export.test_churn import lists_of
from uipath_odata.errors import ExportLocked
from uipath_odata.export import compact, export
from uipath_odata.export.places import holder
from uipath_odata.export.places.bucket_lease import leased

SILENCE = 1.5


def rows(name, count, at):
    return [
        {"Id": each, "State": "Running", "Key": name, "CreationTime": at, "LastModificationTime": at}
        for each in range(1, count + 1)
    ]


def child(url, name, host, part_rows=40, compacts=False):
    leased.__wrapped__.__kwdefaults__["silence"] = SILENCE
    if host:
        holder._kernel = lambda: host
    if compacts:
        asyncio.run(compact(url, part_rows=200, look_back=dt.timedelta(0)))
        return
    tenant = Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC), page_cap=30)
    tenant.sets = {"Jobs": rows(name, 90, "2024-05-01T00:00:00Z")}
    [jobs] = [each for each in lists_of(tenant) if each.entity_set == "Jobs"]
    asyncio.run(export(jobs, url, part_rows=part_rows))


def forked(request):
    process = os.fork()
    if process:
        os.waitpid(process, os.WUNTRACED)
        return process
    os.kill(os.getpid(), signal.SIGSTOP)
    code = 1
    try:
        child(**request)
        code = 0
    except ExportLocked as error:
        sys.stderr.write(f"{error}\n")
        code = 75
    except BaseException:  # noqa: BLE001 - the child ends here
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


def say(numbers):
    sys.stdout.write(" ".join(map(str, numbers)) + "\n")
    sys.stdout.flush()


def main():
    for line in sys.stdin:
        processes = [forked(each) for each in json.loads(line)]
        say(processes)
        codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in processes]
        say(codes)


main()
