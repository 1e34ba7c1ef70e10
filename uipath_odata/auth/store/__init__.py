"""Where logins are kept between runs: the system's keyring or a private file."""

from __future__ import annotations
