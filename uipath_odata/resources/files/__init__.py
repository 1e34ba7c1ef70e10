"""Files of buckets, attachments, packages and rules: to and from this machine's disk.

``bucket_files``, ``attachment_files``, ``package_files`` and ``rule_files`` are the entity sets that have files. A file
arrives by ``download``, whole or not at all, under a ``safe_name``, and leaves as ``multipart``. ``access`` goes to the addresses of
storage, and ``object_name`` refuses names that Orchestrator reads as others.
"""

from __future__ import annotations
