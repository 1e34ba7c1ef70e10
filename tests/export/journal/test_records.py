"""A record is read as it was written, or refused by what is wrong with it."""

from __future__ import annotations

import datetime as dt

import orjson
import pytest

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.journal import all_records_in, line_of, sound_records_in
from uipath_odata.export.journal.records import (
    File,
    Part,
    RunBegan,
    RunEnded,
    StepProof,
    StepRead,
    json_of,
    record_of,
)

BEGAN = RunBegan(
    entity_list="Jobs", run=2, read_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC), after=5, again=(1, 3)
)
PART = Part(
    entity_list="Jobs",
    number=1,
    run=2,
    step="new",
    rows=3,
    files=(File(name="Jobs/part-000001-g1.jsonl", rows=3, bytes=2, sha256="ab"),),
    cursor={"plan": "keyset", "after": 5},
)
ENDED = RunEnded(entity_list="Jobs", run=2, proven=True, reason="every range was read", replaced=(1,))
PROOF = StepProof(proven=True, reason="every range was read", kind="by_later_bucket")
READ = StepRead(entity_list="Jobs", step="new", proof=PROOF)
RECORDS = [BEGAN, PART, StepRead(entity_list="Jobs", step="new"), READ, ENDED]


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_is_read_as_it_was_written(record):
    assert record_of(json_of(record)) == record


@pytest.mark.parametrize(
    ("record", "change", "reason"),
    [
        (BEGAN, {"run": None}, "run"),
        (BEGAN, {"read_at": "2024-05-01T00:00:00"}, "read_at"),
        (BEGAN, {"read_at": "yesterday"}, "read_at"),
        (BEGAN, {"record": "begun"}, "record"),
        (PART, {"rows": "3"}, "rows"),
        (PART, {"files": [{"name": "Jobs/part"}]}, "files"),
        (PART, {"sorted": True}, "sorted"),
        (ENDED, {"proven": 1}, "proven"),
        (ENDED, {"proof": "by_luck"}, "proof"),
        (READ, {"proof": {"proven": True, "reason": "", "kind": "by_luck"}}, "kind"),
    ],
)
def test_a_whole_line_with_other_words_is_refused_by_the_word(record, change, reason):
    words = orjson.loads(json_of(record)) | change
    with pytest.raises(
        ExportError, match=rf"does not know \(.*{reason}.*use the release of uipath-odata that wrote it"
    ):
        record_of(orjson.dumps(words))


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"{", b"[" * 10_000, b'"begin"'])
def test_what_is_not_a_record_at_all_is_refused(text):
    with pytest.raises(ExportError, match="does not know"):
        record_of(text)


def test_words_that_are_not_known_are_refused_unless_the_export_is_overwritten(monkeypatch):
    known, unknown = line_of(BEGAN), line_of(ENDED)
    monkeypatch.setattr("uipath_odata.export.journal.journal.json_of", lambda _record: b'{"record":"moved"}')
    unknown = line_of(ENDED)
    with pytest.raises(ExportError, match="moved"):
        all_records_in(known + unknown)
    assert sound_records_in(known + unknown) == [BEGAN]
