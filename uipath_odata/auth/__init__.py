"""Credentials and tokens; each kind of credential is imported when it is first used.

``credentials`` is the protocol that the transport uses. ``flows`` and ``login`` implement it, and ``store`` keeps logins
between runs. ``secret`` hides a value from ``repr`` and logs; ``secret_provider`` fetches one, from a vault for example.
``origin`` says where tokens may be sent. ``token_cache`` decides which token is used now. ``deployment`` has the URLs of each
kind of Orchestrator, and ``environment`` reads the variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uipath_odata.local.lazy_names import lazy_names

if TYPE_CHECKING:
    from uipath_odata.auth.credentials import Credentials, Post
    from uipath_odata.auth.deployment import Deployment
    from uipath_odata.auth.flows.access_token import AccessToken
    from uipath_odata.auth.flows.client_credentials import ClientCredentials
    from uipath_odata.auth.flows.grant import Grant, TokenAnswer, TokenRequest, granted
    from uipath_odata.auth.flows.user_key import UserKey
    from uipath_odata.auth.flows.username_password import UsernamePassword
    from uipath_odata.auth.login.browser_login import BrowserLogin
    from uipath_odata.auth.secret import Secret

__all__ = [
    "AccessToken",
    "BrowserLogin",
    "ClientCredentials",
    "Credentials",
    "Deployment",
    "Grant",
    "Post",
    "Secret",
    "TokenAnswer",
    "TokenRequest",
    "UserKey",
    "UsernamePassword",
    "granted",
]

_HOMES: Final = {
    "AccessToken": "flows.access_token",
    "BrowserLogin": "login.browser_login",
    "ClientCredentials": "flows.client_credentials",
    "Credentials": "credentials",
    "Deployment": "deployment",
    "Grant": "flows.grant",
    "Post": "credentials",
    "Secret": "secret",
    "TokenAnswer": "flows.grant",
    "TokenRequest": "flows.grant",
    "UserKey": "flows.user_key",
    "UsernamePassword": "flows.username_password",
    "granted": "flows.grant",
}


__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
