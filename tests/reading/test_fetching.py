"""Fetching: from a folder, from $FRAMING_DATA, from a server on this machine; every file is checked."""

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

import framing
from framing.cli import main
from framing.errors import CorpusError
from framing.reading import fetch_corpus, read_corpus, read_gold

ROUNDUPS = "data/raw_crawled/headline_11_2021-10-19_crawled_all.jsonl"


def roundup(number):
    side = {"newsTitle": "Head", "newsLink": "u", "newBody": [f"=Body, “{number}”."]}
    return {"id": number, "issue": "S", "topic": "T", "link": f"/{number}", "date": "2021-10-18T10:00:00-07:00",
            "news": {name: {**side, "newsSource": name} for name in ("left", "right")}}  # fmt: skip


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def raw(tmp_path):
    """The files as a repository would hold them."""
    path = tmp_path / "raw" / ROUNDUPS
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(json.dumps(roundup(k)) for k in range(50)) + "\n", "utf-8")
    return tmp_path / "raw"


@pytest.fixture
def described(tmp_path, raw, monkeypatch):
    """Describe a corpus that has to be fetched, with a cache of its own."""
    monkeypatch.setenv("FRAMING_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FRAMING_DATA", raising=False)
    folder = tmp_path / "corpora" / "tiny"
    folder.mkdir(parents=True)
    describe(folder)
    (folder / "SHA256SUMS").write_text(f"{sha256((raw / ROUNDUPS).read_bytes())}  {ROUNDUPS}\n")
    return folder


def describe(folder, url="https://127.0.0.1:1/{commit}/{path}", sha=""):
    stated = f'sha256 = "{sha}"\n' if sha else ""
    (folder / "corpus.toml").write_text(
        f'name = "tiny"\ntitle = "Tiny"\nlicence = "none stated"\n\n[fetch]\nurl = "{url}"\ncommit = "abc"\n'
        f'converter = "allsides"\n\n[articles]\npath = "articles.jsonl"\n{stated}\n[gold]\nevents = "gold/events.csv"\n'
    )


