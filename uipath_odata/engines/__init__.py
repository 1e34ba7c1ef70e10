"""Read partitions in Dask, Spark and dlt; each module imports its engine, and nothing else does.

``dask`` makes dataframes, and futures of Arrow tables; ``spark`` is a data source for batches and streams, ``dlt`` a resource.
``source_options`` reads options that come as texts. ``pushdown`` tells which of an engine's own comparisons may go to
Orchestrator. ``closed_end`` tells where the next reading begins. Only Spark needs ``spark_readers``, ``spark_filters`` and
``spark_classes``.
"""
