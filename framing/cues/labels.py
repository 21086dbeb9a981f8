"""Inserted labels: what an outlet attaches to a name, by three witnesses: grammar, insertion and contrast."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from framing.cues.contrasts import Contrasts, leans
from framing.cues.find import Place, Places
from framing.cues.grammar import Label, Reading
from framing.cues.lexicon import Lexicon, load_lexicon
from framing.cues.modifiers import Candidate, candidates, only_this_outlet, rank_modifiers
from framing.cues.targets import Key, resolve_names
from framing.cues.typing import Origins, authority_of, designation_of
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.stats import benjamini_hochberg

__all__ = ["find_labels"]

_COVERED = 0.8  # share of a label that an insertion must hold
_MARKS = 5  # code points of marks and blanks around an inserted phrase
_LEVEL = 0.05  # of the contrast, after Benjamini-Hochberg
# Without a rule only a phrase counts that can be a status: three words or more, among them one in small letters; after
# a comma or dash it begins with an article, a relative or a participle; before a name it is a compound.
_WORDS = r"(?=.*\b[^\W\dA-ZА-ЯЁ_]\w*)\W*(?:[\w’'-]+\W+){2}[\w’'-]+.*"
_LED = (
    r"(?:an?|the|which|whose|held|kept|known|put|found|seen|run|struck|left|котор\w{2}|як[аиіе]|"
    r"\w{3,20}(?:ed|[ие]нн\w{2}|[ая]нн\w{2}|[её]н|щ\w{2}|ший|шая))\s"
)
_STATUS = {
    "parenthetical": re.compile(_WORDS),
    "footnote": re.compile(_WORDS),
    **dict.fromkeys(("appositive", "dash"), re.compile(f"(?={_LED}){_WORDS}")),
    "prenominal": re.compile(r"(?!so-|self-)[\w’']+-\w+"),  # distancing is no status
}


def find_labels(  # noqa: PLR0913 - one table for each stage that can speak for a label
    corpus: Corpus,
    *,
    events: pd.DataFrame | None = None,
    edits: pd.DataFrame | None = None,
    datelines: pd.DataFrame | None = None,
    quotations: pd.DataFrame | None = None,
    modifiers: pd.DataFrame | None = None,
    lexicon: Lexicon | None = None,
) -> pd.DataFrame:
    """Find labels attached to names, and say which witnesses speak for each.

    *Rule*: the grammar finds a designation in one of six forms. *Insertion*: an edit against a copy or a sibling
    sentence shows the words as added; no lexicon is needed. *Contrast*: within events, this outlet attaches a
    designation to this name and others that mention it do not (exact test given the margins of each event, articles
    as units, Benjamini-Hochberg at .05 over outlets, names and designations); or it attaches a wording, whatever it
    says, that others do not (`rank_modifiers`, which lists the weaker ones too). A label is wording, not a
    judgement of the writer.

    Parameters
    ----------
    corpus : Corpus
        The articles; an optional column ``country`` (ISO 3166 alpha-2) is the outlet's jurisdiction.
    events, edits, datelines, quotations : DataFrame, optional
        Tables of these names: for contrast, insertion, origin and voice.
    modifiers : DataFrame, optional
        Table ``modifiers`` of the same events, where it has been made already; else it is made where events are given.
    lexicon : Lexicon, optional
        Label lexicon with the roles designation, verdict, authority, head, function; all languages by default.

    Returns
    -------
    DataFrame
        Table ``labels``. A span holds the words of the label alone, without comma, dash or star, but with brackets.
    """
    chosen = load_lexicon("inserted-labels") if lexicon is None else lexicon
    origins = Origins.of(corpus, datelines)
    places = {(p.article.article_id, p.field): p for p in Places(corpus, quotations, None)}
    rows = [_row(p, found, origins) for p in places.values() for found in Reading(p.text, p.language, chosen).labels()]
    frame = _with_insertions(pd.DataFrame(rows), places, _insertions(edits), origins)
    frame = _outside_furniture(frame, datelines)
    if not frame.empty:
        frame = _with_contrast(frame, corpus, events)
    if events is not None and not events.empty:
        if modifiers is None:
            modifiers = rank_modifiers(corpus, events, quotations=quotations)
        frame = _with_modifiers(frame, places, modifiers, origins)
        frame = _outside_furniture(frame, datelines)
    if frame.empty:
        return empty("labels")
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


_UNTYPED = {"designation": "other", "authority": "unknown", "by_rule": False}  # no rule tells what it claims
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
    seen: dict[tuple[str, str], list[Candidate]] = {}
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
            place = places[article, name]
            if (article, name) not in seen:
                seen[article, name] = candidates(place.text)
            found = [
                _inserted(place, one, edit_id, origins) for one in _modifiers(seen[article, name], place, start, end)
            ]
            beside += found
            rows += found
    return pd.DataFrame(rows)


def _modifiers(found: Sequence[Candidate], place: Place, start: int, end: int) -> Iterator[Candidate]:
    """Yield what an insertion attaches to a name and can be a status, whatever its words."""
    for one in found:
        phrase = place.text[one.start : one.end]
        covered = min(end, one.end) - max(start, one.start) >= _COVERED * (one.end - one.start)
        alone = end - start <= one.end - one.start + _MARKS  # nothing else was put in
        if covered and alone and _STATUS[one.form].fullmatch(phrase) and not any(char.isdigit() for char in phrase):
            yield one


def _inserted(place: Place, one: Candidate, edit_id: str, origins: Origins) -> dict[str, Any]:
    row = {
        **_place_columns(place, one.start, one.end, one.target),
        **_UNTYPED,
        "rule_id": "insertion",
        "language": place.language,
        "form": one.form,
        "by_insertion": True,
        "edit_id": edit_id,
    }
    return {**row, **_source_columns(place, row, origins)}


def _with_contrast(frame: pd.DataFrame, corpus: Corpus, events: pd.DataFrame | None) -> pd.DataFrame:
    """Test each outlet's designations of each name against others that mention it in the same events."""
    if events is None or events.empty:
        return frame
    key_of = resolve_names(corpus, frame["target"])
    keys = [
        (key_of[target], designation, carrier) if target in key_of and voice != "quoted" else None
        for target, designation, carrier, voice in zip(
            *(frame[c] for c in ("target", "designation", "carrier", "voice")), strict=True
        )
    ]
    attached = [(a, key[0], key[1]) for a, key in zip(frame["article_id"], keys, strict=True) if key and key[0]]
    contrasts = Contrasts(corpus, events, attached)
    q_values = _adjusted(contrasts, {(key[0], key[1]) for key in keys if key and key[0]})
    tested = {key: rows for key in set(filter(None, keys)) if (rows := contrasts.of_name(key[2], key[1], key[0]))}
    return frame.assign(
        p_value=[contrasts.p_value(tested[key]) if key in tested else np.nan for key in keys],
        q_value=[q_values.get(key, np.nan) if key in tested else np.nan for key in keys],
        by_contrast=[key in tested and leans(tested[key]) and q_values[key] <= _LEVEL for key in keys],
    )


