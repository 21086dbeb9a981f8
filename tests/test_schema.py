import pandas as pd
import pytest

from framing.errors import SchemaError
from framing.schema import TABLES, check, describe, empty, make, stable_ids

MASK = {"article_id": "a", "field": "text", "start": 0, "end": 2, "surface": "xx", "kind": "k"}


@pytest.mark.parametrize("name", TABLES)
def test_empty_tables_are_valid(name):
    frame = check(empty(name), name)
    assert frame.empty
    assert list(frame.columns) == list(TABLES[name].names)


@pytest.mark.parametrize("name", TABLES)
def test_keys_orders_and_spans_name_columns(name):
    table = TABLES[name]
    columns = set(table.names)
    assert set(table.key) <= columns
    assert set(table.order) <= columns
    for prefix in table.spans:
        assert {f"{prefix}start", f"{prefix}end", f"{prefix}surface"} <= columns
    assert all(column.doc for column in table.columns)


def test_rows_are_sorted_title_before_text_and_further_columns_kept():
    frame = make("masks", [{**MASK, "field": "text", "x": 1}, {**MASK, "field": "title", "x": 2}])
    assert frame["field"].tolist() == ["title", "text"]
    assert frame["x"].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"end": 0}, "'end' must exceed 'start'"),
        ({"start": -1}, "'end' must exceed 'start'"),
        ({"field": "lead"}, "'field' must be one of title, text"),
        ({"article_id": None}, "'article_id' is missing"),
        ({"start": "x"}, "'start' must be int64"),
        ({"kind": 3.5}, "'kind' must be text"),
    ],
)
def test_faults_are_named(change, message):
    frame = pd.DataFrame([{**MASK, **change}]).astype({"kind": object})
    with pytest.raises(SchemaError, match=message):
        check(frame, "masks")


def test_all_faults_come_in_one_error():
    with pytest.raises(SchemaError) as caught:
        make("masks", [{**MASK, "field": "lead", "article_id": None}])
    assert "article_id" in str(caught.value)
    assert "lead" in str(caught.value)


def test_missing_columns_and_double_keys_are_refused():
    with pytest.raises(SchemaError, match="column.s. missing: kind"):
        check(pd.DataFrame([MASK]).drop(columns="kind"), "masks")
    with pytest.raises(SchemaError, match="twice"):
        make("masks", [MASK, MASK])


def test_insertion_points_are_allowed_where_the_table_says_so():
    edit = {"edit_id": "e", "passage_id": "p", "article_id": "a", "field": "text", "start": 3, "end": 3, "surface": ""}
    other = {"other_id": "b", "other_field": "text", "other_start": 3, "other_end": 5, "other_surface": "xx"}
    assert len(make("edits", [{**edit, **other, "operation": "insert", "type": "other"}])) == 1


def test_ids_depend_on_values_only():
    assert stable_ids("s", ["a", "b"], [1, 2]) == stable_ids("s", ["b", "a"], [2, 1])[::-1]
    assert stable_ids("s", ["a"], ["b1"]) != stable_ids("s", ["ab"], ["1"])


def test_describe_lists_every_column():
    assert describe("edits")["column"].tolist() == list(TABLES["edits"].names)