class Server(BaseHTTPRequestHandler):
    """Serve a folder as the repository's host does, with ranges; may break off."""

    folder, seen, breaks_after, busy = None, [], None, 0

    def do_GET(self):
        content = (self.folder / self.path.removeprefix("/abc/")).read_bytes()
        begun = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.seen.append(begun)
        if self.busy:
            type(self).busy -= 1
            self.send_error(503)
            return
        if begun >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if begun else 200)
        self.send_header("Content-Length", str(len(content) - begun))
        self.end_headers()
        self.wfile.write(content[begun : self.breaks_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(described, raw):
    handler = type("Handler", (Server,), {"folder": raw, "seen": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        describe(described, f"http://127.0.0.1:{running.server_port}/{{commit}}/{{path}}")
        yield handler
        running.shutdown()


def test_a_corpus_that_was_not_fetched_says_how(described):
    with pytest.raises(CorpusError, match="tiny: its texts belong to others.*framing corpora fetch tiny"):
        read_corpus(described)
    with pytest.raises(CorpusError, match="framing corpora fetch tiny"):
        read_gold(described, "events")


def test_from_a_folder(described, raw, tmp_path):
    home = fetch_corpus(described, source=raw)
    assert home == tmp_path / "cache" / "tiny"
    corpus = read_corpus(described)
    assert len(corpus) == 100
    assert corpus.texts()["3_left"] == "=Body, “3”."
    assert len(read_gold(described, "events")) == 100
    assert read_corpus(home).fingerprint == corpus.fingerprint
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    fetch_corpus(described, source=raw)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_from_the_data_folder(described, raw, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    raw.rename(tmp_path / "data" / "tiny")
    monkeypatch.setenv("FRAMING_DATA", str(tmp_path / "data"))
    fetch_corpus(described)
    assert len(read_corpus(described)) == 100


def test_changed_and_missing_files_are_all_named(described, raw):
    (described / "SHA256SUMS").write_text(f"{'0' * 64}  {ROUNDUPS}\n{'1' * 64}  gone.json\n")
    with pytest.raises(CorpusError) as caught:
        fetch_corpus(described, source=raw)
    message = str(caught.value)
    assert "2 of 2 files are missing or differ" in message
    assert "gone.json: missing" in message
    assert f"{ROUNDUPS}: sha256 is" in message
    with pytest.raises(CorpusError, match="fetch tiny"):
        read_corpus(described)


def test_another_conversion_is_noticed(described, raw):
    describe(described, sha="0" * 64)
    with pytest.raises(CorpusError, match="the converted articles have sha256 .* the converter was changed"):
        fetch_corpus(described, source=raw)


def test_an_older_version_in_the_cache_is_not_taken(described, raw):
    fetch_corpus(described, source=raw)
    with (described / "corpus.toml").open("a") as file:
        file.write("# a later version\n")
    with pytest.raises(CorpusError, match="framing corpora fetch tiny"):
        read_corpus(described)


def test_download_and_what_is_there_is_not_asked_for_again(described, server):
    fetch_corpus(described)
    assert len(read_corpus(described)) == 100
    assert server.seen == [0]
    fetch_corpus(described)
    assert server.seen == [0]


def test_a_broken_download_goes_on_where_it_stopped(described, server):
    server.breaks_after = 5000
    with pytest.raises(CorpusError, match="cannot be fetched: the connection broke off. Call it again to go on"):
        fetch_corpus(described)
    server.breaks_after = None
    fetch_corpus(described)
    assert server.seen == [0, 5000]
    assert len(read_corpus(described)) == 100


def test_a_busy_server_is_asked_again(described, server, tmp_path, monkeypatch):
    pauses = []
    monkeypatch.setattr("framing.reading.fetching.time.sleep", pauses.append)
    server.busy = 2
    fetch_corpus(described)
    assert pauses == [1, 5]
    assert len(read_corpus(described)) == 100
    (tmp_path / "cache" / "tiny" / "raw" / ROUNDUPS).unlink()
    server.busy = 9
    with pytest.raises(CorpusError, match="cannot be fetched: HTTP status 503"):
        fetch_corpus(described)


def test_a_part_that_is_no_part_of_the_file_is_dropped(described, server, raw, tmp_path):
    part = tmp_path / "cache" / "tiny" / "raw" / f"{ROUNDUPS}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * ((raw / ROUNDUPS).stat().st_size + 1))
    fetch_corpus(described)
    assert server.seen[0] > 0
    assert server.seen[1] == 0
    assert len(read_corpus(described)) == 100


def test_a_wrong_beginning_is_found_out_and_not_kept(described, server, tmp_path):
    part = tmp_path / "cache" / "tiny" / "raw" / f"{ROUNDUPS}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 10)
    with pytest.raises(CorpusError, match="1 of 1 files are missing or differ"):
        fetch_corpus(described)
    fetch_corpus(described)
    assert server.seen == [10, 0]


def test_no_network_and_wrong_names_are_explained(described, tmp_path):
    with pytest.raises(CorpusError, match=r"cannot be fetched.*--from FOLDER, or \$FRAMING_DATA"):
        fetch_corpus(described)
    describe(described, "http://example.org/{commit}/{path}")
    with pytest.raises(CorpusError, match="only https"):
        fetch_corpus(described)
    with pytest.raises(CorpusError, match="no such folder"):
        fetch_corpus(described, source=tmp_path / "gone")
    with pytest.raises(CorpusError, match="there is nothing to fetch"):
        fetch_corpus("kabul-2021")
    with pytest.raises(CorpusError, match="no shipped corpus or described one has this name. Known: allsides-2021, "):
        fetch_corpus("gone")


@pytest.mark.parametrize("name", ["../out.json", "/out.json", "data/../../out.json"])
def test_paths_stay_inside_the_folder(described, server, name):
    (described / "SHA256SUMS").write_text(f"{'0' * 64}  {name}\n")
    with pytest.raises(CorpusError, match="lies outside the folder"):
        fetch_corpus(described)
    assert server.seen == []


def test_nothing_else_opens_the_network():
    package = Path(framing.__file__).parent
    network = re.compile(
        r"^\s*(?:import|from)\s+(?:urllib\.request|http|socket|ssl|ftplib|requests|httpx)\b", re.MULTILINE
    )
    found = {path.name for path in package.rglob("*.py") if network.search(path.read_text("utf-8"))}
    assert found == {"fetching.py"}


def test_the_commands(described, raw, tmp_path):
    run = CliRunner().invoke
    listed = dict(line.split("\t")[:2] for line in run(main, ["corpora", "list"]).output.splitlines())
    assert listed["kabul-2021"] == "here"
    assert listed["basil"] == "to fetch"
    assert "What it is made for" in run(main, ["corpora", "show", "kabul-2021"]).output
    assert "## Traps" in run(main, ["corpora", "show", "basil"]).output
    result = run(main, ["corpora", "fetch", str(described), "--from", str(raw)])
    assert result.exit_code == 0, result.output
    assert f"100 articles of 2 outlets in {tmp_path / 'cache' / 'tiny'}" in result.output
    assert "Licence: none stated" in result.output
    assert run(main, ["corpora", "fetch", "kabul-2021"]).exit_code == 1
