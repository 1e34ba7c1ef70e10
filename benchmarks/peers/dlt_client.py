"""dlt's REST client with its offset paginator."""

from __future__ import annotations

from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import OffsetPaginator
from peer import HEADERS, PAGE, SETS, report


def read(base_url, kind, pages):
    paginator = OffsetPaginator(
        limit=PAGE, offset_param="$skip", limit_param="$top", total_path=None, maximum_offset=pages * PAGE
    )
    client = RESTClient(base_url=base_url, headers=HEADERS, paginator=paginator, data_selector="value")
    yield from client.paginate(f"odata/{SETS[kind]}")


report(read)
