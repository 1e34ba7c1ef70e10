"""One call of one operation.

``operation`` has what the schema says about it, and makes arguments a request. ``connection`` is a client's channel to
its tenant: folder, settings, checks before sending. ``answers`` reads answers as values. ``item_failures`` says why items
of a bulk call failed. ``near_folders`` looks for folders with similar names. ``hidden`` keeps tokens out of errors.
``call_options`` say how long a client waits and how often it tries; ``amounts`` checks seconds and counts.
"""

from __future__ import annotations
