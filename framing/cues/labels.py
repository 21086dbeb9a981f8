"""Inserted labels: what an outlet attaches to a name, by three witnesses: grammar, insertion and contrast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from framing.cues.find import Place, Places
from framing.cues.grammar import Label, Reading, name_before
from framing.cues.lexicon import Lexicon, load_lexicon
from framing.cues.typing import Origins, authority_of, designation_of
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.stats import benjamini_hochberg, exact_stratified, wilson_interval

__all__ = ["find_labels", "label_counts"]

_COVERED = 0.8  # share of a label that an insertion must hold
_LEVEL = 0.05  # of the contrast, after Benjamini-Hochberg
_HEADS = re.compile(
    r"\s(?:movement|group|organi[sz]ation|party|network|militia|news agency|agency|media)$|"
    r"^(?:движени\w|группировк\w|компани\w)\s",
    re.IGNORECASE,
)
# Glosses: party and state, age, acronym, number, ticker. No labels.
_GLOSS = re.compile(
    r"[\W_]*(?:[A-Z]{1,6}|[DRI]-[\w. ]{2,12}|\d[\d.,:%$€£ -]{0,20}(?:\w{1,12})?|[A-Z]{1,6}\.[A-Z]{1,3})[\W_]*"
)
# Without a rule only a phrase counts that can be a status: three words or more with a word in small letters, no digit;
# without brackets it must begin with an article.
_STATUS = re.compile(r"(?=[^\d]+$)(?=.*\b[^\W\dA-ZА-ЯЁ_]\w*)(?:\(|[,—–]\s(?:an?|the)\b)\W*(?:[\w’'-]+[\W]+){2}[\w’'-]+")
_MODIFIER = re.compile(r"\s{0,2}(\([^()]{4,300}\)|,\s[^,.;()]{4,200}(?=,|$)|[—–]\s[^—–.;()]{4,200}(?=\s[—–]|$))")


def find_labels(
    corpus: Corpus,
    *,
    events: pd.DataFrame | None = None,
    edits: pd.DataFrame | None = None,
    datelines: pd.DataFrame | None = None,
    quotations: pd.DataFrame | None = None,
    lexicon: Lexicon | None = None,
) -> pd.DataFrame:
    """Find labels attached to names, and say which witnesses speak for each.

    *Rule*: the grammar finds a designation in one of six forms. *Insertion*: an edit against a copy or a sibling
    sentence shows the words as added; no lexicon is needed. *Contrast*: within events, this outlet attaches a
    label to this name and others that mention it do not (exact test given the margins of each event, articles as
    units, Benjamini-Hochberg at .05 over outlets, names and designations). A label is wording, not a judgement of
    the writer.

    Parameters
    ----------
    corpus : Corpus
        The articles; an optional column ``country`` (ISO 3166 alpha-2) is the outlet's jurisdiction.
    events, edits, datelines, quotations : DataFrame, optional
        Tables of these names: for contrast, insertion, origin and voice.
    lexicon : Lexicon, optional
        Label lexicon with the roles designation, verdict, authority, head, function; all languages by default.

    Returns
    -------
    DataFrame
        Table ``labels``. Offsets of a parenthetical include its brackets, those of an appositive its comma.
    """
    chosen = load_lexicon("inserted-labels") if lexicon is None else lexicon
    origins = Origins.of(corpus, datelines)
    places = {(p.article.article_id, p.field): p for p in Places(corpus, quotations, None)}
    rows = [_row(p, found, origins) for p in places.values() for found in Reading(p.text, p.language, chosen).labels()]
    frame = _with_insertions(pd.DataFrame(rows), places, _insertions(edits), origins)
    frame = _outside_furniture(frame, datelines)
    if frame.empty:
        return empty("labels")
    frame = _with_contrast(frame, corpus, events)
    keys = ("article_id", "field", "start", "end", "rule_id")
    return check(frame.assign(label_id=stable_ids("label", *(frame[c] for c in keys))), "labels")


def _outside_furniture(frame: pd.DataFrame, datelines: pd.DataFrame | None) -> pd.DataFrame:
    """Leave out what stands in a dateline, credit or byline, or is attached to one: its brackets are no label."""
    if frame.empty or datelines is None or datelines.empty:
        return frame
    taken: dict[tuple[str, str], list[tuple[int, int]]] = {}
    chosen = datelines[datelines["kind"].isin(["dateline", "credit", "byline"])]
    for article, name, start, end in zip(*(chosen[c] for c in ("article_id", "field", "start", "end")), strict=True):
        taken.setdefault((article, name), []).append((start, end))
    kept = [
        not any(
            (start < stop and begin < end) or (pd.notna(target) and begin <= target < stop)
            for begin, stop in taken.get((article, name), [])
        )
        for article, name, start, end, target in zip(
            *(frame[c] for c in ("article_id", "field", "start", "end", "target_start")), strict=True
        )
    ]
    return frame[kept].reset_index(drop=True)


def _row(place: Place, label: Label, origins: Origins) -> dict[str, Any]:
    row = {
        **_place_columns(place, label.start, label.end, label.target),
        "rule_id": label.rule_id,
        "language": label.language,
        "form": label.form,
        "designation": designation_of(label.pieces),
        "authority": authority_of(label.pieces),
        "by_rule": True,
    }
    if label.attributed and row["voice"] == "outlet":
        row["voice"] = "attributed"
    return {**row, **_source_columns(place, row, origins)}


def _place_columns(place: Place, start: int, end: int, target: tuple[int, int] | None) -> dict[str, Any]:
    return {
        **place.span(start, end),
        "family": "inserted_label",
        **place.part("target", target),
        "voice": "quoted" if place.quoted(start, end) else "outlet",
        "position": place.position(start),
        "first_mention": place.first_mention(target),
        "by_insertion": False,
        "by_contrast": False,
        "edit_id": None,
        "p_value": np.nan,
        "q_value": np.nan,
    }


def _source_columns(place: Place, row: dict[str, Any], origins: Origins) -> dict[str, str]:
    return {
        "origin": origins.of_article(place.article),
        "carrier": place.article.outlet,
        "obligation": origins.obligation(place.article, row),
    }


Added = tuple[str, str, int, int, str, str]
"""Words that one article has and the other has not: article, field, start, end, edit, operation."""


def _insertions(edits: pd.DataFrame | None) -> list[Added]:
    if edits is None or edits.empty:
        return []
    added = edits[edits["operation"].isin(["insert", "replace"])]
    gone = edits[edits["operation"].isin(["delete", "replace"])]
    ours = ("article_id", "field", "start", "end", "edit_id", "operation")
    theirs = ("other_id", "other_field", "other_start", "other_end", "edit_id", "operation")
    spans = [*zip(*(gone[c] for c in ours), strict=True), *zip(*(added[c] for c in theirs), strict=True)]
    found = {(a, f, int(s), int(e), i, o) for a, f, s, e, i, o in spans if e > s}
    return sorted(found, key=lambda x: (*x[:3], -x[3], x[4]))


def _with_insertions(
    frame: pd.DataFrame,
    places: dict[tuple[str, str], Place],
    added: list[Added],
    origins: Origins,
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = frame.to_dict("records")
    known: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        known.setdefault((row["article_id"], row["field"]), []).append(row)
    for article, name, start, end, edit_id, operation in added:
        if (article, name) not in places:
            continue
        beside = known.setdefault((article, name), [])
        met = [row for row in beside if row["start"] < end and start < row["end"]]
        for row in met:
            overlap = min(end, row["end"]) - max(start, row["start"])
            if row["edit_id"] is None and overlap >= _COVERED * (row["end"] - row["start"]):
                row.update(by_insertion=True, edit_id=edit_id)
        if not met and operation != "replace":
            found = [
                _inserted(places[article, name], span, edit_id, origins)
                for span in _modifiers(places[article, name], start, end)
            ]
            beside += found
            rows += found
    return pd.DataFrame(rows)


def _modifiers(place: Place, start: int, end: int) -> Iterator[tuple[int, int, str, tuple[int, int]]]:
    """Bracketed or apposed stretches of an insertion that stand directly after a name."""
    begin = start - 2 if place.text[max(0, start - 2) : start].strip(" ") in {"(", ","} else start
    begin = start - 1 if place.text[max(0, start - 1) : start] in {"(", ","} else max(0, begin)
    limit = end + 1 if place.text[end : end + 1] == ")" else end
    found = _MODIFIER.match(place.text[begin:limit])
    if found is None or _GLOSS.fullmatch(found.group(1)) or not _STATUS.match(found.group(1)):
        return
    after = place.text[begin + found.end(1) :].lstrip()[:1]
    if found.group(1)[0] != "(" and after.isalnum():  # words that are not new go on with the phrase
        return
    target = name_before(place.text, begin + found.start(1))
    if target is None or not place.text[slice(*target)].strip('«“"„')[:1].isupper():
        return
    form = {"(": "parenthetical", ",": "appositive"}.get(found.group(1)[0], "dash")
    yield begin + found.start(1), begin + found.end(1), form, target


def _inserted(
    place: Place, span: tuple[int, int, str, tuple[int, int]], edit_id: str, origins: Origins
) -> dict[str, Any]:
    start, end, form, target = span
    row = {
        **_place_columns(place, start, end, target),
        "rule_id": "insertion",
        "language": place.language,
        "form": form,
        "designation": "other",
        "authority": "outlet",
        "by_rule": False,
        "by_insertion": True,
        "edit_id": edit_id,
    }
    return {**row, **_source_columns(place, row, origins)}


def head_name(target: Any) -> str:
    """Return the name by which mentions are counted: lower case, without marks and a head noun such as *movement*."""
    if not isinstance(target, str):
        return ""
    return _HEADS.sub("", target.strip("«»“”\"„'*_ ")).lower().removeprefix("the ").strip("«»“”\"„' ")


def _mentions(corpus: Corpus, names: list[str]) -> dict[str, dict[str, int]]:
    """Mentions of each name in each article's title and text, as whole words in any case."""
    joined = (corpus.articles["title"] + "\n" + corpus.articles["text"]).str.lower()
    found = {}
    for name in names:
        counts = joined.str.count(rf"(?<!\w){re.escape(name)}(?!\w)").to_numpy()
        ids = corpus.articles["article_id"]
        found[name] = {a: int(n) for a, n in zip(ids, counts, strict=True) if n}
    return found


