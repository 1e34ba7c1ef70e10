"""The login of a person in a browser.

``browser_login`` is the credential. ``loopback`` waits for the browser's redirect on this machine. ``pasted`` reads the redirect
that the user copies from a browser on another machine. ``pkce`` makes the code verifier and challenge (RFC 7636).
"""

from __future__ import annotations
