"""Modifiers that one outlet attaches to a name and its siblings do not: labels found without a word list.

Every bracket, apposition, dash phrase, run of words before a name and starred note beside a name is a candidate.
A candidate is judged by who else, in the same events, writes the name without it: once for its own name, and once
for its wording over all names to which the outlet attaches it. No lexicon is read.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import poisson

from framing.cues.adjacent import Span, brackets, name_before
from framing.cues.contrasts import Contrasts, leans
from framing.cues.find import Place, Places
from framing.cues.glosses import is_gloss
from framing.cues.targets import Key, name_key
from framing.cues.wordings import MOST_CALLS, STAR_LINE, STARRED
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids
from framing.stats import benjamini_hochberg

__all__ = ["only_this_outlet", "rank_modifiers"]

_MAX_PHRASE = 220  # code points
_MAX_WORDS = 30
_MAX_RUN = 4  # words before a name
FORMS = ("parenthetical", "footnote", "dash", "appositive", "prenominal")
"""Forms by how seldom they are anything but a modifier; breaks ties of rank."""
_LEVEL = 0.05  # of q
_ATTAINABLE = 0.01  # tests whose margins do not allow this get no q-value
_STEM = 6  # letters by which wordings are compared: endings differ by case and number
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_COMMA = re.compile(r",\s{1,3}(?=[^\W\d_])")
_COMMA_END = re.compile(r",(?=\s|[»”\"])|[.;:!?](?=\s|$|[»”\"])|\n|\)|$")
_DASH = re.compile(r"\s[—–]\s|\s-{1,2}\s|—")
_DASH_END = re.compile(r"\s?[—–]|\s-{1,2}\s|[.;!?](?=\s|$|[»”\"])|\n|$")
_FUNCTION_WORDS = (
    "the a an of in on at by for to and or but is are was were has have had be been as with from that this these those "
    "which who whose it its their his her our your my not no also both said says after before between against over "
    "under into about than then when where while if so because during since until through via per among "
    "und oder der die das den dem des ein eine einer von zu im in mit für auf als bei "
    "le la les un une des du de et ou à au aux en dans par pour sur "
    "el los las una y o del al con por para que "
    "ve bir bu ile için de da "
    "и в на с по о об от до за из к у что как не но а или это для при под над "
    "і й та у з із до від за на по про що як не але або це для при під"
)
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
# Words that open a clause or an adverbial, no description of the name before.
_CLAUSE = re.compile(
    r"(?:and|but|or|as|when|while|where|if|so|because|although|though|after|before|until|since|than|then|he|she|they|it|we|i|"
    r"you|his|her|their|there|this|that|said|says|saying|told|adding|according|including|however|also|in|on|at|by|for|"
    r"from|with|to|into|и|а|но|что|как|чтобы|когда|если|он|она|они|это|в|на|с|по|у|о|за|і|й|та|але|що|коли|якщо|він|вона)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Candidate:
    """A modifier beside a name: its span, its form, the name's span and the wordings under which it may recur."""

    start: int
    end: int
    form: str
    target: Span
    wordings: tuple[tuple[str, int], ...]
    """Wording and where it starts; a run before a name has one for each of its ends."""


def candidates(text: str) -> list[Candidate]:
    """Return the modifiers beside names in reading order."""
    found = [*_bracketed(text), *_delimited(text), *_before_names(text), *_starred(text)]
    return sorted(found, key=lambda c: (c.start, c.end, c.form))


def wording(phrase: str) -> str:
    """Reduce a phrase to the stems of its content words: the key by which a modifier recurs."""
    words = (w.group().lower() for w in _WORD.finditer(phrase))
    return " ".join(w[:_STEM] for w in words if w not in _FUNCTION)


