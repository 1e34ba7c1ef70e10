"""What happens as time passes: ``passing`` brings the state to the moment that the clock shows.

``plans`` says what is due when. ``starts`` begins jobs, which ``jobs`` takes through their states with their ``arguments``,
``run_logs`` and robots' ``sessions``; ``queue_items`` are given out, retried and abandoned. ``events`` is what webhooks are told
by ``deliveries``; ``audit`` notes what requests change, ``test_results``
what became of test cases.
"""

from __future__ import annotations
