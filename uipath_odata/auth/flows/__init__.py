"""How each kind of credential gets a token from an identity server.

``grant`` is a token request and its answer, without I/O. ``access_token``, ``client_credentials``, ``user_key`` and
``username_password`` are the credentials. ``refresh``, ``revocation`` and ``scope`` are what they share.
"""

from __future__ import annotations
