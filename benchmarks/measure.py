"""Side by side: the variants of one question take turns in one run; ratios of medians are what counts."""

from __future__ import annotations

import time
from statistics import median


def take_turns(variants, rounds, unit=1.0):
    """Run each variant ``rounds`` times in turn; give lists of CPU and wall seconds divided by ``unit``."""
    samples = {name: {"cpu": [], "wall": []} for name in variants}
    for variant in variants.values():
        variant()
    for _ in range(rounds):
        for name, variant in variants.items():
            cpu, wall = time.process_time(), time.perf_counter()
            variant()
            samples[name]["cpu"].append((time.process_time() - cpu) / unit)
            samples[name]["wall"].append((time.perf_counter() - wall) / unit)
    return samples


def table(title, samples, baseline, measure="cpu", scale=1e6, suffix="µs"):
    """Write a Markdown table: median, minimum and maximum, and the share of the baseline's speed."""
    base = median(samples[baseline][measure])
    lines = [
        f"### {title}",
        "",
        f"| variant | {measure}, median (min to max) {suffix} | speed against {baseline} |",
        "|---|---|---|",
    ]
    for name, sample in samples.items():
        taken = [value * scale for value in sample[measure]]
        shown = f"{median(taken):,.1f} ({min(taken):,.1f} to {max(taken):,.1f})"
        lines.append(f"| {name} | {shown} | {base / median(sample[measure]):.2f} x |")
    return "\n".join([*lines, ""])
