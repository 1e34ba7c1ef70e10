"""Where logins are kept between runs.

``login_store`` keeps them in the system's keyring, or in a ``private_file``. ``stored_login`` is the credential that uses one.
"""

from __future__ import annotations
