"""Credentials, and the tokens that they give; each kind is imported when it is first asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from uipath_odata.auth.access_token import AccessToken
    from uipath_odata.auth.browser_login import BrowserLogin
    from uipath_odata.auth.client_credentials import ClientCredentials
    from uipath_odata.auth.credentials import Credentials, Post
    from uipath_odata.auth.deployment import Deployment
    from uipath_odata.auth.grant import Grant, TokenAnswer, TokenRequest, granted
    from uipath_odata.auth.secret import Secret
    from uipath_odata.auth.user_key import UserKey
    from uipath_odata.auth.username_password import UsernamePassword

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
    "AccessToken": "access_token",
    "BrowserLogin": "browser_login",
    "ClientCredentials": "client_credentials",
    "Credentials": "credentials",
    "Deployment": "deployment",
    "Grant": "grant",
    "Post": "credentials",
    "Secret": "secret",
    "TokenAnswer": "grant",
    "TokenRequest": "grant",
    "UserKey": "user_key",
    "UsernamePassword": "username_password",
    "granted": "grant",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
