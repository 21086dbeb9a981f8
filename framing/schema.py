"""Every table that passes between rooms: its columns, their types and units, what always holds.

A stage takes tables and returns tables. `TABLES` says what each one holds; `check` enforces it at the public
border, so that a table that a user filtered or joined in pandas is either right or refused with every fault named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from framing.errors import SchemaError

__all__ = ["TABLES", "Column", "Table", "check", "describe", "empty", "make", "stable_ids"]

Kind = Literal["str", "int", "float", "bool", "time"]

_DTYPES: dict[tuple[Kind, bool], str] = {
    ("str", False): "str",
    ("str", True): "str",
    ("int", False): "int64",
    ("int", True): "Int64",
    ("float", False): "float64",
    ("float", True): "float64",
    ("bool", False): "bool",
    ("bool", True): "boolean",
    ("time", False): "datetime64[us, UTC]",
    ("time", True): "datetime64[us, UTC]",
}
_MAX_FAULTS = 10  # faults spelled out in one message; the rest are counted


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and whether it may be missing."""

    name: str
    kind: Kind
    doc: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()

    @property
    def dtype(self) -> str:
        """The pandas dtype."""
        return _DTYPES[self.kind, self.nullable]


@dataclass(frozen=True)
class Table:
    """A named table: its columns in order, its key, its row order and its spans.

    Attributes
    ----------
    key : tuple of str
        Columns that together are unique.
    order : tuple of str
        Columns by which rows are sorted.
    spans : tuple of str
        Prefixes of span columns (``""`` for ``start``/``end``/``surface``, ``"other_"`` …).
    points : bool
        Whether a span may be empty (``start == end``): the place of an insertion.
    """

    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]
    spans: tuple[str, ...] = ()
    points: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)


def _str(name: str, doc: str, *allowed: str, nullable: bool = False) -> Column:
    return Column(name, "str", doc, nullable, allowed)


def _int(name: str, doc: str, *, nullable: bool = False) -> Column:
    return Column(name, "int", doc, nullable)


def _float(name: str, doc: str, *, nullable: bool = False) -> Column:
    return Column(name, "float", doc, nullable)


def _bool(name: str, doc: str, *, nullable: bool = False) -> Column:
    return Column(name, "bool", doc, nullable)


def _time(name: str, doc: str, *, nullable: bool = False) -> Column:
    return Column(name, "time", doc, nullable)


_ARTICLE = _str("article_id", "the article")
_OTHER = _str("other_id", "the other article")
FIELDS = ("title", "text")
_SPAN = (
    _ARTICLE,
    _str("field", "which text of the article", *FIELDS),
    _int("start", "code points from the start of the field"),
    _int("end", "code points, exclusive"),
    _str("surface", "field[start:end]"),
)


def _part(prefix: str, doc: str) -> tuple[Column, ...]:
    """Span columns of a part of the row's own field, absent where the row has no such part."""
    return (
        _int(f"{prefix}_start", f"start of the {doc}", nullable=True),
        _int(f"{prefix}_end", f"end of the {doc}, exclusive", nullable=True),
        _str(prefix, f"the {doc}", nullable=True),
    )


def _other_span(*, nullable: bool) -> tuple[Column, ...]:
    return (
        _OTHER,
        _str("other_field", "which text of the other article", *FIELDS, nullable=nullable),
        _int("other_start", "start in the other article", nullable=nullable),
        _int("other_end", "end in the other article, exclusive", nullable=nullable),
        _str("other_surface", "the other article's words", nullable=nullable),
    )


_PLACE = ("article_id", "field", "start", "end")
SOURCE_TYPES = ("named", "official", "expert", "ordinary", "document", "anonymous", "other")
_FIELD_RANK = {name: rank for rank, name in enumerate(FIELDS)}

_NAMED_LABEL = (
    _str("outlet", "the outlet that prints it"),
    _str("entity", "the name, lower case, in its commonest form"),
    _str("designation", "what the label claims, one thing at a time; any for whatever it claims"),
)
_MENTION_KINDS = ("name", "acronym", "titled", "role", "nationality", "description")

_CUE = (
    *_SPAN,
    _str("rule_id", "rule that matched, lexicon/rule"),
    _str("family", "family of the cue"),
    *_part("target", "name or phrase that the cue qualifies"),
    _str("voice", "who speaks the cue", "outlet", "quoted", "attributed"),
    _str("position", "where it stands", "title", "lead", "body"),
    _bool("first_mention", "whether it stands at the target's first mention in the article", nullable=True),
    _str("language", "language of the rule (ISO 639-1)"),
)

_SPEECH = (
    *_part("speaker", "source as printed: a name, a description, a pronoun"),
    *_part("verb", "verb or phrase that attributes"),
    _str("verb_class", "class of the verb in the lexicon; other where it lists none", nullable=True),
    _bool("negated", "whether the verb is negated or declined: did not say, refused to say", nullable=True),
    _str(
        "tense", "form of the verb", "past", "present", "perfect", "future", "participle", "infinitive", nullable=True
    ),
    *_part("via", "who passes it on, where the speaker is quoted by another source"),
    _str("speaker_key", "who it is within the article: full name or description; missing where unknown", nullable=True),
    _float("key_confidence", "share of such keys that were right: certain for names, less for pronouns", nullable=True),
    _str("source_type", "kind of source", *SOURCE_TYPES, nullable=True),
    _str("type_evidence", "words that decided the kind of source", nullable=True),
)

