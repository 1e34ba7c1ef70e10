"""Headers of answers as values: Retry-After, rate limits, challenges, API versions."""

from __future__ import annotations
