"""Naming: within an event, the mentions of one entity across outlets, and why they are taken for one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from framing.cues.grouping import group_mentions
from framing.cues.mentions import masked_spans, texts_of
from framing.cues.partition import Edge, Group, Mention
from framing.cues.phrases import Found, Phrase, describe, phrases_of
from framing.cues.words import read_words
from framing.errors import SchemaError
from framing.execution import progress
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.text import find_datelines, mask_spans

__all__ = ["find_names", "group_names"]

_WORD = re.compile(r"\w+")
_ARTICLE_WORD = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_PARTY = re.compile(
    r"\s?[(,]\s?((?:[RDI]|Rep|Dem|Lab|Con|LD|SNP|CDU|CSU|SPD|AfD)\.?(?:\s?[-–]\s?[A-Z][\w.]{0,6}){0,2})[),.]"
)
_MARKS = "\"'“”«»‘’ "


def find_names(
    corpus: Corpus,
    events: pd.DataFrame,
    *,
    masks: pd.DataFrame | None = None,
    edits: pd.DataFrame | None = None,
    must_merge: pd.DataFrame | str | Path | None = None,
    never_merge: pd.DataFrame | str | Path | None = None,
) -> pd.DataFrame:
    """Find the mentions of each entity across the outlets of an event, English only.

    No model is trained: names are compared with names, then what stands beside a name (appositions, brackets, titles),
    then words. Mentions are merged only where something speaks for it, and each row says what. Titles of articles are
    not read: their capitals tell no names.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``.
    masks : DataFrame, optional
        Spans in which nothing is sought; datelines, bylines and footers by default.
    edits : DataFrame, optional
        Table ``edits``: a replacement of one mention by another in sibling reports is evidence for one entity.
    must_merge, never_merge : DataFrame or path of a CSV file, optional
        Columns ``form, other_form`` and, optional, ``event_id``: wordings, in any case and without article, that are
        one entity whatever else speaks, or never are.

    Returns
    -------
    DataFrame
        Table ``naming``: entities with two mentions or more.

    Raises
    ------
    SchemaError
        If a list has faults; all are named at once.

    Examples
    --------
    >>> import framing as fr
    >>> corpus = fr.read_corpus("kabul-2021")
    >>> names = fr.find_names(corpus, fr.read_gold("kabul-2021", "events"))
    >>> names.loc[names["entity"] == "Ashraf Ghani", "reason"].unique().tolist()
    ['first', 'same name', 'surname', 'office']
    """
    lists = _Lists(must_merge, never_merge)
    hidden = masked_spans(mask_spans(find_datelines(corpus)) if masks is None else masks)

    def mentions(report: _Report) -> list[Mention]:
        reading = read_words(report.text)
        found = phrases_of(reading)
        if closed := hidden.get(report.article_id):
            found = [one for one in found if not any(one.start < b and a < one.end for a, b in closed)]
        return [_mention(report, reading.tokens, one) for one in found]

    english = (article for article, _, language in texts_of(corpus) if language == "en")
    reports = _reports(corpus, events, set(english))
    return _table(reports, mentions, edits, lists, least=2)


def group_names(
    corpus: Corpus,
    events: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    edits: pd.DataFrame | None = None,
    must_merge: pd.DataFrame | str | Path | None = None,
    never_merge: pd.DataFrame | str | Path | None = None,
) -> pd.DataFrame:
    """Group given mentions as `find_names` does its own; each mention is kept.

    Parameters
    ----------
    corpus, events, edits, must_merge, never_merge
        See `find_names`.
    mentions : DataFrame
        Columns ``article_id, field, start, end``; those in texts count.

    Returns
    -------
    DataFrame
        Table ``naming``.

    Raises
    ------
    SchemaError
        If a list has faults; all are named at once.
    """
    spans = masked_spans(mentions)

    def given(report: _Report) -> list[Mention]:
        return list(_given(report, sorted(set(spans[report.article_id]))))

    reports = _reports(corpus, events, set(spans))
    return _table(reports, given, edits, _Lists(must_merge, never_merge), least=1)


def _table(
    reports: Mapping[str, Sequence[_Report]],
    mentions: Callable[[_Report], list[Mention]],
    edits: pd.DataFrame | None,
    lists: _Lists,
    *,
    least: int,
) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    swaps = _swaps(edits)
    for event in progress(sorted(reports), "naming", len(reports)):
        members = [mention for report in reports[event] for mention in mentions(report)]
        groups = group_mentions(
            members,
            must=lists.must.pairs(members, event),
            never=lists.never.pairs(members, event),
            edits=_edited(members, swaps),
        )
        done = len(columns["first"])
        rows: list[tuple[Any, ...]] = []
        for group in groups:
            if len(group.members) >= least:
                rows += _rows(event, members, group, done + len(rows))
        for name, values in zip(_COLUMNS, zip(*rows, strict=True), strict=False):
            columns[name].extend(values)
    if not columns["first"]:
        return empty("naming")
    first = columns.pop("first")
    ids = stable_ids("n", *(columns[name] for name in ("article_id", "field", "start", "end")))
    return check(pd.DataFrame({"mention_id": ids, "entity_id": [ids[row] for row in first], **columns}), "naming")


class _Report(NamedTuple):
    """One article of an event."""

    article_id: str
    outlet: str
    text: str


def _reports(corpus: Corpus, events: pd.DataFrame, wanted: set[str]) -> dict[str, list[_Report]]:
    """Return the wanted reports of each event, in order of their articles."""
    known = events.dropna(subset=["event_id"])
    event_of = dict(zip(known["article_id"], known["event_id"], strict=True))
    columns = (corpus.articles[name] for name in ("article_id", "outlet", "text"))
    out: dict[str, list[_Report]] = defaultdict(list)
    for article, outlet, text in sorted(zip(*columns, strict=True)):
        if article in event_of and article in wanted:
            out[event_of[article]].append(_Report(article, str(outlet), text))
    return out


def _mention(report: _Report, words: list[str], found: Found) -> Mention:
    article, outlet, text = report
    start, end, first, last, phrase = found
    return Mention(article, outlet, start, end, text[start:end], phrase, text, words, first, last)


def _given(report: _Report, spans: Sequence[tuple[int, int]]) -> Iterator[Mention]:
    reading = read_words(report.text)
    starts = {start: n for n, start in enumerate(reading.starts)}
    ends = {
        start + len(token): n + 1 for n, (start, token) in enumerate(zip(reading.starts, reading.tokens, strict=False))
    }
    for start, end in spans:
        first, last = starts.get(start, 0), ends.get(end, 0)
        if first < last:
            first -= first > 0 and reading.classes[first - 1] in "tap"  # a span may leave out its article
            phrase = describe(tuple(reading.tokens[first:last]), reading.classes[first:last])
        else:
            part = read_words(report.text[start:end])
            phrase, first, last = describe(tuple(part.tokens), part.classes), 0, 0
        parts = phrase or _nothing(report.text[start:end])
        yield _mention(report, reading.tokens, Found(start, end, first, last, parts))


def _nothing(surface: str) -> Phrase:
    words = [word.lower() for word in _WORD.findall(surface)] or [surface]
    return Phrase("description", words[-1], tuple(words[:-1]), (), (), "", "", "")


def form_of(surface: str, phrase: Phrase) -> str:
    """Wording without article, numeral, possessor and what follows an *of*; of a titled name the name alone."""
    if phrase.kind == "titled":
        return " ".join(phrase.name)
    if not phrase.name:
        return " ".join((*phrase.words, phrase.head))
    plain = surface.strip(_MARKS)
    if plain[:1] in "TtAa":
        plain = _ARTICLE_WORD.sub("", plain).strip(_MARKS)
    return plain


_COLUMNS = (
    *("first", "event_id", "outlet", "entity", "article_id", "field", "start", "end", "surface", "kind", "form"),
    *("head", "title", "modifiers", "party", "reason", "evidence", "evidence_id"),
)


def _rows(event: str, members: Sequence[Mention], group: Group, done: int) -> Iterator[tuple[Any, ...]]:
    """Rows of one entity; ``done`` is the number of rows before it."""
    forms = [form_of(members[i].surface, members[i].phrase) for i in group.members]
    label = _label(members, group, forms)
    for i, form in zip(group.members, forms, strict=True):
        mention, phrase = members[i], members[i].phrase
        tagged = phrase.name and mention.text[mention.end : mention.end + 2] in (" (", ", ")
        party = _PARTY.match(mention.text, mention.end) if tagged else None
        yield (
            *(done, event, mention.outlet, label, mention.article_id, "text", mention.start, mention.end),
            *(mention.surface, phrase.kind, form, phrase.head),
            *(" ".join(phrase.title) or None, " ".join(phrase.words) or None, party.group(1) if party else None),
            *_evidence(group.edges.get(i), i, members),
        )


def _label(members: Sequence[Mention], group: Group, forms: Sequence[str]) -> str:
    """Most frequent name, or the most frequent wording of an entity without name; of several the longest."""
    counts: dict[str, int] = defaultdict(int)
    named = [form for i, form in zip(group.members, forms, strict=True) if members[i].phrase.name]
    for form in named or forms:
        counts[form] += 1
    return max(counts, key=lambda form: (counts[form], len(form), form))


def _evidence(edge: Edge | None, i: int, members: Sequence[Mention]) -> tuple[str, str | None, str | None]:
    if edge is None:
        return "first", None, None
    other = members[edge.left if edge.right == i else edge.right]
    return edge.reason, edge.detail or other.surface, edge.source or other.article_id


_Swap = tuple[int, int, str, int, int, str]


def _swaps(edits: pd.DataFrame | None) -> dict[str, list[_Swap]]:
    """Return the replacements by article."""
    out: dict[str, list[_Swap]] = defaultdict(list)
    if edits is not None and len(edits):
        kept = edits[(edits["operation"] == "replace") & (edits["field"] == "text") & (edits["other_field"] == "text")]
        columns = ("article_id", "start", "end", "other_id", "other_start", "other_end", "edit_id")
        for article, *swap in zip(*(kept[c] for c in columns), strict=True):
            out[article].append(tuple(swap))
    return out


def _edited(members: Sequence[Mention], swaps: Mapping[str, Sequence[_Swap]]) -> Iterator[tuple[int, int, str]]:
    """Pairs of mentions that an edit puts for one another: the edit holds the head of both."""
    if not swaps:
        return
    by_article: dict[str, list[int]] = defaultdict(list)
    for i, mention in enumerate(members):
        by_article[mention.article_id].append(i)
    for article, found in by_article.items():
        for start, end, other, other_start, other_end, edit in swaps.get(article, ()):
            left = _headed(members, found, start, end)
            right = _headed(members, by_article.get(other, ()), other_start, other_end)
            if left is not None and right is not None:
                yield left, right, edit


def _headed(members: Sequence[Mention], found: Sequence[int], start: int, end: int) -> int | None:
    """Return the mention whose head is replaced; none where words beside it are replaced too, but for its article."""
    inside = [i for i in found if members[i].end == end and members[i].start <= start + len("the ")]
    return min(inside, key=lambda i: members[i].end - members[i].start, default=None)


class _Lists:
    """The user's lists; all faults of both come in one error."""

    def __init__(self, must: Any, never: Any) -> None:
        faults: list[str] = []
        self.must, self.never = _Pairs("must_merge", must, faults), _Pairs("never_merge", never, faults)
        both = self.must.rows & self.never.rows
        faults += [f"{a!r} and {b!r} stand in both lists." for a, b, _ in sorted(both)]
        if faults:
            raise SchemaError(f"{len(faults)} fault(s) in the lists of names:\n- " + "\n- ".join(faults))


