"""What every exporter's script does: time it, and count what it wrote."""

from __future__ import annotations

import json
import sys
import time


def report(write):
    """Run ``write(base_url, pages, format, folder)``, which gives the number of rows that it wrote."""
    base_url, pages, format_, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    cpu, wall = time.process_time(), time.perf_counter()
    rows = write(base_url, pages, format_, folder)
    taken = {"rows": rows, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps(taken))
