"""uipath-platform: ``sdk.jobs.list(skip=…, top=…)``, which stops at 11,000 rows; it has no list of robot logs."""

from __future__ import annotations

from peer import PAGE, report
from uipath.platform import UiPath


def read(base_url, kind, pages):
    assert kind == "jobs"
    sdk = UiPath(base_url=base_url.removesuffix("/orchestrator_"), secret="a-token")
    jobs = sdk.jobs
    for number in range(pages):
        yield jobs.list(skip=number * PAGE, top=PAGE).items


report(read, lambda row, name: getattr(row, name.lower()))
