"""What an export remembers.

`records` are the lines of the `journal`, `state` is what they add up to, `job` is what a destination is bound to, `evolution` how that may change, `command_line` which command asks for it, `manifest`
is the evidence for others, `recovery` brings a destination to what its journal says.
`bucket_disk` keeps all of it in a bucket, `holding` lets one exporter in, `earlier_names` reads what the first release left.
"""

from __future__ import annotations
