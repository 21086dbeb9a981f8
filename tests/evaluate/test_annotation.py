"""Label Studio and doccano: what their files look like is written out here, not made by our writer."""

import json
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import SchemaError, SettingsError
from framing.evaluate import export_annotations, krippendorff_alpha, rate_tokens, read_annotations
from framing.reading import read_corpus
from tests.strategies import spaced_texts

EMOJI = "😀 The banned group left."  # "banned": code points 6 to 12, UTF-16 units 7 to 13
SPAN = ["article_id", "field", "start", "end"]


def spans(*rows, label="label"):
    return pd.DataFrame(list(rows), columns=[*SPAN, "surface", label])


def write(path, content):
    text = "\n".join(json.dumps(line) for line in content) if path.suffix == ".jsonl" else json.dumps(content)
    path.write_text(text, "utf-8")
    return path


def region(start, end, *labels, **value):
    return {"type": "labels", "value": {"start": start, "end": end, "labels": list(labels), **value}}


def task(text, *results, **more):
    return {"id": 7, "data": {"text": text}, "annotations": [{"completed_by": 3, "result": list(results), **more}]}


def test_label_studio_tasks_count_code_points(make_corpus, tmp_path):
    corpus = make_corpus({"text": EMOJI, "outlet": "Secret Gazette"}, "Bare text.")
    export_annotations(corpus, spans(("a0", "text", 6, 12, "banned", "ban")), tmp_path / "t.json")
    content = (tmp_path / "t.json").read_text("utf-8")
    first, second = json.loads(content)
    assert first["data"]["text"] == EMOJI
    (result,) = first["predictions"][0]["result"]
    assert result["value"] == {"start": 6, "end": 12, "text": "banned", "labels": ["ban"]}
    assert (result["type"], result["from_name"], result["to_name"]) == ("labels", "label", "text")
    assert set(second) == {"data"}
    assert "Secret Gazette" not in content


def test_doccano_lines_count_utf16_units_and_keep_their_keys(make_corpus, tmp_path):
    export_annotations(
        make_corpus(EMOJI),
        spans(("a0", "text", 6, 12, "banned", "ban"), label="form"),
        tmp_path / "t.jsonl",
        format="doccano",
        label="form",
    )
    line = json.loads((tmp_path / "t.jsonl").read_text("utf-8"))
    assert line["label"] == [[7, 13, "ban"]]
    assert (line["text"], line["article_id"], line["field"], len(line["sha256"])) == (EMOJI, "a0", "text", 64)


def test_without_a_table_the_texts_are_bare(make_corpus, tmp_path):
    corpus = make_corpus({"title": "A title", "text": "A text."})
    export_annotations(corpus, None, tmp_path / "t.json")
    assert [set(t) for t in json.loads((tmp_path / "t.json").read_text("utf-8"))] == [{"data"}]
    export_annotations(corpus, None, tmp_path / "t.jsonl", format="doccano")
    assert json.loads((tmp_path / "t.jsonl").read_text("utf-8"))["label"] == []
    got = read_annotations(tmp_path / "t.json", corpus)
    assert got.spans.empty
    assert got.tasks.empty
    marked = read_annotations(tmp_path / "t.jsonl", corpus)
    assert marked.tasks.to_numpy().tolist() == [["a0", "text", "t"]]


