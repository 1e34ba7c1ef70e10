"""Wrong uses of queues, assets and files: a checker that finds nothing on one of these lines complains of an unused ignore."""

from __future__ import annotations

from uipath_odata import FolderClient


async def calls(finance: FolderClient) -> None:
    queue = finance.queue("Invoices")
    await queue.add([1])  # type: ignore[arg-type]
    await queue.add({}, priority="high")  # type: ignore[arg-type]
    await queue.add_all([{}])  # type: ignore[call-overload]
    await queue.add_all([{}], reference_column="A", reference=None)  # type: ignore[call-overload]
    await queue.add_all([{}], reference_column="A", check="queue")  # type: ignore[call-overload]
    await queue.add_all(5, reference=None)  # type: ignore[call-overload]
    queue.work(on_cancel="retry")  # type: ignore[arg-type]
    await queue.perform(lambda item: item.content)  # type: ignore[arg-type, return-value]
    await finance.asset("Url").set(1.5)  # type: ignore[arg-type]
    await finance.bucket("files").upload("a.pdf")  # type: ignore[call-arg]
