import pandas as pd
import pytest

import framing as fr
from framing.errors import CorpusError, SettingsError
from framing.pipeline import Comparison, Settings, compare, run_stages
from framing.reading import read_corpus
from framing.schema import TABLES, check

SPANS = ["sentences", "quotations", "datelines", "masks", "passages", "edits", "cues", "labels", "naming"]


@pytest.fixture(scope="module")
def demo():
    return compare("kabul-2021", Settings(n_permutations=19))


def test_all_tables_are_made_and_valid(demo):
    assert set(demo.tables) <= set(TABLES)
    for name, table in demo.tables.items():
        pd.testing.assert_frame_equal(check(table, name), table)
        assert len(table), name


@pytest.mark.parametrize("name", SPANS)
def test_every_span_holds_its_surface(demo, name):
    demo.corpus.check_spans(demo[name])
    if name in ("passages", "edits"):
        demo.corpus.check_spans(demo[name], "other_")


def test_a_comparison_survives_saving(demo, tmp_path):
    demo.save(tmp_path)
    loaded = Comparison.load(tmp_path)
    assert loaded.settings == demo.settings
    assert loaded.corpus.fingerprint == demo.corpus.fingerprint
    for name, table in demo.tables.items():
        pd.testing.assert_frame_equal(loaded[name], table)
    assert loaded.to_html() == demo.to_html()


def test_the_same_input_gives_the_same_bytes(demo, tmp_path):
    shuffled = demo.corpus.articles.sample(frac=1, random_state=1)
    again = compare(read_corpus(shuffled), demo.settings)
    demo.save(tmp_path / "one")
    again.save(tmp_path / "two")
    for path in sorted((tmp_path / "one" / "tables").iterdir()):
        if path.stem != "articles":
            assert path.read_bytes() == (tmp_path / "two" / "tables" / path.name).read_bytes(), path.name


def test_stages_stop_where_asked(demo):
    part = run_stages(demo.corpus, Settings(), until="events")
    assert "events" in part.tables
    assert "labels" not in part.tables


def test_missing_tables_and_folders_are_explained(demo, tmp_path):
    with pytest.raises(SettingsError, match="there is no table 'label'"):
        demo["label"]
    with pytest.raises(CorpusError, match="no saved comparison here"):
        Comparison.load(tmp_path)


def test_notebook_view_and_charts(demo):
    assert list(demo.charts) == ["coverage", "cue_rates", "terms", "separability"]
    page = demo._repr_html_()
    assert f"<td>{len(demo['labels'])}</td>" in page
    assert "<script" not in page


def test_what_could_not_be_tested_is_said(make_corpus):
    texts = ["The bridge was closed on Monday.", "The bridge was closed on Monday, police said."]
    result = compare(make_corpus(*texts))
    assert result["separability"].empty
    assert "nothing was tested" in result.notes["separability"]
    assert "nothing was tested" in result._repr_html_()


@pytest.mark.parametrize(
    "rows",
    [
        [{"outlet": "A", "text": "One report only."}],
        [{"outlet": "A", "text": "."}, {"outlet": "B", "text": "?"}],
        [{"outlet": "A", "text": "Same words here."}, {"outlet": "A", "text": "Same words here."}],
    ],
)
def test_small_corpora_run_through(rows):
    result = compare(read_corpus(pd.DataFrame(rows)))
    assert len(result["events"]) == len(rows)
    assert "<html" in result.to_html()


def test_public_names_all_exist():
    for name in fr.__all__:
        assert getattr(fr, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = fr.nonsense
