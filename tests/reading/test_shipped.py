import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from framing.errors import CorpusError
from framing.reading import list_corpora, read_corpus, read_gold

ROOT = Path(__file__).parents[2]


def test_the_demonstration_corpus_is_found_by_name_and_by_path():
    assert "kabul-2021" in list_corpora()
    corpus = read_corpus("kabul-2021")
    assert corpus.fingerprint == read_corpus(ROOT / "corpora" / "kabul-2021").fingerprint
    assert len(corpus) == 79
    assert corpus.quarantine.empty
    assert corpus.articles["constructed"].all()


@pytest.mark.parametrize("name", ["labels", "label_negatives", "datelines", "edits", "quotations", "naming", "cues"])
def test_gold_spans_hold_their_surface(name):
    corpus = read_corpus("kabul-2021")
    gold = read_gold("kabul-2021", name)
    assert len(gold)
    if "field" not in gold.columns:
        gold = gold.assign(field="text")
    corpus.check_spans(gold)
    if "other_id" in gold.columns:
        corpus.check_spans(gold.assign(other_field="text"), "other_")


def test_gold_names_articles_and_missing_tables_are_explained(tmp_path):
    known = set(read_corpus("kabul-2021").article_ids)
    assert set(read_gold("kabul-2021", "events")["article_id"]) == known
    assert set(read_gold("kabul-2021", "reuse")["other_id"]) <= known
    assert set(read_gold("kabul-2021", "coverage")["article_id"]) <= known
    with pytest.raises(CorpusError, match="no gold table 'nothing'"):
        read_gold("kabul-2021", "nothing")
    with pytest.raises(CorpusError, match=r"no corpus.toml there"):
        read_gold(tmp_path, "events")


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