def test_a_table_may_name_the_labels_and_show_nothing(make_corpus, tmp_path):
    corpus = make_corpus({"title": "A title", "text": "A text."})
    table = spans(("a0", "title", 2, 7, "title", "ban"))
    export_annotations(corpus, table, tmp_path / "t.json", role="none")
    tasks = json.loads((tmp_path / "t.json").read_text("utf-8"))
    assert [(set(t), t["data"]["field"]) for t in tasks] == [({"data"}, "title"), ({"data"}, "text")]
    assert 'value="ban"' in (tmp_path / "t.config.xml").read_text("utf-8")
    export_annotations(corpus, table, tmp_path / "t.jsonl", format="doccano", role="none")
    lines = (tmp_path / "t.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["label"] for line in lines] == [[], []]


def test_titles_are_tasks_where_the_table_has_spans_in_them(make_corpus, tmp_path):
    corpus = make_corpus({"title": "A title", "text": "A text."})
    export_annotations(corpus, spans(("a0", "title", 2, 7, "title", "x")), tmp_path / "t.json", role="annotations")
    got = read_annotations(tmp_path / "t.json", corpus)
    assert got.spans[[*SPAN, "surface", "label", "coder"]].to_numpy().tolist() == [
        ["a0", "title", 2, 7, "title", "x", "t"]
    ]
    assert got.tasks["field"].tolist() == ["title", "text"]


def test_the_interface_escapes_hostile_labels(make_corpus, tmp_path):
    hostile = "<script>\"&'</script>"
    export_annotations(make_corpus("Word."), spans(("a0", "text", 0, 4, "Word", hostile)), tmp_path / "t.json")
    tree = ET.fromstring((tmp_path / "t.config.xml").read_text("utf-8"))  # noqa: S314 - our own file
    assert [label.get("value") for label in tree.iter("Label")] == [hostile]
    assert tree.find("Text").get("valueType") == "text"
    assert "pre-wrap" in tree.find("Style").text


@given(st.data())
def test_what_goes_out_comes_back(tmp_path_factory, data):
    text = "Word" + data.draw(spaced_texts)
    corpus = read_corpus(pd.DataFrame([{"article_id": "x", "outlet": "O", "title": "😀" + text, "text": text}]))
    rows = set()
    for field in data.draw(st.lists(st.sampled_from(["title", "text"]), max_size=4)):
        held = corpus.texts(field)["x"]
        start = data.draw(st.integers(0, len(held) - 1))
        end = data.draw(st.integers(start + 1, len(held)))
        rows.add(("x", field, start, end, held[start:end], data.draw(st.sampled_from(["ban", 'q"<&', "тег"]))))
    table = spans(*sorted(rows)).astype({"start": int, "end": int})
    folder = tmp_path_factory.mktemp("round")
    export_annotations(corpus, table, folder / "t.json", role="annotations")
    export_annotations(corpus, table, folder / "t.jsonl", format="doccano")
    for name in ("t.json", "t.jsonl"):
        got = read_annotations(folder / name, corpus).spans
        assert set(got.drop(columns="coder").itertuples(index=False, name=None)) == rows
        corpus.check_spans(got)


def test_label_studio_exports_as_the_tool_writes_them(make_corpus, tmp_path):
    corpus = make_corpus("First line.\nSecond 😀 line here.", EMOJI)
    path = write(
        tmp_path / "export.json",
        [
            {
                "data": {"text": "First line.\nSecond 😀 line here.", "article_id": "a0", "field": "text"},
                "predictions": [{"result": [region(0, 5, "machine", text="First")]}],
                "annotations": [
                    {
                        "completed_by": {"id": 1, "email": "ann@example.org"},
                        "result": [
                            region(6, 18, "cut", text="line.\\nSecond"),  # line ends are written so
                            region(21, 25, "ban", "name", text="line"),
                            {"type": "choices", "value": {"choices": ["yes"]}},
                        ],
                    },
                    {"completed_by": 2, "result": []},
                    {"completed_by": 4, "was_cancelled": True, "result": [region(0, 5, "ban")]},
                ],
            },
            task(EMOJI, region(6, 12, "ban", text="banned")),  # found by its text
        ],
    )
    got = read_annotations(path, corpus)
    assert got.spans[["article_id", "surface", "label", "coder"]].to_numpy().tolist() == [
        ["a0", "line.\nSecond", "cut", "ann@example.org"],
        ["a0", "line", "ban", "ann@example.org"],
        ["a0", "line", "name", "ann@example.org"],
        ["a1", "banned", "ban", "3"],
    ]
    assert got.tasks.to_numpy().tolist() == [
        ["a0", "text", "2"],
        ["a0", "text", "ann@example.org"],
        ["a1", "text", "3"],
    ]


def test_old_label_studio_exports_in_utf16_units_are_told_by_their_words(make_corpus, tmp_path):
    corpus = make_corpus(EMOJI)
    old = write(tmp_path / "old.json", [task(EMOJI, region(7, 13, "ban", text="banned"))])
    assert read_annotations(old, corpus).spans["surface"].tolist() == ["banned"]
    bare = write(tmp_path / "bare.json", [task(EMOJI, region(7, 13, "ban"))])
    assert read_annotations(bare, corpus).spans["surface"].tolist() == ["anned "]
    assert read_annotations(bare, corpus, offsets="utf-16").spans["surface"].tolist() == ["banned"]


def test_doccano_exports_as_the_tool_writes_them(make_corpus, tmp_path):
    corpus = make_corpus(EMOJI, "Other text.")
    lines = [
        {"id": 1, "text": EMOJI, "article_id": "a0", "field": "text", "label": [[7, 13, "ban"]], "Comments": []},
        {"id": 2, "text": "Other text.", "entities": [{"id": 5, "label": "x", "start_offset": 0, "end_offset": 5}]},
    ]
    ann, bob = write(tmp_path / "ann.jsonl", lines), write(tmp_path / "bob.jsonl", lines[:1])
    got = read_annotations([ann, bob], corpus)
    assert got.spans[["article_id", "surface", "label", "coder"]].to_numpy().tolist() == [
        ["a0", "banned", "ban", "ann"],
        ["a0", "banned", "ban", "bob"],
        ["a1", "Other", "x", "ann"],
    ]
    ratings = rate_tokens(corpus, got.spans, got.tasks)
    assert krippendorff_alpha(ratings, n_resamples=5).estimate == 1
    other = write(tmp_path / "spacy.jsonl", [{"text": EMOJI, "label": [[6, 12, "ban"]]}])
    assert read_annotations(other, corpus, offsets="code-points").spans["surface"].tolist() == ["banned"]


def test_every_fault_is_named_at_once(make_corpus, tmp_path):
    corpus = make_corpus(EMOJI, "Other text.")
    keys = {"text": EMOJI, "article_id": "a0"}
    lines = [
        {**keys, "label": [[1, 3, "inside"], [20, 99, "beyond"], [5, 5, "empty"], ["a", 2, "word"], [0, 2, ""], 7]},
        {**keys, "label": []},
        {"text": "changed", "article_id": "a0"},
        {"text": "x", "article_id": "zz"},
        {"text": "no such text"},
        {"label": []},
    ]
    bad = write(tmp_path / "bad.jsonl", lines)
    bad.write_text(bad.read_text("utf-8") + "\n{broken\n[]\n", "utf-8")
    with pytest.raises(SchemaError) as caught:
        read_annotations([bad, tmp_path / "gone.jsonl"], corpus)
    message = str(caught.value)
    for part in (
        "14 fault(s)",
        "bad.jsonl line 1, span 1 of coder 'bad': 1 to 3 (utf-16) is no span of a text of 24",
        "span 2 of coder 'bad': 20 to 99",
        "span 3 of coder 'bad': 5 to 5",
        "span 4 of coder 'bad': start and end must be whole numbers. Got 'a' and 2",
        "span 5 of coder 'bad': it has no label",
        "span 6 of coder 'bad': it has no label",
        "line 2: coder 'bad' read this text before, in ",
        "line 3: the text is not that of article 'a0'",
        "line 4: the corpus has no article 'zz'",
        "line 5: no article has this text",
        "line 6: it holds no 'text'",
        "bad.jsonl line 7: not valid JSON",
        "line 8: not a JSON object",
        "gone.jsonl: no such file",
        "Export the tasks again",
    ):
        assert part in message


def test_exports_of_one_name_in_two_folders_are_two(make_corpus, tmp_path):
    corpus = make_corpus(EMOJI)
    for folder, start in (("one", 0), ("two", 2)):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "export.json", [task(EMOJI, region(start, 5, "x"))])
    with pytest.raises(SchemaError, match="coder '3' read this text before, in .*one/export.json task 1; keep one"):
        read_annotations([tmp_path / "one" / "export.json", tmp_path / "two" / "export.json"], corpus)


