"""A run as one HTML page: charts, and a table of its lists; it loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from uipath_odata.export.events import Event
from uipath_odata.export.reports.run_record import RunRecord, Sample

__all__ = ["report_page"]

_WIDTH: Final = 860
_HEIGHT: Final = 180
_LEFT: Final = 70
_BOTTOM: Final = 24
_STYLE: Final = """
body{font:14px/1.5 system-ui,sans-serif;max-width:900px;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.4rem}h2{font-size:1rem;margin:1.6rem 0 .3rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #d8dee4}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.bad{color:#a40e26}.ok{color:#116329}
svg text{font:11px system-ui,sans-serif;fill:#57606a}svg .grid{stroke:#d8dee4}svg .line{fill:none;stroke:#0969da;stroke-width:2}
svg .limit{stroke:#a40e26;stroke-dasharray:5 4;fill:none}
"""


def report_page(record: RunRecord) -> str:
    """Return the page of a run."""
    lists, samples = record.lists, record.samples
    rows, new = sum(each.rows for each in lists), sum(each.new_rows for each in lists)
    requests = sum(each.requests for each in lists)
    facts = f"{len(lists):,} lists, {new:,} rows in this run, {rows:,} in the export, {requests:,} requests, {record.seconds:,.0f} s"
    parts = [
        f"<h1>Export of {record.began_at:%Y-%m-%d %H:%M:%S} UTC</h1><p>{facts}</p>",
        _picture("Rows of this run", samples, lambda each: each.rows),
        _picture(
            "Requests in a minute, and the budget",
            samples,
            lambda each: each.sent_in_a_minute,
            _budget(samples),
        ),
        _picture("Seconds that requests waited for the budget", samples, lambda each: each.waits),
        _picture("Requests that were sent again", samples, lambda each: each.retries),
        _table(lists),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Export</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _budget(samples: Sequence[Sample]) -> float | None:
    return max((each.budget for each in samples if each.budget is not None), default=None)


def _picture(
    title: str,
    samples: Sequence[Sample],
    value_of: Callable[[Sample], float | None],
    limit: float | None = None,
) -> str:
    """Return a line over time; nothing where there is nothing to draw."""
    points = [(each.seconds, value) for each in samples if (value := value_of(each)) is not None]
    if not any(value for _, value in points):
        return ""
    end = max(points[-1][0], 0.001)
    top = max(*(value for _, value in points), limit or 0, 1)

    def at(seconds: float, value: float) -> str:
        across = _LEFT + seconds / end * (_WIDTH - _LEFT - 10)
        return f"{across:.1f},{_HEIGHT - _BOTTOM - value / top * (_HEIGHT - _BOTTOM - 12):.1f}"

    line = " ".join(at(*each) for each in points)
    marks = [_mark(share * top, at(0, share * top), 0 if top >= 10 else 1) for share in (0, 0.5, 1)]  # noqa: PLR2004 - a label
    limit_line = "" if limit is None else f'<path class="limit" d="M{at(0, limit)} L{at(end, limit)}"/>'
    return (
        f"<h2>{escape(title)}</h2>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(marks)}'
        f'<text x="{_LEFT}" y="{_HEIGHT - 6}">0 s</text>'
        f'<text x="{_WIDTH - 10}" y="{_HEIGHT - 6}" text-anchor="end">{end:,.1f} s</text>'
        f'{limit_line}<polyline class="line" points="{line}"/></svg>'
    )


def _mark(value: float, place: str, digits: int) -> str:
    height = place.partition(",")[2]
    return (
        f'<path class="grid" d="M{_LEFT},{height} H{_WIDTH - 10}"/>'
        f'<text x="{_LEFT - 8}" y="{float(height) + 4:.1f}" text-anchor="end">{value:,.{digits}f}</text>'
    )


def _table(lists: Sequence[Event]) -> str:
    numbers = "".join(
        f"<th class=n>{name}</th>"
        for name in ("Rows", "In export", "Files", "Bytes", "Requests", "Again", "Waited", "Seconds")
    )
    head = f"<th>List</th>{numbers}<th>Plan</th><th>End</th>"
    return f"<h2>Lists</h2><table><tr>{head}</tr>{''.join(map(_row, lists))}</table>"


def _row(event: Event) -> str:
    name = " · ".join(each for each in (event.tenant, event.entity_set, event.folder) if each)
    numbers = (
        event.new_rows,
        event.rows,
        event.files,
        event.bytes,
        event.requests,
        event.retries,
        f"{event.waits:,.1f}",
        f"{event.seconds:,.1f}",
    )
    cells = "".join(f"<td class=n>{each if isinstance(each, str) else f'{each:,}'}</td>" for each in numbers)
    end = "proven" if event.proven else event.error or event.reason or event.event
    kind = "ok" if event.proven else "bad"
    return f"<tr><td>{escape(name)}</td>{cells}<td>{escape(event.plan)}</td><td class={kind}>{escape(end)}</td></tr>"
