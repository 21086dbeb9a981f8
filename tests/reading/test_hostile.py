"""Broken and malicious input: one clear error or a quarantined row, and nothing lost in silence."""

import gzip
import json
import time
import zipfile

import pytest

from framing.errors import CorpusError
from framing.reading import Reading, read_corpus

ROW = {"id": "a", "outlet": "A", "text": "Text body here."}
LINE = json.dumps(ROW).encode()
NOISE = bytes(range(255, -1, -1)) * 12
BINARY = [".csv", ".tsv", ".jsonl", ".json", ".txt", ".parquet", ".xlsx"]
ENCODED = {
    "cp1252": [
        "Größe in Zürich über alles schön",
        "Le président a été reçu à l’Élysée où il a déjà déjeuné",
        "El año pasado el señor Muñoz habló de la situación",
        "A situação não é fácil, afirmou o porta-voz às câmaras",
        "Regeringen sade på måndagen att åtgärderna är nödvändiga",
        "“We came back,” she said – it’s the café’s first day",
    ],
    "cp1250": [
        "Rząd ogłosił nowe środki, powiedział rzecznik w środę",
        "Vláda v úterý oznámila nová opatření, řekl mluvčí města",
    ],
    "cp1254": ["İstanbul Büyükşehir Belediye Başkanı gelişmeleri değerlendirdi"],
    "cp1251": ["Запрещённая организация захватила власть в столице"],
    "koi8-r": ["Запрещённая организация захватила власть в столице"],
}


def written(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b" \n\n", "the file is empty"),
        ("a.csv", b"outlet,text\n", "there is no row in it"),
        ("a.jsonl.gz", gzip.compress(b""), "the file is empty"),
        ("a.jsonl.gz", gzip.compress(LINE) + b"garbage", "not a gzip file"),
        *((f"a{e}", b"\0" + NOISE, "binary file|not a Parquet|not an Excel") for e in BINARY),
        ("a.csv", b"\0" * 999, "a binary file"),
        ("a.csv", "outlet,text\nA,Text\n".encode("utf-16-le"), "UTF-16 without a mark"),
        ("a.jsonl", b'{"outlet": "A", "text": "caf\xe9"}', "not UTF-8: byte 0xe9 at 28"),
        ("a.csv", ("outlet,text\n" + "A,Größe über café\n" * 50).encode() + b"B,caf\xe9\n", "not UTF-8: byte 0xe9"),
        ("a.json", b"[" * 100_000, "not valid JSON"),
        ("a.json", LINE[:-9], "not valid JSON"),
        ("a.json", b'"text"', "expected an object, got 'text'"),
        ("a", LINE, "cannot tell the format from 'a name without ending'"),
        ("a.docx", LINE, "cannot tell the format from '.docx'"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_articles_is_one_clear_error(tmp_path, name, content, message):
    with pytest.raises(CorpusError, match=message) as caught:
        read_corpus(written(tmp_path, name, content))
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.jsonl", LINE + b"\r\n", ROW["text"]),
        ("a.jsonl", b"\xef\xbb\xbf" + LINE, ROW["text"]),
        ("a.json", LINE.decode().encode("utf-16"), ROW["text"]),
        ("a.csv", "id,outlet,text\na,A,Größe 東京\n".encode("utf-32"), "Größe 東京"),
        ("a.csv", b"id,outlet,text\ra,A,one\r", "one"),
        ("a.csv", b'id,outlet,text\r\na,A,"one\r\ntwo ""three"""\r\n', 'one\r\ntwo "three"'),
        ("a.csv", b"id,outlet,text\na,A,nul\0byte\n", "nul\0byte"),
        ("a.csv", b"id,outlet,text\na,A," + b"x" * 200_000 + b"\n", "x" * 200_000),
        ("a.jsonl.gz", gzip.compress(LINE[:9]) + gzip.compress(LINE[9:]), ROW["text"]),
    ],
)  # fmt: skip
def test_odd_files_are_read_exactly(tmp_path, name, content, text):
    corpus = read_corpus(written(tmp_path, name, content))
    assert corpus.texts()["a"] == text
    assert corpus.quarantine.empty


@pytest.mark.parametrize(("encoding", "text"), [(e, t) for e, texts in ENCODED.items() for t in texts])
def test_legacy_encodings_are_told_by_the_letters_of_a_language(tmp_path, encoding, text):
    plain = b"".join(b"x%d,A,plain words only\n" % k for k in range(50))
    path = written(tmp_path, "a.csv", b"id,outlet,text\n" + plain + f'a,A,"{text}"\n'.encode(encoding))
    assert read_corpus(path).texts()["a"] == text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"outlet": "A", "text": "cut \\ud83d off"}', "broken characters"),
        (b'{"outlet": "A", "text": {"p": ["x"]}}', "text is not text"),
        (b'{"outlet": "A", "text": 3}', "text is not text"),
        (b'{"outlet": ["A"], "text": "x"}', "outlet is not text"),
        (b'{"outlet": "A", "text": NaN}', "missing text"),
        (b'{"outlet": "A", "text": "x", "id": "a"}', "duplicate id"),
        (b"[" * 100_000, "unreadable row"),
        (b'{"outlet": "A"', "unreadable row"),
        (b"null", "unreadable row"),
    ],
)
def test_a_bad_line_is_quarantined_with_its_number(tmp_path, line, reason):
    corpus = read_corpus(written(tmp_path, "a.jsonl", LINE + b"\n" + line + b"\n"))
    assert corpus.article_ids == ["a"]
    assert corpus.quarantine[["row", "reason"]].to_numpy().tolist() == [[2, reason]]


def test_lone_surrogates_beside_the_text_become_question_marks(tmp_path):
    line = b'{"id": "\\ud83d", "outlet": "A", "text": "x", "\\ud83d": ["\\ud83d"], "note": "\\ud83d"}'
    article = read_corpus(written(tmp_path, "a.jsonl", line)).articles.iloc[0]
    assert article[["article_id", "?", "note"]].tolist() == ["?", '["?"]', "?"]


def test_an_open_quotation_mark_names_the_lines_that_it_swallowed(tmp_path):
    path = written(tmp_path, "a.csv", b'id,outlet,text\na,A,fine\nb,B,"open\nc,C,lost\nd,D,lost\n')
    corpus = read_corpus(path)
    assert corpus.article_ids == ["a"]
    assert corpus.quarantine["detail"].tolist() == ["lines 3 to 5: unexpected end of data"]


def test_a_workbook_is_unpacked_up_to_a_limit(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    with pytest.raises(CorpusError, match="unpacks to 5000000 bytes, more than the limit of 1000000"):
        read_corpus(tmp_path / "a.xlsx", reading=Reading(max_bytes=1_000_000))


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_one_line_of_a_hundred_million_characters(tmp_path, ending):
    text = "word " * 20_000_000
    content = f"id,outlet,text\na,A,{text}\n" if ending == ".csv" else json.dumps({**ROW, "text": text})
    path = written(tmp_path, f"a{ending}", content.encode())
    started = time.process_time()
    assert read_corpus(path).texts() == {"a": text}
    assert time.process_time() - started < 30