def _adjusted(contrasts: Contrasts, attached: set[tuple[Key, str]]) -> dict[tuple[Key, str, str], float]:
    """Benjamini-Hochberg over names × designations × all outlets that mention the name where anybody labels it so."""
    p_values: dict[tuple[Key, str, str], float] = {}
    for name, designation in sorted(attached):
        for outlet in contrasts.outlets_of_name(designation, name):
            if rows := contrasts.of_name(outlet, designation, name):
                p_values[name, designation, outlet] = contrasts.p_value(rows)
    adjusted = benjamini_hochberg(list(p_values.values())).tolist() if p_values else []
    return dict(zip(p_values, adjusted, strict=True))


def _with_modifiers(
    frame: pd.DataFrame, places: Mapping[tuple[str, str], Place], modifiers: pd.DataFrame, origins: Origins
) -> pd.DataFrame:
    """Add what only this outlet attaches to names: a witness to the labels known, and rows where there was none."""
    if modifiers.empty:
        return frame
    rows: list[dict[str, Any]] = frame.to_dict("records")
    known: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        known.setdefault((row["article_id"], row["field"]), []).append(row)
    for one in modifiers[only_this_outlet(modifiers)].to_dict("records"):
        place = (one["article_id"], one["field"])
        met = [row for row in known.get(place, []) if row["start"] < one["end"] and one["start"] < row["end"]]
        for row in met:
            if not row["by_contrast"] and row["voice"] != "quoted":
                row.update(by_contrast=True, p_value=one["p_value"], q_value=one["q_value"])
        if not met:
            rows.append(_contrasted(places[place], one, origins))
            known.setdefault(place, []).append(rows[-1])
    return pd.DataFrame(rows)


def _contrasted(place: Place, one: dict[str, Any], origins: Origins) -> dict[str, Any]:
    row = {
        **_place_columns(place, one["start"], one["end"], (int(one["target_start"]), int(one["target_end"]))),
        **_UNTYPED,
        "rule_id": "contrast",
        "language": place.language,
        "form": one["form"],
        "by_contrast": True,
        "p_value": one["p_value"],
        "q_value": one["q_value"],
    }
    return {**row, **_source_columns(place, row, origins)}
