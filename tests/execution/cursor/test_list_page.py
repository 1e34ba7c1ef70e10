from __future__ import annotations

import json
from uuid import UUID

from uipath_odata import ListPage
from uipath_odata.entities import Job
from uipath_odata.odata.rows.raw_row import read_raw_page

ROW = {"Id": 1, "StartTime": "2024-05-14T06:00:00.123456Z", "Robot": {"Name": "Ü"}, "New": [1.5]}
AROUND = {"next": "n", "previous": None, "total": 7, "stable": True}


def test_a_page_of_entities_leaves_as_its_entities_do():
    job = Job.from_dict(ROW)
    page = ListPage([job], **AROUND)
    assert page.to_dict() == {"rows": [job.to_dict()], **AROUND}
    assert json.loads(page.to_json()) == {"rows": [json.loads(job.to_json())], **AROUND}
    assert page.to_dict(wire=True) == json.loads(page.to_json(wire=True)) == {"rows": [ROW], **AROUND}


def test_a_page_of_dicts_leaves_as_it_was_sent():
    page = ListPage([ROW], **AROUND)
    assert page.to_dict() == json.loads(page.to_json()) == {"rows": [ROW], **AROUND}
    assert json.loads(ListPage([], **AROUND).to_json())["rows"] == []


def test_a_page_of_rows_as_sent_passes_their_bytes_on_and_reads_them_when_asked():
    sent = b'{"Id": 1, "New": 1.50, "Text": "\\ud83d"}'
    rows, _, _ = read_raw_page(b'{"value":[%b]}' % sent, names=())
    page = ListPage(rows, **AROUND)
    assert sent in page.to_json()
    assert page.rows == page.to_dict()["rows"] == [{"Id": 1, "New": 1.5, "Text": "\ud83d"}]


def test_half_a_surrogate_pair_leaves_in_an_entity_too():
    job = Job(info="cut \ud83d", key=UUID(int=1))
    found = json.loads(ListPage([job], **AROUND).to_json())
    assert found["rows"] == [{"info": "cut \ud83d", "key": str(UUID(int=1))}]
