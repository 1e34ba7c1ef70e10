from __future__ import annotations

from uuid import UUID

import orjson
import pytest

from uipath_odata import events
from uipath_odata.errors import DecodeError
from uipath_odata.web import UnknownEvent, parse_event

JOB = {
    "Type": "job.completed",
    "EventId": "e1",
    "Timestamp": "2024-05-14T12:00:00.123Z",
    "Job": {"Id": 5, "Key": "16163b2c-f03b-4464-8060-98adfc0af51b", "State": "Successful"},
    "TenantId": 1,
    "OrganizationUnitId": 7,
    "Name": "ours",
}


def test_an_event_of_a_known_kind_is_typed_and_keeps_what_the_schema_does_not_know():
    event = parse_event(orjson.dumps(JOB))
    assert isinstance(event, events.JobCompletedEvent)
    assert (event.event_id, event.job.id) == ("e1", 5)
    assert event.job.key == UUID("16163b2c-f03b-4464-8060-98adfc0af51b")
    assert event.extra == {"Name": "ours"}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("job.created", "JobsCreatedEvent"),
        ("job.faulted", "JobFaultedEvent"),
        ("queueItem.added", "QueueItemsAddedEvent"),
        ("queueItem.deleted", "QueueItemDeletedEvent"),
        ("queue.created", "QueueCreatedEvent"),
        ("robot.updated", "RobotUpdatedEvent"),
    ],
)
def test_the_names_of_types_lead_to_the_classes_of_the_schema(kind, name):
    if name not in dir(events):
        pytest.skip("the schema has no such event")
    assert type(parse_event(orjson.dumps({"Type": kind}))).__name__ == name


@pytest.mark.parametrize(
    "body", [{"Type": "moon.full", "EventId": "e9", "More": [1]}, {"Type": "job.completed", "TenantId": "x"}]
)
def test_an_unknown_kind_or_value_is_kept_as_it_came(body):
    event = parse_event(orjson.dumps(body))
    assert event == UnknownEvent(type=body["Type"], event_id=body.get("EventId"), body=body)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"Type":5}', b"<html>", b"\xff", b"{"])
def test_what_is_no_event_is_an_error(body):
    with pytest.raises(DecodeError):
        parse_event(body)
