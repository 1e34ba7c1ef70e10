"""Where bytes go.

`place` reads a destination, `disk` has the file operations, `file_store` takes finished files here or at a URL, `lock` and
`lease` let one exporter in, `fenced_disk` stops one that lost its place.
"""

from __future__ import annotations
