"""Where bytes go.

`place` reads a destination, `mode` the rights of files, `disk` has the file operations, `file_store` takes finished files here or at a URL, `lock` and
`lease` let one exporter in: `holder` is what a lease says of it, `heartbeat` renews it, or waits until it is silent; `fenced_disk` stops one that lost its place.
Of a URL, `reach` gets there, `objects` are small ones changed on conditions, `bucket_lease` lets one exporter in.
"""

from __future__ import annotations
