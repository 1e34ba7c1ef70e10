"""One call of one operation.

``operation`` is what the schema says of it, and how arguments become a request. ``connection`` is a client's channel to
its tenant: folder, settings, checks before sending. ``answers`` reads answers as values; ``item_failures`` says why items
of a bulk call failed; ``near_folders`` looks for folders that are named alike; ``hidden`` keeps tokens out of errors.
``manners`` are how long a client waits and how often it tries, ``amounts`` checks the seconds and counts that callers give.
"""

from __future__ import annotations
