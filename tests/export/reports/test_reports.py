"""A run is told to monitors in their own format, and to people as one page that loads nothing."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser

import pytest
from prometheus_client.parser import text_string_to_metric_families

from uipath_odata.export import Event
from uipath_odata.export.reports import RunRecord, metrics_text, report_page

ODD = 'Finance "EU"\\Test\n<script>alert(1)</script>'


class Clock:
    now = 10.0

    def __call__(self):
        return self.now


@pytest.fixture
def record():
    clock = Clock()
    made = RunRecord(clock, lambda: dt.datetime(2024, 5, 2, 3, 4, 5, tzinfo=dt.UTC))
    for second in range(1, 3_001):
        clock.now += 1
        made.take(
            Event(
                event="progress",
                entity_set="Jobs",
                folder=ODD,
                rows=100 * second,
                new_rows=100 * second,
                requests=second,
                retries=second // 900,
                waits=second / 2,
                sent_in_a_minute=60,
                budget=80.0,
            )
        )
    made.take(
        Event(
            event="complete",
            entity_set="Jobs",
            folder=ODD,
            rows=300_000,
            new_rows=300_000,
            expected=299_000,
            requests=3_000,
            proven=True,
        )
    )
    made.take(
        Event(event="failed", entity_set="Robots", tenant="acme", error="no <way>", error_type="Forbidden")
    )
    return made


def test_other_peoples_parser_reads_the_metrics(record):
    families = {each.name: each for each in text_string_to_metric_families(metrics_text(record))}
    assert all(each.type == "gauge" and each.documentation for each in families.values())
    [rows] = [
        each for each in families["uipath_odata_export_rows"].samples if each.labels["entity_set"] == "Jobs"
    ]
    assert (rows.labels, rows.value) == ({"entity_set": "Jobs", "folder": ODD}, 300_000)
    complete = {
        each.labels["entity_set"]: each.value for each in families["uipath_odata_export_complete"].samples
    }
    assert complete == {"Jobs": 1, "Robots": 0}
    [ended] = families["uipath_odata_export_ended_timestamp_seconds"].samples
    assert ended.value == dt.datetime(2024, 5, 2, 3, 4, 5, tzinfo=dt.UTC).timestamp()


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.lines = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.tags.append((tag, facts))
        if tag == "polyline":
            self.lines.append([tuple(map(float, each.split(","))) for each in facts["points"].split()])


def test_the_page_draws_the_run_and_loads_nothing(record):
    text = report_page(record)
    page = Page(text)
    assert {tag for tag, _ in page.tags} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "h1",
            "h2",
            "p",
            "svg",
            "path",
            "text",
            "polyline",
        ),
        *("table", "tr", "th", "td"),
    }
    assert not any({"src", "href"} & facts.keys() for _, facts in page.tags)
    assert "url(" not in text
    assert len(page.lines) == 4  # rows, requests against the budget, waits, what was sent again
    rows = page.lines[0]
    assert [across for across, _ in rows] == sorted(across for across, _ in rows)
    assert [down for _, down in rows] == sorted((down for _, down in rows), reverse=True)
    assert "no &lt;way&gt;" in text


def test_the_page_of_a_long_run_stays_small(record):
    assert len(record.samples) <= 1_000
    assert len(report_page(record)) < 150_000


def test_a_run_that_did_nothing_has_a_page_too():
    assert "0 lists, 0 rows" in report_page(RunRecord())
