"""Files of storage buckets, attachments, packages and rules.

``bucket_files``, ``attachment_files``, ``package_files`` and ``rule_files`` are the entity sets with files. ``download`` writes a
file completely or not at all, under a ``safe_name``. ``multipart`` uploads one. ``access`` says where a bucket's file is: at a
pre-signed address, or at Orchestrator itself. ``object_name`` refuses names that Orchestrator would read as other names.
"""

from __future__ import annotations
