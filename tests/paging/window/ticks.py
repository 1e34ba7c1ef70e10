"""A server of logs that answers one request at a time, from a list of ticks."""

from __future__ import annotations

from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page

UNIT = 10_000
HOUR = 36_000_000_000


class Logs:
    """Answers requests from a list of ticks, one row each; ``lt`` is ``honoured``, ``ignored`` or ``refused``."""

    def __init__(self, ticks, *, lt="honoured", hidden=(), counts=len, orders=True):
        self.ticks, self.lt, self.hidden, self.counts, self.orders = [*ticks], lt, hidden, counts, orders
        self.asked, self.before = [], {}

    def answer(self, request):
        kind = (
            "total"
            if request.total
            else "newest"
            if request.falling
            else "count"
            if request.count
            else "rows"
        )
        self.asked.append((kind, request.after, request.before))
        self.before.get(len(self.asked), lambda: None)()
        if request.before is not None and self.lt == "refused":
            return Page([], refused=True)
        before = request.before if request.before is not None and self.lt == "honoured" else 2**62
        found = sorted(each for each in self.ticks if request.after < each < before)
        counted = self.counts(found)
        if request.total:
            return Page([], counted)
        shown = [each for each in found if each not in self.hidden]
        shown = shown[::-1] if request.falling and self.orders else shown
        rows = [
            {"TimeStamp": str(Instant(each)), "Message": str(each)}
            for each in shown[request.skip :][: request.top]
        ]
        return Page(rows, counted if request.count else None)


def at(number):
    return HOUR + number * UNIT


def run(steps, logs):
    """Answer all questions of some steps; return what they come to."""
    page = None
    while True:
        try:
            request = next(steps) if page is None else steps.send(page)
        except StopIteration as ended:
            return ended.value
        page = logs.answer(request)
