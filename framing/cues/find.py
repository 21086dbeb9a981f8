"""Framing cues: every hit of a lexicon with its span, its target, its voice and its place in the report."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, cast

import numpy as np
import pandas as pd
from scipy import stats as distributions

from framing.cues.lexicon import CueRule, Lexicon, load_lexicon
from framing.cues.targets import Key, first_mention, name_key
from framing.errors import SettingsError
from framing.reading import Corpus
from framing.schema import FIELDS, check, empty, stable_ids

Floats = np.ndarray[Any, np.dtype[np.float64]]

__all__ = ["cue_rates", "find_cues", "keyword_in_context", "language_of"]

# ISO 639-2 codes of the languages that have rules.
_CODES = {
    "eng": "en",
    "rus": "ru",
    "ukr": "uk",
    "deu": "de",
    "ger": "de",
    "fra": "fr",
    "fre": "fr",
    "spa": "es",
    "tur": "tr",
}
_FOUND = ("cue", "designation")
_SCARE_WORDS = 4  # a scare quote is shorter than this
_LEAD_LIMIT = 600  # code points; a text without paragraphs has its first sentence as lead
_STOP_WORDS = {
    "en": "the of and to in is that for was with by on",
    "de": "der die das und ist nicht von den mit auf ein im",
    "fr": "le la les des et est une dans que pour par sur",
    "es": "el la los las y es una que por con del en",
    "tr": "ve bir bu ile için olarak da de olan göre",
}
_STOPS = {code: frozenset(words.split()) for code, words in _STOP_WORDS.items()}
_ATTRIBUTED = re.compile(
    r"(?:called|calls?|considers?|considered|regards?|regarded|describe[sd]?|labell?ed|labels?|deems?|deemed|"
    r"branded|views? as|according to|in the words of|назвал[аи]?|называет|считает|по словам)\b[^.;:!?\n]{0,40}$"
)
_NEXT = re.compile(r"[\s\"“”«»‘'(]{1,3}((?:[\w’'.-]{1,30})(?:\s[\w’'-]{1,30}){0,3})")
_FUNCTION = "the a an of in on at by for to and or but is are was were has have had said says with from that who which"
_NEXT_STOP = frozenset(_FUNCTION.split())
_GROUP_NOUN = re.compile(
    r"(?:group|movement|coalition|government|forces?|troops|militias?|ministry|media|army|party|organi[sz]ation|"
    r"alliance|network|regime|caliphate|fighters|rebels|republics?|authorit(?:y|ies)|operation|invasion|war|"
    r"district|news agency|agency|administration|strikes?)$"
)


def find_cues(
    corpus: Corpus,
    lexicon: Lexicon | None = None,
    *,
    quotations: pd.DataFrame | None = None,
    sentences: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find the cues of a lexicon in titles and texts.

    Rules of another language than the article's are skipped; where the language is unknown, script and stop words
    decide. A cue is evidence of wording, not of intent.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    lexicon : Lexicon, optional
        Rules; all shipped ones by default. Grammar pieces of the label lexicons are no cues.
    quotations : DataFrame, optional
        Table ``quotations``; cues inside one get the voice *quoted* (they are never dropped), and with the
        lexicon ``distancing``, partial quotations of fewer than four words in a sentence without a reporting verb
        become scare quotes.
    sentences : DataFrame, optional
        Table ``sentences``, for the lead and for scare quotes; else the first paragraph is the lead.

    Returns
    -------
    DataFrame
        Table ``cues``. ``first_mention`` counts within the field: headline and text are read apart.

    Raises
    ------
    LexiconError
        If a shipped lexicon is broken.
    """
    chosen = load_lexicon() if lexicon is None else lexicon
    places = Places(corpus, quotations, sentences)
    rows = [row for place in places for row in _cues_of(place, chosen)]
    if not rows:
        return empty("cues")
    frame = pd.DataFrame(rows).drop_duplicates(["article_id", "field", "start", "end", "rule_id"])
    ids = stable_ids("cue", *(frame[c] for c in ("article_id", "field", "start", "end", "rule_id")))
    return check(frame.assign(cue_id=ids), "cues")


