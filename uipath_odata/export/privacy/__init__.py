"""What an export keeps from others.

`privacy` has what a user chooses, `secret_members` what the schema holds of secrets, `redaction` does it to a row's bytes,
`protection` to a page of rows, `fingerprint` tells one key of hashes from another.
"""

from __future__ import annotations
