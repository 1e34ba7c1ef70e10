"""The login of a person in a browser.

``browser_login`` is the credential; ``loopback`` listens for the browser on this machine; ``pasted`` takes the redirect of
another machine's browser; ``pkce`` proves who asked.
"""

from __future__ import annotations