def _bracketed(text: str) -> Iterator[Candidate]:
    for start, end in brackets(text):
        phrase = text[start:end]
        target = name_before(text, start)
        if target is None or is_gloss(phrase) or not _named(text, target):
            continue
        if (
            (key := wording(phrase))
            and len(_WORD.findall(phrase)) <= _MAX_WORDS
            and re.search(r"\b[^\W\dA-Z_]{3}", phrase)
        ):
            yield Candidate(start, end, "parenthetical", target, ((key, start),))


def _delimited(text: str) -> Iterator[Candidate]:
    for opening, closing, form in ((_COMMA, _COMMA_END, "appositive"), (_DASH, _DASH_END, "dash")):
        for mark in opening.finditer(text):
            target = name_before(text, mark.start())
            if target is None or not _named(text, target) or _CLAUSE.match(text, mark.end()):
                continue
            stop = closing.search(text, mark.end(), mark.end() + _MAX_PHRASE)
            if stop is None:
                continue
            phrase = text[mark.end() : stop.start()]
            words = _WORD.findall(phrase)
            if 2 <= len(words) <= _MAX_WORDS and not words[0][0].isupper() and (key := wording(phrase)):
                yield Candidate(mark.end(), stop.start(), form, target, ((key, mark.end()),))


def _before_names(text: str) -> Iterator[Candidate]:
    words = list(_WORD.finditer(text))
    for i, word in enumerate(words):
        if not _capital(word) or i == 0 or _capital(words[i - 1]):
            continue
        run: list[re.Match[str]] = []
        for before in reversed(words[max(0, i - _MAX_RUN) : i]):
            follower = run[-1] if run else word
            gap = text[before.end() : follower.start()]
            if gap not in (" ", " «", " “", ' "') or _capital(before):
                break
            if before.group() in _FUNCTION or text[before.start() - 1 : before.start()].isdigit():
                break  # "18th August"
            run.append(before)
        if not run:
            continue
        end = i
        while (
            end + 1 < len(words)
            and text[words[end].end() : words[end + 1].start()] == " "
            and words[end + 1].group()[0].isupper()
        ):
            end += 1
        keys = tuple((wording(text[w.start() : run[0].end()]), w.start()) for w in run)
        yield Candidate(run[-1].start(), run[0].end(), "prenominal", (word.start(), words[end].end()), keys)


def _capital(word: re.Match[str]) -> bool:
    """Whether a word belongs to a name: *Iran-backed* does not, though it begins with one."""
    return word.group()[0].isupper() and not word.group().rpartition("-")[2][:1].islower()


def _starred(text: str) -> Iterator[Candidate]:
    marks = list(STARRED.finditer(text))
    if not marks:
        return
    by_sign: dict[str, list[re.Match[str]]] = defaultdict(list)
    for mark in marks:
        by_sign[mark.group(1)].append(mark)
    for note in STAR_LINE.finditer(text):
        stop = text.find("\n", note.end())
        end = len(text) if stop < 0 else stop
        same = by_sign[note.group(1)]
        before = bisect_right(same, note.start(), key=lambda m: m.end())
        called = [name_before(text, m.start()) for m in same[max(0, before - MOST_CALLS) : before]]
        names = [n for n in called if n is not None and _named(text, n)]
        phrase = text[note.end() : end]
        if not names or len(phrase) > 2 * _MAX_PHRASE:
            continue
        target = next((n for n in names if text[slice(*n)].lower() in phrase.lower()), names[0])
        name = text[slice(*target)]
        if key := wording(phrase.replace(name, " ")):
            stop = note.end() + len(phrase.rstrip(" _*"))
            yield Candidate(note.end(), stop, "footnote", target, ((key, note.end()),))


def _named(text: str, span: Span) -> bool:
    words = text[slice(*span)].strip('«“"„')
    return words[:1].isupper()