_ALL = (
    Table(
        "articles",
        "One report of one outlet. Text is NFC and never changes after reading.",
        (
            _ARTICLE,
            _str("outlet", "who publishes the report"),
            _str("title", "headline; empty where there is none"),
            _str("text", "body, NFC"),
            _time("published", "time of publication, UTC", nullable=True),
            _str("published_precision", "precision of published", "day", "second", nullable=True),
            _time("crawled", "time at which a tool collected it, UTC; never taken for publication", nullable=True),
            _str("url", "address of the report", nullable=True),
            _str("language", "ISO 639-1 code", nullable=True),
            _str("agency", "credited agency, as the source says it", nullable=True),
            _str("event_id", "gold event, where the source knows it", nullable=True),
        ),
        ("article_id",),
        ("article_id",),
    ),
    Table(
        "quarantine",
        "Rows of the input that could not be used, and why.",
        (
            _str("source", "file or object that was read"),
            _int("row", "row in the source, from 1", nullable=True),
            _str("article_id", "identifier as given", nullable=True),
            _str("reason", "kind of fault"),
            _str("detail", "what was found, and what would be accepted"),
        ),
        (),
        ("source", "row", "reason", "detail"),
    ),
    Table(
        "sentences",
        "Sentences in reading order, without overlap.",
        (
            _str("sentence_id", "stable identifier"),
            *_SPAN,
            _str("zone", "where the sentence stands", "title", "lead", "body", "furniture"),
        ),
        ("sentence_id",),
        _PLACE,
        ("",),
    ),
    Table(
        "quotations",
        "Stretches between quotation marks, marks included.",
        (
            _str("quotation_id", "stable identifier"),
            *_SPAN,
            _str("kind", "direct (four words or more), partial, or unclosed", "direct", "partial", "unclosed"),
        ),
        ("quotation_id",),
        _PLACE,
        ("",),
    ),
    Table(
        "attributions",
        "Quotations with who speaks them. A quotation that no rule attributes is unresolved, never guessed.",
        (
            _str("quotation_id", "the quotation"),
            *_SPAN,
            _str("kind", "direct (four words or more), partial, or unclosed", "direct", "partial", "unclosed"),
            _str(
                "role",
                "what it does: a quote; a partial quote, of fewer than four words within reported speech; a scare "
                "quote, short and spoken by nobody; a title or name, short and in capitals",
                "quote",
                "partial quote",
                "scare quote",
                "title",
            ),
            *_SPEECH,
            _str(
                "resolved",
                "by what the speaker was found: a name beside the quotation, a description (title), a pronoun, the "
                "speaker of the quotation before (carry), or another source in between (nested)",
                "adjacency",
                "title",
                "pronoun",
                "carry",
                "nested",
                "unresolved",
            ),
            _float(
                "confidence", "share of speakers found by this rule that were right (PolNeAR), 0 to 1", nullable=True
            ),
        ),
        ("quotation_id",),
        _PLACE,
        ("",),
    ),
    Table(
        "reported_speech",
        "What somebody is reported to say, think or want: who, the verb, and the words that are theirs.",
        (
            _str("speech_id", "stable identifier"),
            *_SPAN,
            _str(
                "mode",
                "direct: all of the content is quoted; partial: some of it; indirect: none",
                "direct",
                "partial",
                "indirect",
            ),
            *_SPEECH,
        ),
        ("speech_id",),
        (*_PLACE, "verb_start"),
        ("",),
    ),
    Table(
        "voices",
        "Share of voice: whose words each outlet prints. Scare quotes, titles and negated speech are not counted.",
        (
            _str("outlet", "the outlet"),
            _str("by", "what is counted", "source_type", "speaker_key"),
            _str("voice", "kind of source or speaker; unresolved where it is not known"),
            _int("n_turns", "turns: what one speaker says in an article until another speaks"),
            _int("n_words", "words"),
            _float("turn_share", "share of the outlet's turns, 0 to 1", nullable=True),
            _float("word_share", "share of the outlet's words of speech, 0 to 1", nullable=True),
            _float("ci_low", "lower end of the 95 % bootstrap interval of word_share over clusters", nullable=True),
            _float("ci_high", "upper end", nullable=True),
            _int("n_articles", "articles with this voice"),
            _int("n_clusters", "events with speech at the outlet; articles where no events were given"),
            _float("coverage", "share of the outlet's turns whose voice is known, 0 to 1", nullable=True),
        ),
        ("outlet", "by", "voice"),
        ("by", "outlet", "voice"),
    ),
    Table(
        "voice_diversity",
        "How many voices an outlet lets speak on an event.",
        (
            _str("outlet", "the outlet"),
            _str("by", "what is counted", "source_type", "speaker_key"),
            _int("n_turns", "turns, unresolved ones included"),
            _int("n_voices", "different voices in all events"),
            _int("n_clusters", "events with resolved speech; articles where no events were given"),
            _float("coverage", "share of turns whose voice is known, 0 to 1", nullable=True),
            _float("effective", "effective number of voices of an event (exponential entropy), mean", nullable=True),
            _float("ci_low", "lower end of the 95 % bootstrap interval of effective over clusters", nullable=True),
            _float("ci_high", "upper end", nullable=True),
        ),
        ("outlet", "by"),
        ("by", "outlet"),
    ),
    Table(
        "quotation_versions",
        "A quotation in another outlet's reports of the event: the same, more or less of it, edited, or not found.",
        (
            _str("event_id", "the event"),
            _str("quotation_id", "the quotation"),
            *_SPAN,
            _str("outlet", "its outlet"),
            _str("speaker_key", "its speaker", nullable=True),
            _str("verb", "its verb", nullable=True),
            _str("verb_class", "class of the verb", nullable=True),
            _str("other_outlet", "the other outlet"),
            _str(
                "status",
                "what the other outlet has: the same words; a part of them; more around them; others; nothing like it",
                "same",
                "truncated",
                "extended",
                "edited",
                "not found",
            ),
            _float("score", "words in common, in order, over the words of the shorter one, 0 to 1"),
            _str("other_quotation_id", "the other quotation", nullable=True),
            _str("other_id", "its article", nullable=True),
            _str("other_field", "which text of it", *FIELDS, nullable=True),
            _int("other_start", "start in the other article", nullable=True),
            _int("other_end", "end, exclusive", nullable=True),
            _str("other_surface", "the other outlet's words", nullable=True),
            _str("other_verb", "its verb", nullable=True),
            _str("other_verb_class", "class of its verb", nullable=True),
            _bool("same_verb", "whether both have the same form of a verb; missing where one has none", nullable=True),
            _bool("same_class", "whether both verbs are of one class", nullable=True),
            _bool("same_speaker", "whether both name the same speaker; missing where one is not known", nullable=True),
        ),
        ("quotation_id", "other_outlet"),
        ("event_id", *_PLACE, "other_outlet"),
        ("", "other_"),
    ),
    Table(
        "verb_choices",
        "With which classes of verbs each outlet quotes a speaker whom others quote in the same events.",
        (
            _str("speaker_key", "the speaker"),
            _str("outlet", "the outlet"),
            _str("verb_class", "class of the verb"),
            _int("n", "quotations of the speaker with this class at the outlet"),
            _int("n_speaker", "quotations of the speaker at the outlet"),
            _int("n_articles", "articles that these stand in"),
            _int("n_events", "events that these stand in"),
            _float("share", "n over n_speaker, 0 to 1"),
            _float("ci_low", "lower end of Wilson's 95 % interval of share"),
            _float("ci_high", "upper end"),
            _float("share_elsewhere", "share of the class at other outlets, same speaker and events", nullable=True),
            _float("p_value", "exact, events as strata"),
            _float("q_value", "p_value after Benjamini-Hochberg over the table"),
        ),
        ("speaker_key", "outlet", "verb_class"),
        ("speaker_key", "outlet", "verb_class"),
    ),
    Table(
        "datelines",
        "Datelines, credits, bylines, captions, footers, furniture of the page: text that is not the report itself.",
        (
            _str("dateline_id", "stable identifier"),
            *_SPAN,
            _str(
                "kind",
                "what it is; a footer is repeated by its outlet, furniture is known by its form",
                "dateline",
                "credit",
                "byline",
                "caption",
                "footer",
                "furniture",
            ),
            _str("place", "place as printed", nullable=True),
            _str("agency", "credited agency as printed; the last of several is the origin", nullable=True),
            _str("date", "printed date, ISO 8601, as precise as printed", nullable=True),
            _int("body_start", "where the report itself begins", nullable=True),
        ),
        ("dateline_id",),
        (*_PLACE, "kind"),
        ("",),
    ),
    Table(
        "masks",
        "Spans that scores leave out. The text itself is never edited.",
        (
            *_SPAN,
            _str("kind", "why it is left out (dateline, footer, label …)"),
            _str("source_id", "row of the table that the mask comes from", nullable=True),
        ),
        (*_PLACE, "kind", "source_id"),
        (*_PLACE, "kind", "source_id"),
        ("",),
    ),
    Table(
        "events",
        "Which event each article reports.",
        (
            _ARTICLE,
            _str("event_id", "stable identifier of the event"),
            _int("n_candidates", "articles that this one was compared with"),
            _float(
                "confidence",
                "mean probability that it tells of the same as the event's other articles, 0 to 1; missing when alone",
                nullable=True,
            ),
        ),
        ("article_id",),
        ("event_id", "article_id"),
    ),
    Table(
        "links",
        "Compared pairs of articles, article_id < other_id, with the score that decided.",
        (
            _ARTICLE,
            _OTHER,
            _float("score", "probability that both report one event, 0 to 1"),
            _float("cosine", "TF-IDF cosine of title and text, 0 to 1"),
            _float("days_apart", "days between publication; missing when undated", nullable=True),
            _bool("same_event", "whether both ended in one event"),
            _str("evidence", "the terms that contribute most, with their share of the cosine"),
        ),
        ("article_id", "other_id"),
        ("article_id", "other_id"),
    ),
    Table(
        "reuse",
        "Pairs of articles that share text, article_id < other_id.",
        (
            _ARTICLE,
            _OTHER,
            _float("containment", "share of the article's 5-grams that the other holds, 0 to 1"),
            _float("other_containment", "share of the other's 5-grams that the article holds, 0 to 1"),
            _float("jaccard", "shared over all 5-grams, 0 to 1"),
            _int("n_shared", "distinct 5-grams in both"),
            _str("source_id", "which of the two is the source, where credit or time supports it", nullable=True),
            _float("lag", "hours from the earlier to the later; missing when undated", nullable=True),
            _str("reason", "why the direction was decided, or why not"),
        ),
        ("article_id", "other_id"),
        ("article_id", "other_id"),
    ),
    Table(
        "families",
        "Copies of one story.",
        (
            _str("family_id", "stable identifier"),
            _ARTICLE,
            _str("role", "base text or copy", "base", "copy"),
        ),
        ("article_id",),
        ("family_id", "article_id"),
    ),
    Table(
        "shared_passages",
        "What two articles have in common, word for word.",
        (*_SPAN, *_other_span(nullable=False), _int("n_words", "words of the passage")),
        (*_PLACE, "other_id"),
        (*_PLACE, "other_id"),
        ("", "other_"),
    ),
    Table(
        "scripts",
        "How a copy (other) differs from the base text of its family, to the last character.",
        (
            _str("family_id", "the family"),
            *_SPAN,
            *_other_span(nullable=False),
            _str("operation", "what turns the base into the copy", "insert", "delete", "replace"),
        ),
        ("article_id", "other_id", "start", "other_start"),
        ("family_id", "other_id", "start", "other_start"),
        ("", "other_"),
        points=True,
    ),
    Table(
        "collation",
        "The copies of a story beside its base, sentence by sentence.",
        (
            _str("family_id", "the family"),
            _str("base", "the article that is the family's base"),
            _str("copy", "the copy"),
            _str(
                "status",
                "what became of the base's sentence, or a sentence of the copy's own",
                "kept",
                "changed",
                "cut",
                "added",
            ),
            *_SPAN,
            *_other_span(nullable=True),
            _bool("moved", "whether it stands in another order"),
        ),
        ("base", "copy", *_PLACE),
        ("family_id", *_PLACE, "copy"),
        ("", "other_"),
    ),
    Table(
        "units",
        "What counts as one independent report: the copies of one story share a unit.",
        (
            _ARTICLE,
            _str("unit_id", "stable identifier"),
            _float(
                "weight",
                "one over the unit's number of copies at the same outlet, so that a unit counts once per outlet",
            ),
        ),
        ("article_id",),
        ("unit_id", "article_id"),
    ),
    Table(
        "event_outlets",
        "How each outlet covered each event that it reports.",
        (
            _str("event_id", "the event"),
            _str("outlet", "the outlet"),
            _int("n_articles", "its reports"),
            _int("n_units", "different units among them: what it printed, copies within the outlet counted once"),
            _int("n_own", "units that no other outlet prints"),
            _int("n_copies", "reports whose unit another outlet prints too, whoever wrote it"),
            _time("published", "its first report, UTC; missing when undated", nullable=True),
            _str("published_precision", "precision of published", "day", "second", nullable=True),
            _float("lag", "hours after the event's first report; steps of 24 where one gives the day", nullable=True),
        ),
        ("event_id", "outlet"),
        ("event_id", "outlet"),
    ),
    Table(
        "first_reports",
        "The reports of each event in order of publication, as far as it is known.",
        (
            _str("event_id", "the event"),
            _ARTICLE,
            _str("outlet", "the outlet"),
            _time("published", "time of publication, UTC", nullable=True),
            _str("published_precision", "precision of published", "day", "second", nullable=True),
            _int("rank", "one more than the reports that were certainly earlier; missing when undated", nullable=True),
            _int("n_tied", "other dated reports that were not certainly earlier or later", nullable=True),
            _float("lag", "hours after the event's first report; steps of 24 where one gives the day", nullable=True),
            _str("unit_id", "unit that the report belongs to; missing where none was given", nullable=True),
            _bool("unit_first", "whether no report of the same unit was certainly earlier", nullable=True),
            _int("unit_rank", "rank of the unit's first report among those of the event's units", nullable=True),
            _bool("is_agency", "whether another outlet's report credits this outlet as its agency"),
            _str("agency", "agencies that the report credits, lower case, joined with /", nullable=True),
        ),
        ("article_id",),
        ("event_id", "rank", "article_id"),
    ),
    Table(
        "stories",
        "Running stories: the story of each event, and what came before it.",
        (
            _str("event_id", "the event"),
            _str("story_id", "stable identifier, derived from the story's earliest event"),
            _int("n_articles", "reports of the event"),
            _int("n_outlets", "outlets that report it"),
            _time("first", "its first report, UTC; missing when undated", nullable=True),
            _time("last", "its last report, UTC", nullable=True),
            _str("previous_id", "event before it in the story; missing for the first", nullable=True),
            _float("gap", "days since the story's last report, at least 0; missing where not known", nullable=True),
            _float("score", "mean best link to the event that it belongs to most, 0 to 1", nullable=True),
        ),
        ("event_id",),
        ("story_id", "first", "event_id"),
    ),
    Table(
        "timeline",
        "Each story as the list of its events.",
        (
            _str("story_id", "the story"),
            _int("place", "place of the event in the story, from 1"),
            _str("event_id", "the event"),
            _time("first", "its first report, UTC; missing when undated", nullable=True),
            _time("last", "its last report, UTC", nullable=True),
            _float("gap", "days since the story's last report, at least 0; missing where not known", nullable=True),
            _int("n_articles", "reports of the event"),
            _int("n_outlets", "outlets that report it"),
            _str("outlets", "these outlets, joined with ;"),
            _str("title", "title of the earliest report that has one"),
            _str("article_id", "the earliest report"),
        ),
        ("event_id",),
        ("story_id", "place"),
    ),
    Table(
        "passages",
        "For each sentence and each other article of its event: the sentence that answers it.",
        (
            _str("passage_id", "stable identifier"),
            _str("event_id", "event of both"),
            *_SPAN,
            *_other_span(nullable=True),
            _str(
                "relation",
                "how the two sentences relate; merged: the other holds a neighbour too; split: the other are two",
                "verbatim",
                "edited",
                "paraphrase",
                "merged",
                "split",
                "unique",
            ),
            _float(
                "score", "probability that the answering or, when unique, the nearest sentence says the same, 0 to 1"
            ),
            _bool("moved", "whether a copied sentence stands in another order"),
            _bool("quoted", "whether most of what both share is spoken: a shared quotation, no copy", nullable=True),
            _str("nearest", "sentence_id of the nearest sentence of the other article", nullable=True),
        ),
        ("passage_id",),
        (*_PLACE, "other_id"),
        ("", "other_"),
    ),
    Table(
        "coverage",
        "Statements that at least two independent reports of an event share, and where each outlet's reports state "
        "them. Not found is what it says: no sentence was found to state it.",
        (
            _str("event_id", "the event"),
            _str("statement_id", "stable identifier of the statement"),
            _str("statement", "the sentence of the report that the others are nearest to"),
            _int("n_units", "independent reports that state it"),
            _str("outlet", "an outlet that reports the event"),
            _bool("stated", "whether a sentence of the outlet's reports was found to state it"),
            _str("article_id", "the report that states it", nullable=True),
            _str("field", "which text of the article", *FIELDS, nullable=True),
            _int("start", "start of the stating sentence", nullable=True),
            _int("end", "end of it, exclusive", nullable=True),
            _str("surface", "the stating sentence", nullable=True),
            _int(
                "rank",
                "its number among the sentences of the report; 1 opens the report, 0 is the title",
                nullable=True,
            ),
            _str("nearest_id", "where not found: the report with the nearest sentence", nullable=True),
            _str("nearest_field", "which text of it", *FIELDS, nullable=True),
            _int("nearest_start", "start of the nearest sentence", nullable=True),
            _int("nearest_end", "end of it, exclusive", nullable=True),
            _str("nearest_surface", "the nearest sentence", nullable=True),
            _float("score", "probability that the stating or the nearest sentence says the same, 0 to 1"),
        ),
        ("statement_id", "outlet"),
        ("event_id", "statement_id", "outlet"),
        ("", "nearest_"),
    ),
    Table(
        "edits",
        "Word-level changes from a sentence of the article to the answering sentence of the other.",
        (
            _str("edit_id", "stable identifier"),
            _str("passage_id", "the pair of sentences"),
            *_SPAN,
            *_other_span(nullable=False),
            _str("operation", "what turns the article's words into the other's", "insert", "delete", "replace"),
            _str(
                "type",
                "what was changed",
                "number",
                "name",
                "verb",
                "quotation",
                "bracket",
                "punctuation",
                "move",
                "other",
            ),
            _str("family_id", "family of copies that both belong to", nullable=True),
        ),
        ("edit_id",),
        (*_PLACE, "other_id", "other_start", "other_end"),
        ("", "other_"),
        points=True,
    ),
    Table(
        "cues",
        "Spans that a cue rule matches: evidence of wording, not of intent.",
        (_str("cue_id", "stable identifier"), *_CUE),
        ("cue_id",),
        (*_PLACE, "rule_id"),
        ("",),
    ),
    Table(
        "labels",
        "Labels attached to a name, with the witnesses that speak for each.",
        (
            _str("label_id", "stable identifier"),
            *_CUE,
            _str(
                "form",
                "grammar of the attachment",
                "parenthetical",
                "appositive",
                "prenominal",
                "dash",
                "footnote",
                "notice",
                "unknown",
            ),
            _str("designation", "what the label claims (terrorist, extremist, banned …; + joins several)"),
            _str("authority", "whose designation it is (Russia, Turkey, US, EU, UN, outlet, unknown …)"),
            _str("origin", "who wrote the label: the credited agency, else the outlet"),
            _str("carrier", "the outlet that printed it"),
            _str("obligation", "judged for the origin", "regulatory", "editorial", "unknown"),
            _bool("by_rule", "a rule of the grammar found it"),
            _bool("by_insertion", "it stands as an insertion against a copy or sibling sentence"),
            _bool("by_contrast", "this outlet attaches it to this name and others in the same events do not"),
            _str("edit_id", "the edit that shows the insertion", nullable=True),
            _float("p_value", "contrast within events, exact test", nullable=True),
            _float("q_value", "p_value after Benjamini-Hochberg", nullable=True),
        ),
        ("label_id",),
        (*_PLACE, "rule_id"),
        ("",),
    ),
    Table(
        "label_counts",
        "How often each outlet labels each name.",
        (
            *_NAMED_LABEL,
            _int("n_mentions", "mentions of the name in its titles and texts"),
            _int("n_labelled", "of these with the label"),
            _float("share", "n_labelled / n_mentions"),
            _float("ci_low", "lower end of Wilson's interval of share"),
            _float("ci_high", "upper end"),
            _int("n_articles", "its articles that mention the name"),
            _int("n_first_labelled", "of these with the label at a first mention"),
            _float("first_share", "n_first_labelled / n_articles"),
            _float("first_ci_low", "lower end of Wilson's interval of first_share"),
            _float("first_ci_high", "upper end"),
            _time("first_date", "earliest article of the outlet with the label", nullable=True),
            _time("last_date", "latest one", nullable=True),
        ),
        ("outlet", "entity", "designation"),
        ("entity", "designation", "outlet"),
    ),
    Table(
        "label_coverage",
        "Who labels a name in an event and who mentions it there without a label.",
        (
            _str("event_id", "the event"),
            *_NAMED_LABEL,
            _bool("labels", "whether the outlet labels the name in this event"),
            _int("n_articles", "its articles there that mention the name"),
            _int("n_mentions", "its mentions of the name there"),
            _int("n_labelled", "of these with the label"),
        ),
        ("event_id", "entity", "designation", "outlet"),
        ("entity", "designation", "event_id", "outlet"),
    ),
    Table(
        "label_timeline",
        "Mentions and labelled mentions of a name per outlet and day.",
        (
            *_NAMED_LABEL,
            _time("day", "start of the day, UTC"),
            _int("n_mentions", "mentions of the name that day"),
            _int("n_labelled", "of these with the label"),
            _float("share", "n_labelled / n_mentions"),
            _float("ci_low", "lower end of Wilson's interval"),
            _float("ci_high", "upper end"),
        ),
        ("outlet", "entity", "designation", "day"),
        ("entity", "designation", "outlet", "day"),
    ),
    Table(
        "label_changes",
        "The day on which an outlet began or ceased to label a name.",
        (
            *_NAMED_LABEL,
            _time("day", "first day of the new state"),
            _int("n_days", "days with mentions"),
            _int("n_mentions", "mentions over all days"),
            _float("share_before", "labelled share before the day"),
            _float("share_after", "labelled share from the day on"),
            _float("p_value", "days shuffled; missing where all or no mentions are labelled", nullable=True),
            _float("q_value", "p_value after Benjamini-Hochberg over streams", nullable=True),
            _bool("found", "q_value is at most the level asked for"),
        ),
        ("outlet", "entity", "designation"),
        ("entity", "designation", "outlet"),
    ),
    Table(
        "modifiers",
        "What outlets attach to names, ranked by how little siblings in the same events do so.",
        (
            _str("modifier_id", "stable identifier"),
            _int("rank", "1 = the strongest contrast"),
            *_SPAN,
            *_part("target", "name to which it is attached"),
            _str("voice", "quoted: it stands inside a quotation", "outlet", "quoted"),
            _str("form", "how it is attached", "parenthetical", "footnote", "dash", "appositive", "prenominal"),
            _str("outlet", "the outlet that attaches it"),
            _str("wording", "stems of its content words, by which occurrences are compared"),
            _int("n_events", "events of the outlet and of others in which anybody attaches the wording"),
            _int("n_with", "the outlet's articles there that attach the wording to any name"),
            _int("n_without", "the outlet's other articles there"),
            _int("n_others_with", "others' articles there that attach the wording"),
            _int("n_others_without", "others' other articles there"),
            _float("repetition", "probability that the words recur in the outlet by chance, 0 to 1"),
            _float("p_name", "exact test within events for this name"),
            _float("p_value", "exact test within events for the wording over all its names"),
            _float("q_value", "p_value after Benjamini-Hochberg; missing where counts are too small", nullable=True),
        ),
        ("modifier_id",),
        ("rank",),
        ("",),
    ),
    Table(
        "mentions",
        "Names and noun phrases of the texts.",
        (
            *_SPAN,
            _str("kind", "form of the mention", *_MENTION_KINDS),
            _str("head", "its last word before an of, lower case"),
        ),
        _PLACE,
        _PLACE,
        ("",),
    ),
    Table(
        "naming",
        "Mentions of the entities of an event, grouped across outlets, with what speaks for each.",
        (
            _str("mention_id", "stable identifier"),
            _str("entity_id", "stable identifier of the entity within its event"),
            _str("entity", "its most frequent name, else its most frequent wording"),
            _str("event_id", "the event"),
            _str("outlet", "the outlet"),
            *_SPAN,
            _str("kind", "form of the mention", *_MENTION_KINDS),
            _str("form", "the wording without article and titles; lower case but in names"),
            _str("head", "last word before an of, lower case"),
            _str("title", "honorific, title, role and country before a person's name, lower case", nullable=True),
            _str("modifiers", "words before the head of a description, lower case", nullable=True),
            _str("party", "party tag behind the name, as printed", nullable=True),
            _str(
                "reason",
                "what joins it to the entity",
                "first",
                "must-merge",
                "same name",
                "alias",
                "surname",
                "given name",
                "spelling",
                "longer name",
                "part of name",
                "acronym",
                "country",
                "apposition",
                "office",
                "edit",
                "slot",
                "same words",
                "same head",
                "kind of thing",
                "antecedent",
            ),
            _str("evidence", "the words that show it", nullable=True),
            _str("evidence_id", "article or edit in which it can be seen", nullable=True),
        ),
        ("mention_id",),
        ("event_id", "entity_id", *_PLACE),
        ("",),
    ),
    Table(
        "naming_grid",
        "Who calls which entity what.",
        (
            _str("cell_id", "stable identifier"),
            _str("group_id", "the entity, over all events: the first of its entity_ids"),
            _str("entity", "its most frequent name, else its most frequent wording"),
            _str("outlet", "the outlet"),
            _str("form", "what the outlet calls it"),
            _str("by", "column of naming that makes the forms", "form", "head", "kind"),
            _str("kind", "most frequent kind of these mentions", *_MENTION_KINDS),
            _int("n_mentions", "mentions of the entity by the outlet in this form"),
            _int("n_articles", "articles with one"),
            _int("n_events", "events with one"),
            _int("n_first", "articles in which the first mention of the entity has this form"),
            _int("n_apposed", "mentions that stand beside a name of the entity"),
            _int("n_quoted", "mentions inside a quotation; 0 where no quotations were given"),
            _str("titles", "titles, honorifics and roles before the name, with counts", nullable=True),
            _str("modifiers", "words before the head, with counts", nullable=True),
            _str("parties", "party tags, with counts", nullable=True),
            _float("share", "of the outlet's mentions of the entity, 0 to 1"),
            _float("other_share", "of the other outlets' mentions of the entity, 0 to 1", nullable=True),
            _float("p_value", "exact test within events; missing where too few reports can tell", nullable=True),
            _float("q_value", "p_value after Benjamini-Hochberg over all cells tested", nullable=True),
            _str("entity_ids", "entities of the events, joined with ;"),
        ),
        ("cell_id",),
        ("group_id", "outlet", "form"),
    ),
    Table(
        "terms",
        "Terms scored between outlets.",
        (
            _str("term", "word or n-gram, lower case"),
            _str("outlet", "the outlet described"),
            _str("reference", "whom it is compared with"),
            _int("n_target", "occurrences in the outlet's articles of the events compared"),
            _int("n_reference", "occurrences in the reference's"),
            _int("n_articles", "articles that hold the term"),
            _int("n_events", "events that can tell: both sides present and the term not constant"),
            _float("effect", "see the measure's documentation; positive = more in the outlet"),
            _float("ci_low", "lower end of the 95 % interval of effect", nullable=True),
            _float("ci_high", "upper end", nullable=True),
            _float("z", "standardised within-event difference", nullable=True),
            _float("p_value", "two-sided", nullable=True),
            _float("q_value", "p_value adjusted over all terms and outlets tested", nullable=True),
            _float("heterogeneity_p", "p-value of the same difference in all events", nullable=True),
            _str("unsupported", "why the term was not tested; missing when it was", nullable=True),
            _str("masks", "what was masked: none, or the kinds joined with +"),
        ),
        ("term", "outlet", "reference", "masks"),
        ("outlet", "reference", "term", "masks"),
    ),
    Table(
        "separability",
        "Whether the outlet can be told from the words once the event is fixed.",
        (
            _str("outlet", "one outlet"),
            _str("reference", "the other"),
            _str("masks", "what was masked: none, or the kinds joined with +"),
            _int("n_events", "events with both outlets"),
            _int("n_articles", "articles of both in these events"),
            _str("left_out", "what the model never saw of the reports it scores", "events", "events and outlets"),
            _float("auc", "share of within-event pairs ranked right by a model that never saw the event, 0 to 1"),
            _float("ci_low", "lower end of the 95 % bootstrap interval over events", nullable=True),
            _float("ci_high", "upper end", nullable=True),
            _float("null_mean", "mean AUC when labels are permuted within events"),
            _float("null_q95", "95 % quantile of the same"),
            _float("p_value", "share of permutations at least as high, plus one"),
            _float("brier", "mean squared error of the probability of the outlet among reports left out, 0 to 1"),
            _bool("told_apart", "the interval lies above chance and p_value is at most .05"),
        ),
        ("outlet", "reference", "masks"),
        ("outlet", "reference", "masks"),
    ),
    Table(
        "weights",
        "Terms on which a separability model leans most.",
        (
            _str("outlet", "outlet that the term speaks for"),
            _str("reference", "the other outlet of the model"),
            _str("masks", "what was masked"),
            _str("term", "word or n-gram"),
            _float("weight", "mean coefficient over the folds"),
        ),
        ("outlet", "reference", "masks", "term"),
        ("outlet", "reference", "masks", "term"),
    ),
    Table(
        "annotations",
        "Spans that people marked, from an annotation tool.",
        (*_SPAN, _str("label", "what the coder called it"), _str("coder", "who marked it")),
        (*_PLACE, "label", "coder"),
        (*_PLACE, "label", "coder"),
        ("",),
    ),
    Table(
        "tasks",
        "Texts that coders finished, whether they marked anything in them or not.",
        (_ARTICLE, _str("field", "which text of the article", *FIELDS), _str("coder", "who read it")),
        ("article_id", "field", "coder"),
        ("article_id", "field", "coder"),
    ),
)

