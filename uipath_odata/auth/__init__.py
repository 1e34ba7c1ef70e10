"""Credentials and the tokens they give, without I/O."""

from __future__ import annotations

from uipath_odata.auth.access_token import AccessToken
from uipath_odata.auth.client_credentials import ClientCredentials
from uipath_odata.auth.credentials import Credentials, Post
from uipath_odata.auth.deployment import Deployment
from uipath_odata.auth.grant import Grant, TokenAnswer, TokenRequest, granted
from uipath_odata.auth.secret import Secret
from uipath_odata.auth.user_key import UserKey

__all__ = [
    "AccessToken",
    "ClientCredentials",
    "Credentials",
    "Deployment",
    "Grant",
    "Post",
    "Secret",
    "TokenAnswer",
    "TokenRequest",
    "UserKey",
    "granted",
]
