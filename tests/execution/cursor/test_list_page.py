from __future__ import annotations

import json

from uipath_odata import ListPage
from uipath_odata.entities import Job

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