def rank_modifiers(
    corpus: Corpus,
    events: pd.DataFrame,
    *,
    quotations: pd.DataFrame | None = None,
    sentences: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Rank what outlets attach to names by how little their siblings in the same events do so: no word list is read.

    A modifier is a bracket, an apposition, a dash phrase, a run of up to four words before a name, or a starred
    note. It is compared by the stems of its content words. In each event that somebody attaches the wording, articles
    are counted: ours with and without it, others' with and without it. The exact test over events is made for
    the wording with any name (``p_value``), and for the one name among the articles that mention it (``p_name``).
    Where no sibling writes the whole name, its last word stands for it. Glosses (party and state, age, acronym,
    ticker) are left out. Rows are ranked by ``p_value`` times the probability that the words recur by chance
    (``repetition``: at the rate of all other outlets, or each word drawn by itself from their modifiers, whichever is
    more probable), since few wordings but formulas are repeated word by word.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    events : DataFrame
        Table ``events``.
    quotations : DataFrame, optional
        Table ``quotations``, for the voice; labels are put into quotations too, so these count.
    sentences : DataFrame, optional
        Table ``sentences``; those in the zone *furniture* are left out.

    Returns
    -------
    DataFrame
        Table ``modifiers``, one row per occurrence, by rank. Only modifiers towards which the outlet leans and whose
        name a sibling mentions are listed. ``q_value`` (Benjamini-Hochberg) is missing where the counts are too
        small for any q: the least p-value that the margins allow exceeds .01; there the rank alone speaks.
    """
    known = set(events["article_id"]) & set(corpus.article_ids)
    found = [f for f in _found(corpus, quotations, sentences) if f.article in known]
    attached = [(f.article, name, key) for f in found for key, _ in f.candidate.wordings for name in f.names]
    contrasts = Contrasts(corpus, events, attached)
    tests = _Tests(contrasts, found)
    rows = [row for f in found if (row := tests.row(f)) is not None]
    if not rows:
        return empty("modifiers")
    frame = pd.DataFrame(rows).assign(
        form_rank=lambda f: f["form"].map(FORMS.index), surprise=lambda f: f["p_value"] * f["repetition"]
    )
    frame = frame.sort_values(["surprise", "p_name", "form_rank", "article_id", "field", "start", "end"], kind="stable")
    frame = frame.assign(rank=np.arange(1, len(frame) + 1), q_value=_q_values(frame, contrasts))
    frame = frame.drop(columns=["surprise", "form_rank"])
    keys = ("article_id", "field", "start", "end", "form")
    return check(frame.assign(modifier_id=stable_ids("modifier", *(frame[c] for c in keys))), "modifiers")


def only_this_outlet(modifiers: pd.DataFrame) -> pd.Series:
    """Which rows of ``modifiers`` are an outlet's own: q at most .05 and four in five carrying articles its own.

    Words before a name (*former*, *presidential candidate*) are an outlet's style, but hardly ever a label: they count
    only where they are compounds (*amber-listed*), and else stand in the ranked list.
    """
    own = (modifiers["q_value"] <= _LEVEL) & (modifiers["n_with"] >= 4 * modifiers["n_others_with"])
    style = (modifiers["form"] == "prenominal") & ~modifiers["surface"].str.contains("-")
    return own & ~style


@dataclass(frozen=True)
class _Found:
    """A candidate where it stands."""

    place: Place
    candidate: Candidate
    names: tuple[Key, ...]
    """The name, and its last word where it has several."""

    @property
    def article(self) -> str:
        return str(self.place.article.article_id)


def _found(corpus: Corpus, quotations: pd.DataFrame | None, sentences: pd.DataFrame | None) -> Iterator[_Found]:
    for place in Places(corpus, quotations, sentences):
        for one in candidates(place.text):
            name = name_key(place.text[slice(*one.target)])
            if name and place.zone(one.start) != "furniture":
                yield _Found(place, one, (name, name[-1:]) if len(name) > 1 else (name,))


class _Tests:
    """The tests of one corpus."""

    def __init__(self, contrasts: Contrasts, found: Sequence[_Found]) -> None:
        self.contrasts = contrasts
        self.repetition = _Repetition(contrasts.outlet_of, found)

    def row(self, found: _Found) -> dict[str, Any] | None:
        """Return the row of an occurrence under that of its wordings that tells most; None where none can tell."""
        outlet = self.contrasts.outlet_of[found.article]
        scored = []
        for key, start in found.candidate.wordings:
            rows = self.contrasts.of_key(outlet, key)
            own = next(filter(None, (self.contrasts.of_name(outlet, key, name) for name in found.names)), ())
            if rows and own and leans(own) and leans(rows):
                repetition = self.repetition(outlet, key, sum(row[0] for row in rows))
                p_value = self.contrasts.p_value(rows)
                scored.append(
                    (p_value * repetition, start, p_value, repetition, self.contrasts.p_value(own), key, rows)
                )
        if not scored:
            return None
        _, start, p_value, repetition, p_name, key, rows = min(scored, key=lambda s: s[:2])
        with_it, without, others_with, others_without = (sum(column) for column in zip(*rows, strict=True))
        one = found.candidate
        return {
            **found.place.span(start, one.end),
            **found.place.part("target", one.target),
            "voice": "quoted" if found.place.quoted(start, one.end) else "outlet",
            "form": one.form,
            "outlet": outlet,
            "wording": key,
            "n_events": len(rows),
            "n_with": with_it,
            "n_without": without,
            "n_others_with": others_with,
            "n_others_without": others_without,
            "repetition": repetition,
            "p_name": p_name,
            "p_value": p_value,
        }


class _Repetition:
    """How probable it is that an outlet repeats a wording by chance, by others' rate or word by word."""

    def __init__(self, outlet_of: Mapping[str, str], found: Sequence[_Found]) -> None:
        self._stems: dict[str, Counter[str]] = defaultdict(Counter)
        self._modifiers: Counter[str] = Counter()
        for one in found:
            outlet = outlet_of[one.article]
            self._modifiers[outlet] += 1
            self._stems[outlet].update(max((key for key, _ in one.candidate.wordings), key=len).split())
        self._uses = Counter((outlet_of[f.article], key) for f in found for key, _ in f.candidate.wordings)
        self._key_uses: Counter[str] = Counter()
        for (_, key), n in self._uses.items():
            self._key_uses[key] += n
        self._all: Counter[str] = Counter()
        for counts in self._stems.values():
            self._all.update(counts)
        self._total = self._all.total()

    def __call__(self, outlet: str, key: str, n: int) -> float:
        own = self._stems[outlet]
        total = self._total - own.total() + len(self._all)
        chance = math.prod((self._all[stem] - own[stem] + 1) / total for stem in key.split())
        others = (self._key_uses[key] - self._uses[outlet, key]) / max(
            1, self._modifiers.total() - self._modifiers[outlet]
        )
        return float(poisson.sf(n - 2, self._modifiers[outlet] * max(chance, others)))


def _q_values(frame: pd.DataFrame, contrasts: Contrasts) -> pd.Series:
    """Benjamini-Hochberg over wordings × outlets that can tell at all.

    Every outlet that reports where a wording stands is a test, not only those that use it: an outlet is not chosen by
    what it does. Tests whose margins allow no p-value of .01 are left out, which depends on margins alone.
    """
    p_values: dict[tuple[str, str], float] = {}
    for key in contrasts.keys:
        for outlet in contrasts.outlets_of_key(key):
            rows = contrasts.of_key(outlet, key)
            if rows and contrasts.least_p_value(rows) <= _ATTAINABLE:
                p_values[outlet, key] = contrasts.p_value(rows)
    adjusted = benjamini_hochberg(list(p_values.values())).tolist() if p_values else []
    known = dict(zip(p_values, adjusted, strict=True))
    keys = zip(frame["outlet"], frame["wording"], strict=True)
    return pd.Series([known.get(key, np.nan) for key in keys], index=frame.index, dtype="float64")
