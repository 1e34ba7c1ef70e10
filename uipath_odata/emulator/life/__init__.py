"""What happens as time passes: ``passing`` brings the state up to the clock.

``plans`` says what is due when. ``starts`` starts jobs. ``jobs`` moves them through their states, with their ``arguments``,
``run_logs`` and the ``sessions`` of robots. ``queue_items`` are given to performers, retried and abandoned. ``events`` are the
webhook events, which ``deliveries`` sends. ``audit`` writes the AuditLogs of requests, ``test_results`` the results of test cases.
"""

from __future__ import annotations
