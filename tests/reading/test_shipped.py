import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from framing.reading import list_corpora, read_corpus

ROOT = Path(__file__).parents[2]


def test_the_demonstration_corpus_is_found_by_name_and_by_path():
    assert "kabul-2021" in list_corpora()
    corpus = read_corpus("kabul-2021")
    assert corpus.fingerprint == read_corpus(ROOT / "corpora" / "kabul-2021").fingerprint
    assert len(corpus) == 79
    assert corpus.quarantine.empty
    assert corpus.articles["constructed"].all()


def test_the_wheel_holds_the_corpora(tmp_path):
    pytest.importorskip("hatchling", reason="the wheel test needs the dev extra (hatchling)")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own build
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    code = (
        "from framing.reading import list_corpora, read_corpus; "
        "print(list_corpora()['kabul-2021'], len(read_corpus('kabul-2021')))"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    found, n = done.stdout.split()
    assert Path(found).is_relative_to(tmp_path / "site")
    assert n == "79"
