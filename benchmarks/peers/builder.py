"""What every builder's script does: compose ``State eq 'Faulted' and Id gt n``, select, order, and count rows."""

from __future__ import annotations

import json
import sys
import time


def report(build):
    times = int(sys.argv[1])
    build(0)
    cpu = time.process_time()
    for number in range(1, times + 1):
        text = build(number)
    print(json.dumps({"cpu": (time.process_time() - cpu) / times, "text": text}))
