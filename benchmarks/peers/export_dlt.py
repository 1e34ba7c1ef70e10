"""A dlt pipeline: its REST client into Parquet files."""

from __future__ import annotations

import os

import dlt
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import OffsetPaginator
from peer import HEADERS, PAGE
from writer import report


def write(base_url, pages, format_, folder):
    os.environ |= {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "DESTINATION__FILESYSTEM__BUCKET_URL": f"file://{folder}/out",
    }
    paginator = OffsetPaginator(
        limit=PAGE, offset_param="$skip", limit_param="$top", total_path=None, maximum_offset=pages * PAGE
    )
    client = RESTClient(base_url=base_url, headers=HEADERS, paginator=paginator, data_selector="value")
    pipeline = dlt.pipeline(
        "logs", destination="filesystem", dataset_name="logs", pipelines_dir=f"{folder}/state"
    )
    logs = dlt.resource(client.paginate("odata/RobotLogs"), name="robot_logs")
    pipeline.run(logs, loader_file_format=format_)
    return pipeline.last_trace.last_normalize_info.row_counts["robot_logs"]


report(write)
