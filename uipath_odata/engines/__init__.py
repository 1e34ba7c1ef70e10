"""Bindings that read partitions in engines that users have; each module imports its engine, and nothing else does.

``dask`` makes dataframes, and futures of Arrow tables. ``pushdown`` tells which of an engine's own comparisons may go to
Orchestrator.
"""
