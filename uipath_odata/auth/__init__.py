"""Credentials, and the tokens that they give."""

from __future__ import annotations

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