TABLES: Mapping[str, Table] = {table.name: table for table in _ALL}
"""All tables by name."""


def describe(name: str) -> pd.DataFrame:
    """Return the columns of a table with their types, units and allowed values.

    Parameters
    ----------
    name : str
        A key of `TABLES`.

    Returns
    -------
    DataFrame of shape (n_columns, 5)
        ``column, dtype, nullable, allowed, doc``.

    Examples
    --------
    >>> describe("masks").column.tolist()[:3]
    ['article_id', 'field', 'start']
    """
    return pd.DataFrame(
        {
            "column": [c.name for c in TABLES[name].columns],
            "dtype": [c.dtype for c in TABLES[name].columns],
            "nullable": [c.nullable for c in TABLES[name].columns],
            "allowed": [", ".join(c.allowed) for c in TABLES[name].columns],
            "doc": [c.doc for c in TABLES[name].columns],
        }
    )


def make(name: str, rows: Mapping[str, Any] | Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Build a checked table from columns or from row mappings; no rows give the empty table."""
    if isinstance(rows, Mapping):
        return check(pd.DataFrame(rows), name)
    frame = pd.DataFrame(list(rows))
    return empty(name) if frame.empty else check(frame, name)


def empty(name: str) -> pd.DataFrame:
    """Return the table without rows, with its dtypes."""
    return pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in TABLES[name].columns})


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return ``frame`` as a valid table: typed, sorted, its own columns first; further columns are kept.

    Parameters
    ----------
    frame : DataFrame
        At least the non-nullable columns of the table; missing nullable ones are added empty.
    name : str
        A key of `TABLES`.

    Raises
    ------
    SchemaError
        Naming every fault: missing columns, wrong types, missing values, values that are not allowed, spans
        that end before they start, duplicate keys.
    """
    table = TABLES[name]
    missing = [c.name for c in table.columns if not c.nullable and c.name not in frame.columns]
    if missing:
        raise SchemaError(
            f"{name}: column(s) missing: {', '.join(missing)}. Got: {', '.join(map(str, frame.columns)) or 'none'}. "
            f"See framing.schema.describe({name!r})."
        )
    out = frame.reset_index(drop=True)
    faults: list[str] = []
    typed = {c.name: _typed(out, c, faults) for c in table.columns}
    extra = {str(c): out[c] for c in out.columns if c not in typed}
    out = pd.DataFrame({**typed, **extra})
    if not faults:
        faults += _row_faults(out, table)
    if faults:
        more = f" (and {len(faults) - _MAX_FAULTS} more)" if len(faults) > _MAX_FAULTS else ""
        raise SchemaError(f"{name}: " + " ".join(faults[:_MAX_FAULTS]) + more)
    return _sorted(out, table)


def _typed(frame: pd.DataFrame, column: Column, faults: list[str]) -> pd.Series[Any]:
    if column.name not in frame.columns:
        return pd.Series(None, index=frame.index, dtype=column.dtype)
    values = frame[column.name]
    if column.kind == "str" and values.dtype == object:
        strange = values.map(lambda v: not isinstance(v, str) and not pd.isna(v)).to_numpy(dtype=bool)
        if strange.any():
            row = int(np.argmax(strange))
            faults.append(f"row {row}: '{column.name}' must be text. Got {values.iloc[row]!r}.")
            return values
    try:
        if column.kind == "int" and not column.nullable and values.isna().any():
            return values  # reported as missing below; int64 cannot hold it
        return values.astype(column.dtype)
    except (TypeError, ValueError) as error:
        faults.append(f"'{column.name}' must be {column.dtype}. Got {values.dtype}: {error}.")
        return values


def _row_faults(frame: pd.DataFrame, table: Table) -> list[str]:
    faults = []
    for column in table.columns:
        values = frame[column.name]
        absent = values.isna().to_numpy(dtype=bool)
        if not column.nullable and absent.any():
            faults.append(f"row {int(np.argmax(absent))}: '{column.name}' is missing.")
        if column.allowed:
            wrong = ~absent & ~values.isin(column.allowed).to_numpy(dtype=bool)
            if wrong.any():
                row = int(np.argmax(wrong))
                faults.append(
                    f"row {row}: '{column.name}' must be one of {', '.join(column.allowed)}. Got {values.iloc[row]!r}."
                )
    for prefix in table.spans:
        faults += _span_faults(frame, prefix, points=table.points)
    if table.key:
        twice = frame.duplicated(list(table.key)).to_numpy(dtype=bool)
        if twice.any():
            row = int(np.argmax(twice))
            key = ", ".join(f"{k}={frame[k].iloc[row]!r}" for k in table.key)
            faults.append(f"row {row}: the key must be unique. Got {key} twice.")
    return faults


def _span_faults(frame: pd.DataFrame, prefix: str, *, points: bool) -> list[str]:
    start, end = (frame[f"{prefix}{side}"].astype("Float64") for side in ("start", "end"))
    wrong = ((start < 0) | ((end < start) if points else (end <= start))).fillna(value=False).to_numpy(dtype=bool)
    if not wrong.any():
        return []
    row = int(np.argmax(wrong))
    message = (
        f"row {row} (article {frame['article_id'].iloc[row]!r}): '{prefix}end' must exceed '{prefix}start'. "
        f"Got {prefix}start={int(start.iloc[row])}, {prefix}end={int(end.iloc[row])}. "
        "Offsets count code points of the NFC text."
    )
    return [message]


def _sorted(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    if not len(frame):
        return frame
    keys = [frame[name].map(_FIELD_RANK) if name == "field" else frame[name] for name in table.order]
    order = pd.DataFrame(dict(enumerate(keys))).sort_values(list(range(len(keys))), kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def stable_ids(prefix: str, *columns: Sequence[Any] | pd.Series[Any]) -> list[str]:
    """Return one identifier per row that depends on the row's values only (blake2b, 12 hex digits).

    Examples
    --------
    >>> stable_ids("s", ["a", "a"], [0, 1])
    ['s-efb869e8289e', 's-2ddd16bca8ae']
    """
    rows = ("\x1f".join(map(str, row)) for row in zip(*columns, strict=True))
    return [f"{prefix}-{hashlib.blake2b(row.encode(), digest_size=6).hexdigest()}" for row in rows]
