"""Draw the findings of ``results/``: ``python -m benchmarks.charts``; it needs matplotlib."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.ticker import NullLocator

HERE = Path(__file__).parent
CHARTS = HERE / "charts"
OURS, OTHERS, WORSE = "#e8743b", "#8a9bb0", "#b03a48"
SAID = {"cpu": "CPU time a page or call", "memory": "peak memory", "requests": "requests a page or call"}
GROWN = {
    "rows": "Five hundred times the rows: the same memory, 1.2 times the CPU a page",
    "tenants": "1,000 tenants keep their clients; more open one anew each call",
    "streams": "1,000 streams at once: the same CPU a page; each holds its own pages",
}
CONCURRENCIES = (1, 2, 4, 8, 16, 32)


def main():
    mpl.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "uipath-odata",
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    CHARTS.mkdir(exist_ok=True)
    drawn = {draw.__name__: draw for draw in (rows_lost, starts, peers, latency, memory, requests)}
    if (HERE / "results/growth.json").exists():
        drawn |= {f"growth_{axis}": functools.partial(growth, axis=axis) for axis in GROWN}
    for name, draw in drawn.items():
        figure, axes = plt.subplots(figsize=(8, 3.4), layout="constrained")
        draw(axes)
        figure.suptitle(axes.get_title(), x=0.01, ha="left", weight="bold")
        axes.set_title("")
        figure.savefig(CHARTS / f"{name}.svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)


def medians(benchmark, title):
    """Return the median of each variant of the result whose title begins so."""
    results = json.loads((HERE / f"results/{benchmark}.json").read_text("utf-8"))["results"]
    [found] = [each for each in results if f"{each['title']}, {each['unit']}".startswith(title)]
    return {name: sample["median"] for name, sample in found["samples"].items()}


def bars(axes, figures, colour=OTHERS):
    """Draw a bar a variant, ours in its own colour, and write its figure beside it."""
    colours = [OURS if name.startswith("uipath_odata") else colour for name in figures]
    drawn = axes.barh(list(figures), list(figures.values()), color=colours)
    axes.invert_yaxis()
    return drawn


def plain(axis, at):
    """Name these places of an axis by their numbers, rather than by powers of ten."""
    axis.set_ticks(at, [f"{each:,}" for each in at])
    axis.set_minor_locator(NullLocator())


def rows_lost(axes):
    lost, repeated = medians("promises", "Rows lost"), medians("promises", "Rows repeated")
    texts = [f"{lost[name]:,.0f} lost, {repeated[name]:,.0f} repeated" for name in lost]
    axes.bar_label(bars(axes, lost, WORSE), texts, padding=4)
    axes.set(
        title="The usual loops lose RobotLogs, uipath_odata loses none",
        xlabel="rows lost of 50,000, by powers of ten (fewer is better)",
    )
    axes.set_xscale("symlog")
    axes.set_xlim(0, 2_000_000)
    plain(axes.xaxis, (0, 1, 10, 100, 1_000, 10_000))


def starts(axes):
    twice, unseen = medians("promises", "Jobs started twice"), medians("promises", "Jobs that run although")
    order = sorted(twice, key=lambda name: twice[name] + unseen[name])
    axes.barh(order, [twice[name] for name in order], color=WORSE, label="started twice")
    axes.barh(
        order,
        [unseen[name] for name in order],
        color=OTHERS,
        label="runs, but its starter was told of an error",
    )
    for place, name in enumerate(order):
        axes.text(twice[name] + unseen[name] + 1, place, f"{twice[name] + unseen[name]:.0f}", va="center")
    axes.invert_yaxis()
    axes.legend(frameon=False, loc="upper right")
    axes.margins(x=0.1)
    axes.set(
        title="With uipath_odata a lost answer starts no second job, and hides none",
        xlabel="jobs of 500 starts, one answer in ten lost (fewer is better)",
    )


def peers(axes):
    taken = medians("side_by_side", "Read jobs beside other clients, a page, wall")
    order = dict(sorted(taken.items(), key=lambda each: each[1]))
    axes.bar_label(bars(axes, order), [f"{each:,.0f} ms" for each in order.values()], padding=4)
    factor = taken["httpx + pydantic, 8 at once"] / taken["uipath_odata, entities"]
    axes.margins(x=0.1)
    axes.set(
        title=f"Typed jobs {factor:.1f} times as fast as with httpx and pydantic, 8 at once each",
        xlabel="ms a page of 1,000 jobs, 20 ms away (less is better)",
    )
    said = 'uipath_odata, by hand and "8 at once":\neight requests at once; others: one'
    axes.text(0.98, 0.95, said, transform=axes.transAxes, ha="right", va="top", color="#555555")


def latency(axes):
    for how, latency_ms, colour in (
        ("20 ms latency, a page", 20, OURS),
        ("100 ms latency, a page", 100, OTHERS),
    ):
        taken = list(medians("scaling", f"Stream logs at {how}").values())
        axes.plot(CONCURRENCIES, taken, "o-", color=colour, label=f"{latency_ms} ms away")
        axes.plot(
            CONCURRENCIES,
            [latency_ms / each for each in CONCURRENCIES],
            ":",
            color=colour,
            label=f"{latency_ms} ms / requests at once",
        )
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    plain(axes.xaxis, CONCURRENCIES)
    plain(axes.yaxis, (1, 3, 10, 30, 100))
    axes.legend(frameon=False, ncols=2, loc="upper right")
    axes.set_ylim(top=400)
    axes.set(
        title="More requests at once hide the latency, until the processor is busy",
        xlabel="requests at once",
        ylabel="ms a page (less is better)",
    )


def memory(axes):
    taken = medians("scaling", "Stream more and more logs, peak memory")
    for form, colour in (("entities", OURS), ("dicts", OTHERS)):
        named = [name for name in taken if form in name]
        rows = [int(name.rpartition(f"{form}, ")[2].removesuffix(" rows").replace(",", "")) for name in named]
        axes.plot(rows, [taken[name] for name in named], "o-", color=colour, label=form)
    axes.set_xscale("log")
    plain(axes.xaxis, (10_000, 100_000, 1_000_000))
    axes.set_ylim(0, 1.3 * max(taken.values()))
    axes.legend(frameon=False, loc="lower left")
    axes.set(
        title="A million rows take the memory of ten thousand",
        xlabel="rows streamed",
        ylabel="peak memory, MiB (less is better)",
    )


def growth(axes, axis):
    """Draw each figure as a multiple of that of the smallest size, so that flat lines are 1; name their slopes."""
    most = 2.0
    for figure, colour in (("cpu", OURS), ("memory", OTHERS), ("requests", WORSE)):
        taken = medians("growth", f"Growth by {axis}: {figure}")
        by_size = {int(name.split()[0].replace(",", "")): each for name, each in taken.items()}
        multiples = [each / by_size[min(by_size)] for each in by_size.values()]
        rise, _ = np.polyfit(np.log10([*by_size]), np.log10([*by_size.values()]), 1)
        label = f"{SAID[figure]}: {10**rise - 1:+.0%} for ten times the {axis}"
        axes.plot([*by_size], multiples, "o-", color=colour, label=label)
        most = max(most, 1.15 * max(multiples))
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    if most > 4:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
    axes.set_ylim(0.5 if most > 4 else 0, most)
    axes.legend(frameon=False, loc="upper left" if most > 2 else "lower left")
    axes.set(title=GROWN[axis], xlabel=f"{axis} (flat is better)", ylabel="multiple of the smallest size")


def requests(axes):
    taken = medians("scaling", "Requests of an exact scan")
    axes.bar_label(bars(axes, taken), [f"{each:.2f}" for each in taken.values()], padding=4)
    axes.axvline(1, color="black", linewidth=1)
    axes.margins(x=0.1)
    least, most = (f"{100 * (each - 1):.0f}" for each in (min(taken.values()), max(taken.values())))
    axes.set(
        title=f"The proof costs {least} to {most} requests in a hundred",
        xlabel="requests of an exact scan of 200,000 logs, 1 = rows / 1,000 (fewer is better)",
    )


if __name__ == "__main__":
    main()
