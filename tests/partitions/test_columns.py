"""Which columns a partition has, and what is asked of the server to fill them."""

from __future__ import annotations

import pytest

from uipath_odata import Query
from uipath_odata.entities import Asset, Job, RobotLog
from uipath_odata.errors import QueryError
from uipath_odata.partitions import Partition
from uipath_odata.partitions.columns import PartitionColumns

PARTITION = Partition(
    url="",
    tenant="",
    entity_set="",
    plan="whole",
    exact=True,
    read_at="",
    list_id="",
    folder={"_folder_id": 5},
)


@pytest.mark.parametrize(
    ("query", "columns", "options"),
    [
        (Query(RobotLog), None, {}),
        (Query(RobotLog), ["Message"], {"$select": "Message"}),
        (Query(RobotLog), ["TimeStamp_text"], {"$select": "TimeStamp"}),
        (Query(RobotLog), ["Message", "_extra"], {}),
        (Query(Job).select(Job.state, Job.robot.name), ["State"], {"$select": "State"}),
        (Query(Job).select(Job.state, Job.robot.name), ["Robot"], {"$select": "Id", "$expand": "Robot($select=Name)"}),
        (Query(Job).expand(Job.robot, Job.machine), ["Robot", "Id"], {"$select": "Id", "$expand": "Robot"}),
        (Query(Job).expand(Job.robot), ["_folder_id"], {"$select": "Id"}),
        (Query(Job).select(Job.state, Job.info), ["Info"], {"$select": "Info"}),
    ],
)  # fmt: skip
def test_only_what_columns_hold_is_asked_for(query, columns, options):
    found = PartitionColumns.of(PARTITION, query, columns, "us")
    assert found.query.options == options
    assert columns is None or found.schema.names == columns


def test_secret_values_are_not_among_the_columns():
    assert "StringValue" not in PartitionColumns.of(PARTITION, Query(Asset), None, "us").schema.names
    with pytest.raises(QueryError, match="no column StringValue"):
        PartitionColumns.of(PARTITION, Query(Asset), ["StringValue"], "us")


@pytest.mark.parametrize(
    ("columns", "timestamps", "said"),
    [
        ([], "us", "columns is empty"),
        (["Id", "Id"], "us", "names one twice"),
        (["id"], "us", "no column id: there are .*Id"),
        (None, "ms", "timestamps='ms' is not known"),
        (["TimeStamp_text"], "ns", "no column TimeStamp_text"),
    ],
)
def test_unknown_columns_and_units_are_refused(columns, timestamps, said):
    with pytest.raises(QueryError, match=said):
        PartitionColumns.of(PARTITION, Query(RobotLog), columns, timestamps)
