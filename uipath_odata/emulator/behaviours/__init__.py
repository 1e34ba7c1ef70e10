"""What operations do beyond storing rows: one module per subject.

A function registers itself with ``@answers("Jobs_StartJobs")``, the operation's id in the schema; it takes the world
and the call and returns an answer. Importing this package imports none of them; ``registry`` imports all.
"""

from __future__ import annotations
