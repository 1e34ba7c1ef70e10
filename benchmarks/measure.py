"""Side by side: the variants of one question take turns in one run; ratios of medians are what counts."""

from __future__ import annotations

import time
from statistics import median

import attrs


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


def table(title, samples, baseline, measure="cpu", scale=1e6, suffix="µs", note=""):
    """Make a result of what `take_turns` gave, in another unit."""
    taken = {name: [value * scale for value in sample[measure]] for name, sample in samples.items()}
    return Result(title, f"{measure}, {suffix}", taken, baseline, note)


@attrs.frozen
class Result:
    """One question: the samples of each variant, a smaller one being better, and whose speed is 1."""

    title: str
    unit: str
    samples: dict[str, list[float]]
    baseline: str | None = None
    note: str = ""

    @property
    def medians(self):
        return {name: median(sample) for name, sample in self.samples.items()}

    def as_json(self):
        figures = {
            name: {"median": median(each), "min": min(each), "max": max(each), "samples": each}
            for name, each in self.samples.items()
        }
        return {**attrs.asdict(self), "samples": figures}

    def text(self):
        """Write a Markdown table: median, minimum and maximum, and the share of the baseline's speed."""
        base = self.medians.get(self.baseline)
        lines = [f"### {self.title}", ""]
        if self.samples:
            lines += [
                f"| variant | {self.unit}: median (min to max) |"
                + (f" speed against {self.baseline} |" if base else ""),
                "|---|---|" + ("---|" if base else ""),
            ]
        for name, each in self.samples.items():
            shown = f"{median(each):,.1f} ({min(each):,.1f} to {max(each):,.1f})"
            lines.append(f"| {name} | {shown} |" + (f" {base / median(each):.2f} x |" if base else ""))
        return "\n".join([*lines, *(["", self.note] if self.note else []), ""])