def test_other_files_and_choices_are_refused(make_corpus, tmp_path):
    corpus = make_corpus(EMOJI)
    mini = write(tmp_path / "mini.json", [{"text": EMOJI, "label": []}])
    with pytest.raises(SchemaError, match="export from Label Studio as JSON, not JSON-MIN"):
        read_annotations(mini, corpus)
    twice = write(tmp_path / "twice.json", [{"data": {"text": EMOJI}, "annotations": [{"result": []}] * 2}])
    with pytest.raises(SchemaError, match="coder 'twice' annotated it twice"):
        read_annotations(twice, corpus)
    words = write(tmp_path / "words.json", [task(EMOJI, region(0, 4, "x", text="other"))])
    with pytest.raises(SchemaError, match="does not hold 'other'"):
        read_annotations(words, corpus)
    with pytest.raises(SettingsError, match="say the format"):
        read_annotations(tmp_path / "a.txt", corpus)
    with pytest.raises(SettingsError, match="offsets must be one of code-points, utf-16. Got 'bytes'"):
        read_annotations(mini, corpus, offsets="bytes")
    with pytest.raises(SettingsError, match="format must be one of label-studio, doccano. Got 'brat'"):
        export_annotations(corpus, None, tmp_path / "x", format="brat")
    with pytest.raises(SchemaError, match="missing: kind.*the column that becomes the label"):
        export_annotations(corpus, spans(), tmp_path / "x.json", label="kind")
    with pytest.raises(SchemaError, match="the surface must be the text there"):
        export_annotations(corpus, spans(("a0", "text", 0, 3, "bad", "x")), tmp_path / "x.json")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 30) | st.floats(0, 9) | st.sampled_from(["labels", EMOJI, ""]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(
            ["data", "text", "annotations", "result", "type", "value", "labels", "label", "start", "end", "article_id",
             "entities", "start_offset", "completed_by", "field"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values)
def test_whatever_stands_in_a_file_is_read_or_explained(tmp_path_factory, content):
    corpus = read_corpus(pd.DataFrame([{"article_id": "a0", "outlet": "O", "text": EMOJI}]))
    folder = tmp_path_factory.mktemp("any")
    shaped = [content, {"data": content}, {"data": {"text": EMOJI}, "annotations": content}]
    shaped += [{"data": {"text": EMOJI}, "annotations": [{"result": content}]}]
    for number, value in enumerate([*shaped, {"text": EMOJI, "label": content}]):
        for path in (folder / f"{number}.json", folder / f"{number}.jsonl"):
            path.write_text(json.dumps([value] if path.suffix == ".json" else value), "utf-8")
            try:
                corpus.check_spans(read_annotations(path, corpus).spans)
            except SchemaError as error:
                assert "fault(s)" in str(error)  # noqa: PT017 - either is right
