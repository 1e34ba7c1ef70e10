"""What others can see of requests.

``write_log`` tells the log who changed what; ``tracing`` writes OpenTelemetry spans, ``instruments``
measures.
"""

from __future__ import annotations
