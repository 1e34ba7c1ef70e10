from __future__ import annotations

import pytest

from uipath_odata import Query
from uipath_odata.entities import QueueItem, RobotLog
from uipath_odata.export.formats import Column, Shape

EXTRA_COLUMNS = (
    Column("_folder_id", "integer"),
    Column("_folder_path", "text"),
    Column("_read_at", "timestamp"),
    Column("_deleted", "boolean"),
)


@pytest.fixture(scope="session")
def logs():
    return Shape.of(Query(RobotLog), EXTRA_COLUMNS)


@pytest.fixture(scope="session")
def items():
    """Queue items with a robot expanded: structs, free-form maps and JSON in texts."""
    return Shape.of(Query(QueueItem).expand(QueueItem.robot), EXTRA_COLUMNS)