def _with_contrast(frame: pd.DataFrame, corpus: Corpus, events: pd.DataFrame | None) -> pd.DataFrame:
    if events is None or events.empty:
        return frame
    event_of = dict(zip(events["article_id"], events["event_id"], strict=True))
    outlet_of = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    outlet_voice = frame[frame["voice"] != "quoted"].assign(name=lambda f: f["target"].map(head_name))
    outlet_voice = outlet_voice[outlet_voice["name"] != ""]
    mentions = _mentions(corpus, sorted(outlet_voice["name"].unique()))
    tests: dict[tuple[str, str, str], float] = {}
    leaning: dict[tuple[str, str, str], bool] = {}
    for (name, designation), labelled in outlet_voice.groupby(["name", "designation"], sort=True):
        carrying = set(labelled["article_id"])
        articles = sorted((set(mentions[name]) | carrying) & set(event_of))
        for outlet in sorted(labelled["carrier"].unique()):
            tables = _tables(articles, carrying, outlet, (event_of, outlet_of))
            if len(tables):
                key = (name, designation, outlet)
                tests[key], leaning[key] = exact_stratified(tables), _leans(tables)
    if not tests:
        return frame
    q_values = dict(zip(tests, benjamini_hochberg(list(tests.values())), strict=True))
    keys = list(zip(frame["target"].map(head_name), frame["designation"], frame["carrier"], strict=True))
    told = [k in tests and v != "quoted" for k, v in zip(keys, frame["voice"], strict=True)]
    return frame.assign(
        p_value=[tests[k] if t else np.nan for k, t in zip(keys, told, strict=True)],
        q_value=[q_values[k] if t else np.nan for k, t in zip(keys, told, strict=True)],
        by_contrast=[t and leaning[k] and q_values[k] <= _LEVEL for k, t in zip(keys, told, strict=True)],
    )


