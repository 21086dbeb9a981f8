import pandas as pd
import pytest

from framing.errors import CorpusError
from framing.reading import read_table, write_table


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_span_table_comes_back(tmp_path, ending):
    table = pd.DataFrame(
        {"article_id": ["1", "a2"], "start": [0, 7], "end": [4, 9], "surface": ["=SUM", "it's"], "note": ["x", None]}
    )
    write_table(table, tmp_path / f"t{ending}")
    back = read_table(tmp_path / f"t{ending}")
    assert back["article_id"].tolist() == ["1", "a2"]
    assert back[["start", "end"]].to_numpy().tolist() == [[0, 4], [7, 9]]
    assert back["surface"].tolist() == ["=SUM", "it's"]
    assert back["note"].isna().tolist() == [False, True]


def test_what_is_no_table_is_explained(tmp_path):
    with pytest.raises(CorpusError, match="no such file"):
        read_table(tmp_path / "gone.csv")
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(CorpusError, match=r"cannot read '.txt'. Known: .csv, .parquet, .jsonl"):
        read_table(tmp_path / "a.txt")
    for name, content in (("a.csv", "start\nx\n"), ("b.csv", ""), ("a.jsonl", "{broken"), ("a.parquet", "no")):
        (tmp_path / name).write_text(content)
        with pytest.raises(CorpusError, match=f"{name}: not a table"):
            read_table(tmp_path / name)
