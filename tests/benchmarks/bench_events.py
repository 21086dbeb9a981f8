"""Speed and memory of event alignment: ``python tests/benchmarks/bench_events.py [n ...] [--data FOLDER]``.

From texts in memory to clusters, beside `TfidfVectorizer` alone on the same texts in the same run. Each size runs in
fresh processes, so that a peak belongs to one of them.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PER_DAY = 640
DATA = ROOT.parent / "shared" / "data" / "events"


def measure(step: str, n: int, folder: Path | None, workers: int) -> None:
    """Run one step in this process and print wall seconds, CPU seconds (with children) and peak MB."""
    sys.path.insert(0, str(ROOT))
    from tests.benchmarks.stream import make_stream  # noqa: PLC0415 - the path is set just above

    corpus = make_stream(n, folder)
    before = _resident()
    wall, cpu = time.perf_counter(), _cpu()
    if step == "align":
        from framing.align import EventAligner  # noqa: PLC0415

        aligner = EventAligner(workers=workers).fit(corpus)
        detail = f"{aligner.events_['event_id'].nunique()} events, cut {aligner.cut_}"
    else:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

        texts = (corpus.articles["title"] + "\n" + corpus.articles["text"]).tolist()
        detail = f"{TfidfVectorizer(sublinear_tf=True).fit_transform(texts).nnz} entries"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{time.perf_counter() - wall:.1f} {_cpu() - cpu:.1f} {before} {peak} {detail}")


def _resident() -> int:
    """Memory of this process before the step: interpreter and texts, in MB."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[20_000, 200_000])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--step", choices=["align", "tfidf"])
    options = parser.parse_args()
    if options.step:
        measure(options.step, options.sizes[0], options.data, options.workers)
        return
    print("| articles | days | step | wall s | CPU s | articles/s (wall) | MB before | peak MB | result |")
    print("|---|---|---|---|---|---|---|---|---|")
    for n in options.sizes:
        for step in ("align", "tfidf"):
            command = [sys.executable, __file__, str(n), "--step", step, "--data", str(options.data)]
            command += ["--workers", str(options.workers)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
            wall, cpu, before, peak, detail = done.stdout.split(maxsplit=4)
            rate = n / float(wall)
            print(
                f"| {n} | {n // 640} | {step} | {wall} | {cpu} | {rate:.0f} | {before} | {peak} | {detail.strip()} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