def _tables(
    articles: list[str], carrying: set[str], outlet: str, maps: tuple[dict[str, str], dict[str, str]]
) -> np.ndarray[Any, Any]:
    """One table per event that has articles of this outlet and of others: outlet or not × labelled or not."""
    event_of, outlet_of = maps
    counts: dict[str, np.ndarray[Any, Any]] = {}
    for article in articles:
        cell = counts.setdefault(event_of[article], np.zeros((2, 2), dtype=np.int64))
        cell[int(outlet_of[article] != outlet), int(article not in carrying)] += 1
    kept = [table for table in counts.values() if table.sum(axis=1).all()]
    return np.array(kept).reshape(-1, 2, 2)


def _leans(tables: np.ndarray[Any, Any]) -> bool:
    """Whether the outlet labels more often than expected under each event's margins."""
    n = tables.sum(axis=(1, 2))
    expected = tables[:, 0].sum(axis=1) * tables[:, :, 0].sum(axis=1) / n
    return bool(tables[:, 0, 0].sum() > expected.sum())


def label_counts(corpus: Corpus, labels: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Count how often each outlet labels each name.

    Mentions are whole-word matches of the label's target without its head noun, in any case, in the titles and
    texts of the outlet; inflected forms are not gathered yet.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    labels : DataFrame
        Table ``labels``; filter it first to leave out quoted ones.
    level : float
        Coverage of Wilson's interval for the share.

    Returns
    -------
    DataFrame
        ``outlet, entity, designation, n_mentions, n_labelled, share, ci_low, ci_high, first_date, last_date``; every
        outlet that mentions a labelled name has a row, with ``n_labelled`` 0 where it does not label it.
    """
    columns = ["outlet", "entity", "designation", "n_mentions", "n_labelled", "share", "ci_low", "ci_high"]
    named = labels.assign(entity=labels["target"].map(head_name))
    named = named[named["entity"] != ""]
    if named.empty:
        return pd.DataFrame(columns=[*columns, "first_date", "last_date"])
    dates = named["article_id"].map(corpus.articles.set_index("article_id")["published"])
    named = named.assign(published=dates)
    outlet_of = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    mentions = _mentions(corpus, sorted(named["entity"].unique()))
    rows = []
    for (entity, designation), group in named.groupby(["entity", "designation"], sort=True):
        per_outlet = pd.Series(mentions[entity], dtype="int64").groupby(outlet_of).sum()
        for outlet in sorted({*per_outlet.index, *group["carrier"]}):
            own = group[group["carrier"] == outlet]
            n = max(int(per_outlet.get(outlet, 0)), len(own))
            low, high = wilson_interval([len(own)], [n], level)
            share = (n, len(own), len(own) / n, float(low[0]), float(high[0]))
            rows.append((outlet, entity, designation, *share, own["published"].min(), own["published"].max()))
    frame = pd.DataFrame(rows, columns=[*columns, "first_date", "last_date"])
    return frame.sort_values(["entity", "designation", "outlet"], kind="stable").reset_index(drop=True)