class _Pairs:
    """Pairs of wordings, by event or for all."""

    def __init__(self, name: str, source: Any, faults: list[str]) -> None:
        self.rows: set[tuple[str, str, str]] = set()
        if source is None:
            return
        table = source if isinstance(source, pd.DataFrame) else _read_list(name, Path(source), faults)
        missing = [column for column in ("form", "other_form") if column not in table.columns]
        if missing:
            if len(table.columns):
                faults.append(
                    f"{name}: column(s) missing: {', '.join(missing)}. Got: {', '.join(map(str, table.columns))}."
                )
            return
        events = table["event_id"] if "event_id" in table.columns else [None] * len(table)
        for row, (a, b, event) in enumerate(zip(table["form"], table["other_form"], events, strict=True), 1):
            given = ["" if pd.isna(value) else str(value) for value in (a, b, event)]
            forms = sorted(_plain(value) for value in given[:2])
            if not all(forms):
                got = f"Got {given[0]!r} and {given[1]!r}."
                faults.append(f"{name} row {row}: 'form' and 'other_form' must both hold words. {got}")
            elif forms[0] == forms[1]:
                faults.append(f"{name} row {row}: both forms are the same. Got {given[0]!r} and {given[1]!r}.")
            else:
                self.rows.add((forms[0], forms[1], given[2]))

    def pairs(self, members: Sequence[Mention], event: str) -> list[tuple[int, int]]:
        """Pairs of mentions of the event that the list speaks of."""
        if not self.rows:
            return []
        places: dict[str, list[int]] = defaultdict(list)
        for i, mention in enumerate(members):
            for form in {_plain(mention.surface), _plain(form_of(mention.surface, mention.phrase))}:
                places[form].append(i)
        out = []
        for a, b, only in sorted(self.rows):
            if only in ("", event) and places.get(a) and places.get(b):
                out += [(places[a][0], j) for j in places[b]] + [(i, places[b][0]) for i in places[a][1:]]
        return out


def _read_list(name: str, path: Path, faults: list[str]) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype="str")
    except (OSError, ValueError) as error:
        faults.append(f"{name}: {path} cannot be read as CSV: {error}.")
        return pd.DataFrame()


def _plain(form: str) -> str:
    return _ARTICLE_WORD.sub("", form.strip(_MARKS)).strip(_MARKS).lower()
