"""A loop over pages with httpx into one pandas frame."""

from __future__ import annotations

import httpx
import pandas as pd
from peer import HEADERS, url_of
from writer import report


def write(base_url, pages, format_, folder):
    rows = []
    with httpx.Client(headers=HEADERS, timeout=60) as client:
        for number in range(pages):
            rows += client.get(url_of(base_url, "logs", number)).json()["value"]
    frame = pd.DataFrame(rows)
    frame["TimeStamp"] = pd.to_datetime(frame["TimeStamp"])
    frame.to_parquet(f"{folder}/out.{format_}")
    return len(frame)


report(write)
