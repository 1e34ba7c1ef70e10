"""What an export remembers.

`records` are the lines of the `journal`, `state` is what they add up to, `job` is what a destination is bound to, `evolution` how that may change, `manifest`
is the evidence for others, `recovery` brings a destination to what its journal says.
"""

from __future__ import annotations
