"""What happens as time passes: ``advance`` brings the state to the moment that the clock shows.

``jobs`` run and end, ``run_logs`` are what they write meanwhile, ``events`` what webhooks are told by ``deliveries``; ``audit`` notes what
requests change.
"""

from __future__ import annotations
