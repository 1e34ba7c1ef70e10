"""Operations that do more than read or store rows, one module per subject.

``@answers("Jobs_StartJobs")`` registers a function for the operation with this id in the schema. The function takes the world and
the call, and returns an answer. Importing this package imports none of its modules; ``registry`` imports all.
"""

from __future__ import annotations
