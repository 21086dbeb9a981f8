"""Span annotations to and from Label Studio and doccano, whose offsets count other units than ours."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args
from xml.sax.saxutils import quoteattr

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.errors import SchemaError, SettingsError
from framing.evaluate.faults import raise_faults
from framing.reading import Corpus, write_bytes
from framing.schema import FIELDS, TABLES, make, stable_ids

__all__ = ["Annotations", "export_annotations", "read_annotations"]

Format = Literal["label-studio", "doccano"]
Unit = Literal["code-points", "utf-16"]
Role = Literal["predictions", "annotations", "none"]

_SPAN = ["article_id", "field", "start", "end"]
_UNITS: Mapping[str, Unit] = {"label-studio": "code-points", "doccano": "utf-16"}
_LINE_ENDS = re.compile(r"\\n|\s")  # Label Studio writes a line end inside a span as backslash and n


@dataclass(frozen=True, eq=False)
class Annotations:
    """What coders marked, and what they read without marking anything.

    Attributes
    ----------
    spans : DataFrame
        Table ``annotations`` of `framing.schema`.
    tasks : DataFrame
        Table ``tasks``: one row per text that a coder finished. A text without marks is a finding too: pass it to
        `rate_tokens` and `unitizing_alpha`.
    """

    spans: pd.DataFrame
    tasks: pd.DataFrame


@dataclass(frozen=True)
class _Task:
    """One text as a tool holds it: where it stood, what identifies it, the marks of each coder."""

    place: str
    keys: Mapping[str, Any]
    text: Any
    coders: Mapping[str, Sequence[_Mark]]


@dataclass(frozen=True)
class _Mark:
    start: Any
    end: Any
    label: Any
    text: str | None = None


def export_annotations(
    corpus: Corpus,
    table: pd.DataFrame | None,
    path: str | Path,
    *,
    format: Format = "label-studio",  # noqa: A002 - what the tools call it
    label: str = "label",
    role: Role = "predictions",
) -> None:
    """Write the texts of a corpus as tasks for an annotation tool, with or without spans to start from.

    Coders who see suggestions tend to keep them. Where agreement or gold is the aim, use ``role="none"`` or pass no
    table: the tasks then hold bare texts. The outlet is never written; identifiers are, so choose ones that hide it.

    Parameters
    ----------
    corpus : Corpus
        Its texts become one task each; titles too where the table has spans in them. Choose with `Corpus.where`.
    table : DataFrame or None
        A span table (cues, labels, quotations …) with the column that ``label`` names. None: bare texts.
    path : str or Path
        File to write. Label Studio: a JSON list, and beside it ``<name>.config.xml``, the labelling interface of the
        project. doccano: JSONL for a project of type sequence labelling.
    format : {"label-studio", "doccano"}
        The tool.
    label : str
        Column that becomes the label of a span, such as ``family``, ``form`` or ``kind``.
    role : {"predictions", "annotations", "none"}
        Suggestions that a coder accepts, finished annotations (one and the same in doccano), or nothing: the table then
        only names the labels.

    Raises
    ------
    SchemaError
        If a column is missing, or a span does not fit its text.
    SettingsError
        If the format or role is unknown, or there is no writing at this place.

    Notes
    -----
    Label Studio counts code points (since its front end of 2022; the editor spreads the text into code points, and its
    own tests say so). doccano counts UTF-16 units, because it cuts JavaScript strings; leave its option "count grapheme
    clusters as one character" off, and turn "allow overlapping spans" on where yours overlap, for else it drops them
    without a word. Both keep ``article_id``, ``field`` and ``sha256`` of the text with the task.

    Examples
    --------
    >>> export_annotations(corpus, None, "tasks.json")  # doctest: +SKIP
    >>> export_annotations(corpus, labels, "tasks.jsonl", format="doccano", label="form")  # doctest: +SKIP
    """
    _known("format", format, get_args(Format))
    _known("role", role, get_args(Role))
    spans = _exported_spans(corpus, table, label)
    chosen = [name for name in FIELDS if name == "text" or (spans["field"] == name).any()]
    labels = sorted(set(spans["label"]))
    spans = spans[:0] if role == "none" else spans
    groups = {key: part for key, part in spans.groupby(["article_id", "field"])}  # noqa: C416 - a DataFrameGroupBy
    texts = {name: corpus.texts(name) for name in chosen}
    places = [(article, name) for article in corpus.article_ids for name in chosen if texts[name][article]]
    tasks = [(_identity(*place, texts[place[1]][place[0]]), groups.get(place, spans[:0])) for place in places]
    path = Path(path)
    if format == "doccano":
        lines = [json.dumps(_doccano_line(*task), ensure_ascii=False) + "\n" for task in tasks]
        write_bytes(path, "".join(lines).encode())
        return
    content = [_label_studio_task(*task, role) for task in tasks]
    write_bytes(path, json.dumps(content, ensure_ascii=False, indent=1).encode())
    write_bytes(path.with_suffix(".config.xml"), _interface(labels).encode())


def read_annotations(
    paths: str | Path | Sequence[str | Path],
    corpus: Corpus,
    *,
    format: Format | None = None,  # noqa: A002 - what the tools call it
    offsets: Unit | None = None,
) -> Annotations:
    """Read what coders marked in Label Studio or doccano back as spans of the corpus.

    Parameters
    ----------
    paths : str, Path or sequence of them
        Exports. Label Studio: "JSON" (not JSON-MIN), finished annotations only; predictions, cancelled annotations and
        what is no text span (choices, relations) are left out. doccano: JSONL, one file per coder.
    corpus : Corpus
        What was annotated. Tasks find their article by ``article_id`` and ``field``; without them, by the whole text.
    format : {"label-studio", "doccano"}, optional
        By default ``.jsonl`` is doccano, ``.json`` Label Studio.
    offsets : {"code-points", "utf-16"}, optional
        What the file counts. By default code points for Label Studio, where a span whose words only fit UTF-16 units is
        an old version's and read so; UTF-16 units for doccano. Give "code-points" for JSONL of other programs.

    Returns
    -------
    Annotations
        The coder is who completed the annotation in Label Studio, and the file's name in doccano.

    Raises
    ------
    SchemaError
        Naming every fault of the files: tasks that are in no corpus or whose text is another one, offsets outside the
        text or inside a character, spans without label, one coder twice on a text.
    SettingsError
        If the format or unit is unknown.

    Examples
    --------
    >>> read_annotations(["ann.jsonl", "bob.jsonl"], corpus).spans  # doctest: +SKIP
    """
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    if offsets is not None:
        _known("offsets", offsets, get_args(Unit))
    collected = _Collected(corpus)
    for path in files:
        kind = _format_of(path, format)
        for task in _READERS[kind](path, collected.faults):
            collected.add(task, offsets or _UNITS[kind])
    return collected.annotations()


def _known(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise SettingsError(f"{name} must be one of {', '.join(allowed)}. Got {value!r}.")


def _exported_spans(corpus: Corpus, table: pd.DataFrame | None, label: str) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame(columns=[*_SPAN, "surface", "label"], dtype="str").astype({"start": "int", "end": "int"})
    missing = [name for name in (*_SPAN, "surface", label) if name not in table.columns]
    if missing:
        raise SchemaError(
            f"table to annotate: column(s) missing: {', '.join(missing)}. Got: {', '.join(map(str, table.columns))}. "
            "The option 'label' names the column that becomes the label."
        )
    spans = table[[*_SPAN, "surface"]].assign(label=table[label].astype("str"))
    spans = spans[spans["label"].notna() & (spans["end"] > spans["start"])].drop_duplicates()
    return corpus.check_spans(spans).sort_values([*_SPAN, "label"])


def _identity(article: str, field: str, text: str) -> dict[str, str]:
    return {"text": text, "article_id": article, "field": field, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _label_studio_task(identity: Mapping[str, str], spans: pd.DataFrame, role: Role) -> dict[str, Any]:
    places = list(zip(spans["start"], spans["end"], spans["surface"], spans["label"], strict=True))
    names = stable_ids("span", [identity["article_id"]] * len(places), *zip(*places, strict=True)) if places else []
    result = [
        {
            "id": name,
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": int(start), "end": int(end), "text": surface, "labels": [label]},
        }
        for name, (start, end, surface, label) in zip(names, places, strict=True)
    ]
    return {"data": dict(identity), **({role: [{"result": result}]} if result or role == "annotations" else {})}


def _interface(labels: Sequence[str]) -> str:
    """Labelling interface: without pre-wrap the editor trims white space that the offsets count."""
    lines = [f"    <Label value={quoteattr(label)}/>" for label in labels or ["label"]]
    return "\n".join(
        [
            "<View>",
            "  <Style>.htx-text { white-space: pre-wrap; }</Style>",
            '  <Labels name="label" toName="text">',
            *lines,
            "  </Labels>",
            '  <Text name="text" value="$text" valueType="text" saveTextResult="yes"/>',
            "</View>\n",
        ]
    )


def _doccano_line(identity: Mapping[str, str], spans: pd.DataFrame) -> dict[str, Any]:
    units = _utf16_places(identity["text"])
    label = [
        [int(units[start]), int(units[end]), name]
        for start, end, name in zip(spans["start"], spans["end"], spans["label"], strict=True)
    ]
    return {**identity, "label": label}


@lru_cache(maxsize=2)  # one text has many spans
def _utf16_places(text: str) -> npt.NDArray[np.int64]:
    """UTF-16 offset of each code point, and of the end."""
    wide = np.fromiter((ord(char) > 0xFFFF for char in text), dtype=np.int64, count=len(text))
    return np.concatenate([[0], np.cumsum(1 + wide)]).astype(np.int64)


def _format_of(path: Path, given: Format | None) -> Format:
    if given is not None:
        _known("format", given, get_args(Format))
        return given
    found: Mapping[str, Format] = {".json": "label-studio", ".jsonl": "doccano"}
    if path.suffix.lower() not in found:
        raise SettingsError(f"{path}: say the format, one of {', '.join(get_args(Format))}; the ending does not.")
    return found[path.suffix.lower()]


def _label_studio_tasks(path: Path, faults: list[str]) -> Iterator[_Task]:
    content = _json(path, path.read_bytes(), faults) if _readable(path, faults) else None
    if content is None:
        return
    tasks = content if isinstance(content, list) else [content]
    if not all(isinstance(task, dict) and isinstance(task.get("data"), dict) for task in tasks):
        faults.append(f"{path}: not a list of tasks with 'data'; export from Label Studio as JSON, not JSON-MIN.")
        return
    for number, task in enumerate(tasks, start=1):
        place = f"{path} task {number}"
        coders: dict[str, list[_Mark]] = {}
        for annotation in _objects(task.get("annotations")):
            if annotation.get("was_cancelled"):
                continue
            coder = _coder(annotation.get("completed_by"), path)
            if coder in coders:
                faults.append(f"{place}: coder {coder!r} annotated it twice; delete one of the two annotations.")
            coders[coder] = [mark for result in _objects(annotation.get("result")) for mark in _region(result)]
        yield _Task(place, task["data"], task["data"].get("text"), coders)


def _objects(values: Any) -> list[Mapping[str, Any]]:
    """Return the JSON objects of a list; anything else holds no annotation."""
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _region(result: Mapping[str, Any]) -> list[_Mark]:
    value = result.get("value")
    if result.get("type") != "labels" or not isinstance(value, dict):
        return []  # a choice, a relation
    labels = value.get("labels")
    words = value.get("text") if isinstance(value.get("text"), str) else None
    given = labels if isinstance(labels, list) and labels else [None]
    return [_Mark(value.get("start"), value.get("end"), label, words) for label in given]


def _coder(given: Any, path: Path) -> str:
    if isinstance(given, dict):
        given = given.get("email") or given.get("id")
    return path.stem if given is None else str(given)


def _doccano_tasks(path: Path, faults: list[str]) -> Iterator[_Task]:
    if not _readable(path, faults):
        return
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        task = _json(path, line, faults, number) if line.strip() else None
        if task is None:
            continue
        place = f"{path} line {number}"
        if not isinstance(task, dict):
            faults.append(f"{place}: not a JSON object; export from doccano as JSONL.")
            continue
        given: Any = next((task[name] for name in ("label", "labels", "entities") if name in task), None)
        marks = [_doccano_mark(mark) for mark in given] if isinstance(given, list) else []
        yield _Task(place, task, task.get("text"), {path.stem: marks})


def _doccano_mark(mark: Any) -> _Mark:
    if isinstance(mark, dict):  # a project with relations
        return _Mark(mark.get("start_offset"), mark.get("end_offset"), mark.get("label"))
    start, end, label, *_ = [*(mark if isinstance(mark, list) else []), None, None, None]
    return _Mark(start, end, label)


_READERS: Mapping[str, Callable[[Path, list[str]], Iterator[_Task]]] = {
    "label-studio": _label_studio_tasks,
    "doccano": _doccano_tasks,
}


def _readable(path: Path, faults: list[str]) -> bool:
    if path.is_file():
        return True
    faults.append(f"{path}: no such file.")
    return False


def _json(path: Path, content: bytes, faults: list[str], line: int | None = None) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        faults.append(f"{path}{f' line {line}' if line else ''}: not valid JSON in UTF-8: {error}.")
        return None


class _Collected:
    """Spans and finished texts of all files, and what is wrong with them."""

    def __init__(self, corpus: Corpus) -> None:
        self.faults: list[str] = []
        self._rows: list[tuple[Any, ...]] = []
        self._done: dict[tuple[str, str, str], str] = {}
        self._texts = {(a, name): text for name in FIELDS for a, text in corpus.texts(name).items()}
        self._by_text: dict[str, tuple[str, str]] = {}
        for place, text in self._texts.items():
            self._by_text.setdefault(text, place)

    def add(self, task: _Task, unit: Unit) -> None:
        place = self._find(task)
        if place is None:
            return
        for coder, marks in task.coders.items():
            before = self._done.setdefault((*place, coder), task.place)
            if before != task.place:
                self.faults.append(f"{task.place}: coder {coder!r} read this text before, in {before}; keep one.")
                continue
            for number, mark in enumerate(marks, start=1):
                where = f"{task.place}, span {number} of coder {coder!r}"
                span = _placed(mark, self._texts[place], unit, where, self.faults)
                if span is not None:
                    self._rows.append((*place, *span, self._texts[place][slice(*span)], mark.label, coder))

    def annotations(self) -> Annotations:
        advice = "Export the tasks again, or choose the corpus that they were made from."
        raise_faults("annotations", self.faults, advice)
        spans = [dict(zip(TABLES["annotations"].names, row, strict=True)) for row in dict.fromkeys(self._rows)]
        tasks = [dict(zip(TABLES["tasks"].names, row, strict=True)) for row in self._done]
        return Annotations(make("annotations", spans), make("tasks", tasks))

    def _find(self, task: _Task) -> tuple[str, str] | None:
        """Article and field that a task holds the text of."""
        if not isinstance(task.text, str):
            self.faults.append(f"{task.place}: it holds no 'text'.")
            return None
        article = task.keys.get("article_id")
        if article is None:
            if task.text not in self._by_text:
                self.faults.append(f"{task.place}: no article has this text, and the task names no article_id.")
            return self._by_text.get(task.text)
        place = str(article), str(task.keys.get("field", "text"))
        if place not in self._texts:
            self.faults.append(f"{task.place}: the corpus has no article {place[0]!r} with a field {place[1]!r}.")
            return None
        if self._texts[place] != task.text:
            self.faults.append(f"{task.place}: the text is not that of article {place[0]!r} ({place[1]}).")
            return None
        return place


def _placed(mark: _Mark, text: str, unit: Unit, where: str, faults: list[str]) -> tuple[int, int] | None:
    """Span of a mark in code points; where its words are given, they decide what the file counted."""
    if not isinstance(mark.label, str) or not mark.label:
        faults.append(f"{where}: it has no label.")
        return None
    if not all(isinstance(end, int) and not isinstance(end, bool) for end in (mark.start, mark.end)):
        faults.append(f"{where}: start and end must be whole numbers. Got {mark.start!r} and {mark.end!r}.")
        return None
    other: Unit = "utf-16" if unit == "code-points" else "code-points"
    for tried in (unit, other) if mark.text is not None else (unit,):
        span = _span_in(text, mark.start, mark.end, tried)
        if span is not None and (mark.text is None or _same_words(text[slice(*span)], mark.text)):
            return span
    faults.append(
        f"{where}: {mark.start} to {mark.end} ({unit}) "
        + (f"does not hold {mark.text[:40]!r}." if mark.text is not None else f"is no span of a text of {len(text)}.")
    )
    return None


def _span_in(text: str, start: int, end: int, unit: Unit) -> tuple[int, int] | None:
    if not 0 <= start < end:
        return None
    if unit == "code-points":
        return (start, end) if end <= len(text) else None
    places = _utf16_places(text)
    first, last = np.searchsorted(places, [start, end])
    if last >= len(places) or places[first] != start or places[last] != end:
        return None
    return int(first), int(last)


def _same_words(surface: str, given: str) -> bool:
    return _LINE_ENDS.sub("", surface) == _LINE_ENDS.sub("", given)