class Place:
    """One field of one article, with what is needed to describe a span in it."""

    def __init__(self, article: Any, name: str, language: str, zones: Sequence[tuple[int, int, str]]) -> None:
        self.article, self.field, self.language = article, name, language
        self.text: str = getattr(article, name)
        self.zones, self.quotes = list(zones), [(0, 0, "")][:0]
        self._firsts: dict[Key, int | None] = {}

    def span(self, start: int, end: int) -> dict[str, Any]:
        """Columns of the span."""
        return {
            "article_id": self.article.article_id,
            "field": self.field,
            "start": start,
            "end": end,
            "surface": self.text[start:end],
        }

    def part(self, name: str, span: tuple[int, int] | None) -> dict[str, Any]:
        """Columns of a part such as the target."""
        start, end = span or (None, None)
        return {f"{name}_start": start, f"{name}_end": end, name: None if span is None else self.text[start:end]}

    def quoted(self, start: int, end: int) -> bool:
        """Whether the span lies inside a quotation, which is longer than the span."""
        return any(s <= start and end <= e and e - s > end - start for s, e, _ in self.quotes)

    def position(self, start: int) -> str:
        """Title, lead or body."""
        if self.field == "title":
            return "title"
        if self.zones:
            return "lead" if self.zone(start) == "lead" else "body"
        return "lead" if start < _lead_end(self.text) else "body"

    def zone(self, start: int) -> str:
        """Zone of the sentence that holds a position or stands before it; empty where there is no sentence table."""
        index = bisect_right(self.zones, start, key=lambda z: z[0]) - 1
        return self.zones[index][2] if index >= 0 else ""

    def first_mention(self, span: tuple[int, int] | None) -> bool | None:
        """Whether the name in the span, in whatever case, stands here for the first time in the field."""
        if span is None:
            return None
        key = name_key(self.text[slice(*span)])
        if key not in self._firsts:
            self._firsts[key] = first_mention(self.text, key)
        first = self._firsts[key]
        return first is None or first >= span[0]

    def sentence(self, start: int) -> str:
        """Return the sentence around a position, roughly where there is no sentence table."""
        for s, e, _ in self.zones:
            if s <= start < e:
                return self.text[s:e]
        begin = max(self.text.rfind(mark, 0, start) for mark in (". ", "\n", "! ", "? ")) + 1
        ends = [i for mark in (". ", "\n", "! ", "? ") if (i := self.text.find(mark, start)) >= 0]
        return self.text[begin : min(ends, default=len(self.text))]


class Places:
    """Every field of every article of a corpus."""

    def __init__(self, corpus: Corpus, quotations: pd.DataFrame | None, sentences: pd.DataFrame | None) -> None:
        self.articles = corpus.articles
        self.quotes = _spans(quotations, "kind")
        self.zones = _spans(sentences, "zone")

    def __iter__(self) -> Iterator[Place]:
        for article in self.articles.itertuples(index=False):
            known = article.language
            code = "" if pd.isna(known) else str(known).strip().lower()
            language = _CODES.get(code, code[:2]) if code else language_of(f"{article.title} {article.text}")
            for name in FIELDS:
                key = (article.article_id, name)
                place = Place(article, name, language, self.zones.get(key, []))
                place.quotes = self.quotes.get(key, [])
                if place.text:
                    yield place


def _spans(table: pd.DataFrame | None, kind: str) -> dict[tuple[str, str], list[tuple[int, int, str]]]:
    if table is None or table.empty:
        return {}
    found: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    ordered = table.sort_values(["article_id", "field", "start", "end"])
    columns = ("article_id", "field", "start", "end", kind)
    for article, name, start, end, value in zip(*(ordered[c] for c in columns), strict=True):
        found.setdefault((article, name), []).append((int(start), int(end), value))
    return found


def language_of(text: str) -> str:
    """Guess a language by script, letters and stop words; English where nothing speaks.

    Parameters
    ----------
    text : str
        Any text; its first 2,000 code points count.

    Returns
    -------
    str
        One of en, ru, uk, de, fr, es, tr.
    """
    head = text[:2000].lower()
    cyrillic = re.findall("[а-яёіїєґ]", head)
    if cyrillic and len(cyrillic) > len(re.findall("[a-zà-ÿ]", head)):
        return "uk" if re.search("[іїєґ]", head) else "ru"
    words = Counter(re.findall(r"\w{1,20}", head))
    counts = {code: sum(words[word] for word in stops) for code, stops in _STOPS.items()}
    return max(counts, key=lambda code: (counts[code], code == "en"))


