"""Who speaks a quotation, with which verb, and what kind of source it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from framing.cues.clauses import Clauses, Phrase
from framing.cues.contents import SPOKEN, contents_of, mode_of
from framing.cues.find import language_of
from framing.cues.lexicon import Lexicon, load_lexicon
from framing.cues.persons import KEY_CONFIDENCE, Person, Persons, Types
from framing.cues.speakers import CONFIDENCE, Link, Pages, link_quotes
from framing.cues.speech import Act, Verbs, tense_of
from framing.reading import Corpus
from framing.schema import FIELDS, check, empty, stable_ids
from framing.text import find_quotations

__all__ = ["attribute_quotations", "find_reported_speech"]

_LEXICONS = ("reporting-verbs", "speech-verbs", "speech-verbs-ru")
_TYPES = ("source-types", "source-types-ru")
_WORD = re.compile(r"\w[\w'’-]*")
_SHORT = 4  # words; fewer are no quote by themselves
_MARKS = "\"'“”‘’«»„`"
_ENOUGH = 800  # code points from which a language is told
_CARRIED = ("carried", "continued")


def attribute_quotations(
    corpus: Corpus, quotations: pd.DataFrame, *, lexicon: Lexicon | None = None, types: Lexicon | None = None
) -> pd.DataFrame:
    """Find who speaks each quotation, with which verb.

    A quotation is read with the clause beside it: verb and subject before or behind it, in either order. Further
    quotations of its paragraph carry the speaker on. A pronoun keeps its own span, and the nearest source or subject of
    its gender gives the key. Nothing is guessed: a quotation without a verb of speech is unresolved.

    Parameters
    ----------
    corpus : Corpus
        The articles; English and Russian have rules, and in other languages nothing is resolved.
    quotations : DataFrame
        Table ``quotations``.
    lexicon : Lexicon, optional
        Verbs in classes: rules of the families ``reporting_*``, every form written out. By default ``reporting-verbs``,
        ``speech-verbs`` and ``speech-verbs-ru``; the name of a family behind ``reporting_`` is the class.
    types : Lexicon, optional
        Kinds of source: rules of the role ``source``. By default ``source-types`` and ``source-types-ru``.

    Returns
    -------
    DataFrame
        Table ``attributions``: the quotations with their speakers.

    Raises
    ------
    LexiconError
        If a verb is a pattern.
    """
    readers = Readers(corpus, lexicon, types)
    rows = [
        row
        for (article, name), spans in _by_field(quotations).items()
        for row in _attribute(readers, article, name, spans)
    ]
    return check(pd.DataFrame(rows), "attributions") if rows else empty("attributions")


def find_reported_speech(
    corpus: Corpus,
    *,
    quotations: pd.DataFrame | None = None,
    lexicon: Lexicon | None = None,
    types: Lexicon | None = None,
) -> pd.DataFrame:
    """Find what somebody is reported to say, think or want, quoted or not.

    Parameters
    ----------
    corpus : Corpus
        The articles; English and Russian have rules.
    quotations : DataFrame, optional
        Table ``quotations``; found anew by default.
    lexicon, types : Lexicon, optional
        As for `attribute_quotations`.

    Returns
    -------
    DataFrame
        Table ``reported_speech``. The span of a row is its content; speech over several sentences has a row for the one
        with the verb.
    """
    found = find_quotations(corpus) if quotations is None else quotations
    readers, quoted = Readers(corpus, lexicon, types), _by_field(found)
    rows = [
        row
        for name in FIELDS
        for article in corpus.article_ids
        for row in _report(readers, article, name, [span[:2] for span in quoted.get((article, name), [])])
    ]
    if not rows:
        return empty("reported_speech")
    frame = pd.DataFrame(rows).drop_duplicates(["article_id", "field", "start", "end", "verb_start"])
    ids = stable_ids("speech", *(frame[c] for c in ("article_id", "field", "start", "end", "verb_start")))
    return check(frame.assign(speech_id=ids), "reported_speech")


def _report(readers: Readers, article: str, name: str, quotes: Sequence[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    pages, persons = readers.read(article, name, quotes)
    for number in range(len(pages)):
        line = pages.line(number)
        for act, content in contents_of(line.clauses, line.acts):
            start, end = line.clauses.span(content)
            yield {
                "article_id": article,
                "field": name,
                "start": start,
                "end": end,
                "surface": pages.text[start:end],
                "mode": mode_of(line.clauses, content),
                **_act_columns(line.clauses, act, persons.of(line.clauses, act.source)),
            }


class Readers:
    """Texts and lexicons, by article and language."""

    def __init__(self, corpus: Corpus, lexicon: Lexicon | None, types: Lexicon | None) -> None:
        self.lexicon = load_lexicon(*_LEXICONS) if lexicon is None else lexicon
        self.types = load_lexicon(*_TYPES) if types is None else types
        self.texts = {name: corpus.texts(name) for name in FIELDS}
        self.languages = dict(zip(corpus.articles["article_id"], corpus.articles["language"], strict=True))
        self.rules: dict[str, tuple[Verbs, Types]] = {}

    def read(self, article: str, name: str, quotes: Sequence[tuple[int, int]]) -> tuple[Pages, Persons]:
        """Lines of a field and the persons in it."""
        text, known = self.texts[name][article], self.languages[article]
        language = language_of(text[:_ENOUGH]) if pd.isna(known) else str(known)[:2].lower()
        if language not in self.rules:
            self.rules[language] = Verbs(self.lexicon, language), Types(self.types, language)
        verbs, types = self.rules[language]
        pages = Pages(text, quotes, verbs)
        return pages, Persons(pages, types)


def _by_field(table: pd.DataFrame) -> dict[tuple[str, str], list[tuple[int, int, str, str]]]:
    found: dict[tuple[str, str], list[tuple[int, int, str, str]]] = {}
    columns = ("article_id", "field", "start", "end", "kind", "quotation_id")
    for article, name, start, end, kind, key in zip(*(table[c].tolist() for c in columns), strict=True):
        found.setdefault((article, name), []).append((start, end, kind, key))
    return {place: sorted(spans) for place, spans in found.items()}


def _attribute(
    readers: Readers, article: str, name: str, spans: Sequence[tuple[int, int, str, str]]
) -> Iterator[dict[str, Any]]:
    pages, persons = readers.read(article, name, [span[:2] for span in spans])
    links = link_quotes(pages, [span[2] for span in spans])
    for (start, end, kind, key), found in zip(spans, links, strict=True):
        surface = pages.text[start:end]
        role, link = ("quote", found) if kind == "direct" else _role(surface, found)
        yield {
            "quotation_id": key,
            "article_id": article,
            "field": name,
            "start": start,
            "end": end,
            "surface": surface,
            "kind": kind,
            "role": role,
            **_speech(link, persons),
        }


def _role(surface: str, link: Link | None) -> tuple[str, Link | None]:
    """Tell what a short quotation does; it keeps its link only as a part of what a verb of speech reports."""
    words = _WORD.findall(surface)
    if len(words) >= _SHORT:
        return "quote", link
    if all(word[0].isupper() or word[0].isdigit() for word in words) and surface.rstrip(_MARKS)[-1:] not in ",!?":
        return "title", None
    family = link.act.rule.family if link is not None and link.act.rule else ""
    return ("partial quote", link) if family in SPOKEN else ("scare quote", None)


def _speech(link: Link | None, persons: Persons) -> dict[str, Any]:
    """Columns of the speaker, the verb and the kind of source."""
    if link is None:
        return {"resolved": "unresolved"}
    person = persons.of(link.clauses, link.act.source)
    return {
        **_act_columns(link.clauses, link.act, person),
        "resolved": _resolved(link, person),
        "confidence": CONFIDENCE[link.how][person.how == "description"],
    }


def _act_columns(clauses: Clauses, act: Act, person: Person) -> dict[str, Any]:
    return {
        **part("speaker", clauses, act.source),
        **part("verb", clauses, act.verb),
        "verb_class": act.rule.family.removeprefix("reporting_") if act.rule else "other",
        "negated": act.negated,
        "tense": tense_of(clauses, act),
        **(part("via", clauses, act.by) if act.by else {}),
        "speaker_key": person.key,
        "key_confidence": KEY_CONFIDENCE[person.how] if person.key else None,
        "source_type": person.source_type,
        "type_evidence": person.evidence,
    }


def part(name: str, clauses: Clauses, phrase: Phrase) -> dict[str, Any]:
    """Columns of a part of a row: its span and words."""
    start, end = clauses.span(phrase)
    return {f"{name}_start": start, f"{name}_end": end, name: clauses.text[start:end]}


def _resolved(link: Link, person: Person) -> str:
    if link.how in _CARRIED:
        return "carry"
    if link.act.by is not None:
        return "nested"
    return {"name": "adjacency", "description": "title", "pronoun": "pronoun"}[person.how]
