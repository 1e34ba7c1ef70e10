from __future__ import annotations

import pytest

from uipath_odata import AccessToken, Orchestrator, Pool
from uipath_odata.errors import QueryError

BASE = "https://o.example.com/acme/Default/orchestrator_"


@pytest.mark.parametrize("option", [{"ca_file": "ca.pem"}, {"trust_env": True}])
async def test_what_belongs_to_a_pool_is_not_given_beside_it(option):
    pool = Pool()
    with pytest.raises(QueryError, match=f"{next(iter(option))} and pool are both given"):
        Orchestrator(BASE, AccessToken("t"), pool=pool, **option)
    await Orchestrator(BASE, AccessToken("t"), pool=pool, trust_env=False).close()
    await pool.close()
