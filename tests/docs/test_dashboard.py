"""The dashboard asks for metrics that there are, under the names that Prometheus gives them."""

from __future__ import annotations

import json
import re
from importlib.resources import files

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from uipath_odata.transport.observe.instruments import Instruments

DASHBOARD = json.loads((files("uipath_odata.docs") / "grafana-dashboard.json").read_text("utf-8"))


def names_in_prometheus():
    """Return the metrics as an exporter names them: units and kinds are suffixes."""
    reader = InMemoryMetricReader()
    made = Instruments.of(MeterProvider([reader]).get_meter("test"))
    for name in ("requests", "operations", "waits"):
        getattr(made, name).record(1)
    for name in ("retries", "refusals", "rows"):
        getattr(made, name).add(1)
    for name in ("budget", "tokens"):
        getattr(made, name).set(1)
    for metric in reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics:
        name = metric.name.replace(".", "_")
        if metric.unit == "s":
            yield from (f"{name}_seconds_bucket", f"{name}_seconds_count")
        else:
            yield f"{name}_total" if hasattr(metric.data, "is_monotonic") else name


def test_each_panel_asks_for_metrics_that_there_are():
    known = set(names_in_prometheus())
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            asked = set(re.findall(r"\b(?:http|uipath)_client_\w+", target["expr"]))
            assert asked
            assert asked <= known, panel["title"]


def test_each_panel_shows_the_chosen_tenants_alone():
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            assert 'uipath_tenant=~"$tenant"' in target["expr"], panel["title"]
