"""Packages: published to a feed, and the version of one that a process runs.

``nupkg`` reads what a package file says of itself, ``feed`` publishes it, ``versions`` moves processes to another version.
"""

from __future__ import annotations
