"""A data source that lets Spark push filters, whatever becomes of them in the next query of its DataFrame."""

from __future__ import annotations

from uipath_odata.engines.spark import OrchestratorDataSource


class OneQuery(OrchestratorDataSource):
    """Load it anew for each query."""

    scans_are_apart = True

    @classmethod
    def name(cls):
        return "one_query"
