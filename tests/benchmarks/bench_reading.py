"""Throughput and memory of reading: ``python tests/benchmarks/bench_reading.py [megabytes]``.

Writes its own synthetic articles into a temporary folder and reads them in a fresh process each, so that the peak is
that of one reading. "Beside" is what pandas alone needs to load the same file, without checking anything.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

COLUMNS = ("id", "outlet", "title", "text", "published", "url", "language", "section")
CHARACTERS = 4200  # of one article
PEAK = "import time; rss = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) // 1024"
STEP = f"""{PEAK}
{{imports}}
started = time.process_time()
{{step}}
print(time.process_time() - started, rss())"""
OURS = ("from framing.reading import read_corpus, check_corpus", "corpus = read_corpus(r'{path}')")
PANDAS = ("import pandas as pd", "pd.{reader}")
READERS = {
    "a.jsonl": "read_json(r'{path}', lines=True)",
    "a.json": "read_json(r'{path}')",
    "a.csv": "read_csv(r'{path}')",
    "a.parquet": "read_parquet(r'{path}')",
    "russian.jsonl": "read_json(r'{path}', lines=True)",
}


def articles(number: int, letters: str) -> Iterator[dict[str, str]]:
    rng = random.Random(1)  # noqa: S311 - synthetic words
    words = ["".join(rng.choices(letters, k=rng.randint(2, 10))) for _ in range(20_000)]
    for k in range(number):
        text = " ".join(rng.choices(words, k=CHARACTERS // 7))
        hour = f"2021-{k % 12 + 1:02d}-{k % 28 + 1:02d}T{k % 24:02d}:{k % 60:02d}:00+02:00"
        title = " ".join(rng.choices(words, k=10))
        row = (f"a{k:06d}", f"Outlet {k % 50}", title, text, hour, f"https://o{k % 50}.example/{k}", "en", "news")
        yield dict(zip(COLUMNS, row, strict=True))


def write(folder: Path, megabytes: int) -> None:
    import pandas as pd  # noqa: PLC0415 - the measured processes start without it

    rows = [*articles(megabytes * 1_000_000 // CHARACTERS, "abcdefghijklmnopqrstuvwxyzéüß")]
    (folder / "a.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    (folder / "a.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    pd.DataFrame(rows).to_parquet(folder / "a.parquet")
    russian = articles(megabytes * 1_000_000 // CHARACTERS // 2, "абвгдежзийклмнопрстуфхцчшщыьэюя")
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in russian)
    (folder / "russian.jsonl").write_text("".join(lines), encoding="utf-8")


def measure(imports: str, step: str) -> tuple[float, int]:
    """CPU seconds of the step alone, and the peak of its process in MB."""
    code = STEP.format(imports=imports, step=step)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    seconds, peak = done.stdout.split()
    return float(seconds), int(peak)


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print("| step | characters/s | CPU s | peak MB | beside |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), megabytes)
        for name, reader in READERS.items():
            path = Path(folder) / name
            same = path.with_suffix(".jsonl") if name == "a.parquet" else path
            size = len(same.read_text("utf-8"))
            ours = measure(OURS[0], OURS[1].format(path=path))
            theirs = measure(PANDAS[0], PANDAS[1].format(reader=reader.format(path=path)))
            beside = f"pandas {reader.split('(')[0]} {theirs[0]:.2f} s, {theirs[1]} MB"
            print(f"| read {name} | {size / ours[0] / 1e6:.0f} M | {ours[0]:.2f} | {ours[1]} | {beside} |")
        path = Path(folder) / "a.jsonl"
        size = len(path.read_text("utf-8"))
        further = {
            "check_corpus": "check_corpus(corpus)",
            "write_corpus .csv": f"write_corpus(corpus, r'{folder}/out.csv')",
            "write_corpus .jsonl": f"write_corpus(corpus, r'{folder}/out.jsonl')",
        }
        for name, step in further.items():
            first = f"from framing.reading import write_corpus\n{OURS[0]}\n{OURS[1].format(path=path)}"
            seconds, peak = measure(first, step)
            print(f"| {name} | {size / seconds / 1e6:.0f} M | {seconds:.2f} | {peak} | |")


if __name__ == "__main__":
    main()