def _lead_end(text: str) -> int:
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    if end - start <= _LEAD_LIMIT:
        return end
    stop = re.search(r"[.!?][\"”»]?\s", text[start:end])
    return start + stop.end() if stop else end


def _cues_of(place: Place, lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    for _, same in groupby(lexicon.matches(place.text, place.language, roles=_FOUND), key=lambda m: (m.start, m.end)):
        matches = list(same)
        cues = [m for m in matches if m.rule.role == "cue"]
        for match in cues or matches[:1]:  # what a cue names already is no second hit as a piece of a label
            yield _row(place, match.start, match.end, match.rule)
    if "distancing" in lexicon.names and place.language == "en":
        yield from _scare_quotes(place)


def _row(place: Place, start: int, end: int, rule: CueRule) -> dict[str, Any]:
    target = next_phrase(place.text, end) if rule.target == "next" else None
    before = place.text[max(0, start - 70) : start]
    voice = "quoted" if place.quoted(start, end) else "attributed" if _ATTRIBUTED.search(before) else "outlet"
    return {
        **place.span(start, end),
        "rule_id": rule.rule_id,
        "family": rule.family,
        **place.part("target", target),
        "voice": voice,
        "position": place.position(start),
        "first_mention": place.first_mention(target),
        "language": rule.language,
    }


def next_phrase(text: str, position: int) -> tuple[int, int] | None:
    """Span of the words that follow, up to a name's end or the next function word."""
    found = _NEXT.match(text, position)
    if found is None:
        return None
    start, end, named = found.start(1), found.start(1), False
    for word in re.finditer(r"\S{1,40}", found.group(1)):
        bare = word.group().rstrip(".,")
        if bare.lower() in _NEXT_STOP or (named and not bare[:1].isupper() and not _GROUP_NOUN.match(bare)):
            break
        end = start + word.start() + len(bare)
        if not bare[:1].isupper():
            break
        named = True
        if bare != word.group():
            break
    return (start, end) if end > start else None


_SCARE = CueRule(
    "distancing", "scare-quotes", "scare_quote", "en", "A short quotation that nobody is said to have spoken."
)


def _scare_quotes(place: Place) -> Iterator[dict[str, Any]]:
    verbs = _reporting_verbs() if any(kind == "partial" for *_, kind in place.quotes) else None
    for start, end, kind in place.quotes:
        words = re.findall(r"\w[\w'’-]{0,40}", place.text[start:end])
        if (
            verbs is None
            or kind != "partial"
            or not 0 < len(words) < _SCARE_WORDS
            or all(w[0].isupper() for w in words)
        ):
            continue  # a short quotation in capitals is a title or a name
        sentence = place.sentence(start)
        if not any(m.rule.family.startswith("reporting_") for m in verbs.matches(sentence, "en")):
            yield {**_row(place, start, end, _SCARE), "voice": "outlet"}


_VERBS: list[Lexicon] = []


def _reporting_verbs() -> Lexicon:
    if not _VERBS:
        _VERBS.append(load_lexicon("reporting-verbs"))
    return _VERBS[0]


def cue_rates(
    corpus: Corpus,
    cues: pd.DataFrame,
    by: str = "outlet",
    *,
    sentences: pd.DataFrame | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Cues per 1,000 words and per sentence, with intervals over articles.

    A rate is a ratio of sums; its variance is that of the ratio estimator with articles as sampling units
    (Cochran 1977, Sampling Techniques, eq. 6.4), so that words of one article do not count as independent.

    Parameters
    ----------
    corpus : Corpus
        The articles in which the cues were sought; those without cues count.
    cues : DataFrame
        Table ``cues``, or any part of it (one voice, one position).
    by : str
        Column of ``articles`` that makes the groups.
    sentences : DataFrame, optional
        Table ``sentences``; adds ``n_sentences, per_sentence, sentence_ci_low, sentence_ci_high``.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        ``<by>, family, n_cues, n_words, n_articles, per_1000, ci_low, ci_high``; the interval is missing for
        fewer than two articles, and its lower end is never below 0.

    Raises
    ------
    SettingsError
        If the articles have no such column, or the level lies outside 0 to 1.
    """
    if by not in corpus.articles.columns:
        raise SettingsError(f"by: there is no column {by!r}. Columns: {', '.join(corpus.articles.columns)}.")
    if not 0 < level < 1:
        raise SettingsError(f"level must lie between 0 and 1. Got {level}.")
    joined = corpus.articles["title"] + " " + corpus.articles["text"]
    order = pd.Index(corpus.articles["article_id"])
    sizes = {"words": joined.str.count(r"\w+(?:['’-]\w+)*").to_numpy(dtype=float)}
    if sentences is not None:
        sizes["sentences"] = _per_article(sentences, order)
    groups = corpus.articles[by].astype("str")
    rows = []
    for family, found in cues.groupby("family", sort=True):
        counts = _per_article(found, order)
        for group in sorted(groups.dropna().unique()):
            inside = (groups == group).to_numpy(dtype=bool)
            chosen = {name: size[inside] for name, size in sizes.items()}
            rows.append({by: group, "family": family, **_rates(counts[inside], chosen, level)})
    names = [by, "family", "n_cues", "n_words", "n_articles", "per_1000", "ci_low", "ci_high"]
    if sentences is not None:
        names += ["n_sentences", "per_sentence", "sentence_ci_low", "sentence_ci_high"]
    return pd.DataFrame(rows, columns=names)


def _per_article(table: pd.DataFrame, order: pd.Index[Any]) -> Floats:
    sizes = table.groupby("article_id").size().reindex(order, fill_value=0)
    return cast("Floats", sizes.to_numpy(dtype=float))


def _rates(counts: Floats, sizes: Mapping[str, Floats], level: float) -> dict[str, float]:
    rate, low, high = _ratio(1000 * counts, sizes["words"], level)
    out: dict[str, float] = {
        "n_cues": int(counts.sum()),
        "n_words": int(sizes["words"].sum()),
        "n_articles": len(counts),
    }
    out |= {"per_1000": rate, "ci_low": low, "ci_high": high}
    if "sentences" in sizes:
        rate, low, high = _ratio(counts, sizes["sentences"], level)
        out |= {"n_sentences": int(sizes["sentences"].sum()), "per_sentence": rate}
        out |= {"sentence_ci_low": low, "sentence_ci_high": high}
    return out


def _ratio(counts: Floats, sizes: Floats, level: float) -> tuple[float, float, float]:
    """Return the ratio of sums and the ends of its interval, the lower one at least 0."""
    total, n = sizes.sum(), len(sizes)
    rate = counts.sum() / total if total else np.nan
    if n < 2 or not total:  # a variance needs two articles
        return float(rate), float("nan"), float("nan")
    variance = n / (n - 1) * ((counts - rate * sizes) ** 2).sum() / total**2
    half = distributions.t.ppf((1 + level) / 2, n - 1) * np.sqrt(variance)
    return float(rate), max(0.0, float(rate - half)), float(rate + half)


def keyword_in_context(corpus: Corpus, table: pd.DataFrame, window: int = 60) -> pd.DataFrame:
    """Show each span of a table with the text around it.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    table : DataFrame
        Any span table: cues, labels, quotations …
    window : int
        Code points on either side.

    Returns
    -------
    DataFrame
        ``article_id, outlet, field, start, end, left, surface, right``, in the order of the table; line breaks in
        the context are shown as spaces.

    Raises
    ------
    SettingsError
        If the window is negative.
    """
    if window < 0:
        raise SettingsError(f"window must be 0 or more. Got {window}.")
    texts = {name: corpus.texts(name) for name in FIELDS}
    outlets = dict(zip(corpus.articles["article_id"], corpus.articles["outlet"], strict=True))
    rows = []
    for article, name, start, end, surface in zip(
        *(table[c] for c in ("article_id", "field", "start", "end", "surface")), strict=True
    ):
        text = texts[name][article]
        left, right = text[max(0, start - window) : start], text[end : end + window]
        rows.append(
            (article, outlets[article], name, start, end, left.replace("\n", " "), surface, right.replace("\n", " "))
        )
    columns = ["article_id", "outlet", "field", "start", "end", "left", "surface", "right"]
    return pd.DataFrame(rows, columns=columns) if rows else make_empty(columns)


def make_empty(columns: Sequence[str]) -> pd.DataFrame:
    """Return a table without rows whose offsets are whole numbers and whose other columns are texts."""
    return pd.DataFrame({c: pd.Series(dtype="int64" if c in ("start", "end") else "str") for c in columns})
