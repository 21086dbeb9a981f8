"""Finding acts of speech: for each verb of speech in a line, who is its subject.

What stands before the verb decides. The readings are tried in order; the first one that speaks of the place is taken,
also where it says that nobody speaks there (a noun, a passive, a wish).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from framing.cues.clauses import Clauses, Phrase, closed_words
from framing.cues.lexicon import CueRule
from framing.cues.speech import Act, Verbs
from framing.cues.subjects import phrase_after, phrase_before, subject_of

__all__ = ["find_acts"]

_LEADS = closed_words("G")
_BEING = closed_words("being")
_BUT = closed_words("but")
_DAYS = closed_words("days")
_INVERTING = closed_words("inverting")
_NEGATIONS = closed_words("negations")
_OBJECTS = closed_words("objects")
_NOTES = closed_words("notes")
_NOUNS = closed_words("nouns")
_PARTICIPLES = closed_words("participles")
_PRONOUN_LIKE = closed_words("pronoun_like")
_TIMES = closed_words("times")
_TIMES_BEFORE = closed_words("times_before")
_WRITINGS = closed_words("writings")

_BESIDE, _ACCORDING = "beside", "according"  # values of rules: see CueRule
_SHOWS = ("show", "shows")
_QUOTED_NAME = 30  # code points of a name between quotation marks
_NAME_WORDS = 4  # of a name before a colon
_TIME_WORDS = 3  # between a preposition and a time
_BY_WORDS = 6  # words between a verb and "by"
_NO_OBJECT = frozenset(("", *".,-:QRO"))  # what may follow a verb without an object
_CLAUSE = frozenset("DNPBQ#")  # kinds of words that open what a poll or a report shows

Reading = Act | None | Literal[False]
"""An act; False where nobody speaks; None where the reading does not apply."""


def find_acts(clauses: Clauses, verbs: Verbs) -> list[Act]:
    """Return the acts of speech of a line, in the order of their verbs."""
    acts: list[Act] = []
    done = 0
    for i in [k for k, code in enumerate(clauses.kind) if code in "VQ:"]:
        code = clauses.kind[i]
        act: Reading = None
        if code == "Q":
            act = _unlisted(clauses, i)
        elif code == ":":
            act = _label(clauses, i)
        elif i >= done and (found := verbs.match(clauses, i)):
            done, rule = found
            act = _read(_Site(clauses, (i, done), rule, acts))
        if act:
            acts.append(act)
    return acts


class _Site:
    """A verb and what stands around it.

    ``before`` is the last word before auxiliaries, adverbs and times, -1 where the sentence begins with these; ``code``
    and ``word`` are its kind and form; ``follows`` is the kind of the word behind the verb.
    """

    __slots__ = ("acts", "before", "clauses", "code", "follows", "form", "is_adjacent", "rule", "verb", "word")

    def __init__(self, clauses: Clauses, verb: Phrase, rule: CueRule, acts: list[Act]) -> None:
        self.clauses, self.verb, self.rule, self.acts = clauses, verb, rule, acts
        first, end = verb
        j = _over_adverbs(clauses, first)
        self.form = clauses.low[first]
        self.is_adjacent = j == first - 1
        self.before = j if j >= 0 and clauses.sentence[j] == clauses.sentence[first] else -1
        self.code, self.word = (clauses.kind[j], clauses.low[j]) if self.before >= 0 else ("", "")
        self.follows = clauses.kind[end] if end < len(clauses.kind) else ""

    @property
    def negated(self) -> bool:
        """Whether a word between the subject and the verb negates it."""
        if self.is_adjacent:
            return False
        words = self.clauses.low[self.before + 1 : self.verb[0]]
        return any(word in _NEGATIONS or word.endswith("n't") for word in words)

    def act(self, source: Phrase | None, order: str) -> Reading:
        """Act with this verb, or none without a source."""
        return Act(source, self.verb, self.rule, order, self.negated) if source else False


def _over_adverbs(clauses: Clauses, i: int) -> int:
    """Last word before the auxiliaries, adverbs and times that stand before word ``i``."""
    kind, low = clauses.kind, clauses.low
    j = i - 1
    while j >= 0 and clauses.sentence[j] == clauses.sentence[i]:
        if kind[j] in "AR":
            j -= 2 if j and low[j] in _DAYS and low[j - 1] == "on" else 1
        elif j and (low[j] in _TIMES or kind[j] == "#"):
            before = _over_time(clauses, j)
            if before == j:
                break
            j = before
        else:
            break
    return j


def _over_time(clauses: Clauses, j: int) -> int:
    """Last word before ``last week``, ``Tuesday night``, ``in the past``, ``in recent months``, ``in 2015``."""
    low = clauses.low
    if clauses.kind[j] != "#" and (low[j - 1] in _TIMES_BEFORE or clauses.kind[j - 1] == "R"):
        return j - 2
    k = j - 1
    while k > 0 and clauses.kind[k] in "Dw" and j - k < _TIME_WORDS:
        k -= 1
    return k - 1 if k > 0 and low[k] in ("in", "at", "on", "for", "over", "during") else j


def _read(site: _Site) -> Reading:
    for reading in _READINGS:
        if (act := reading(site)) is not None:
            return act
    return None


def _plain(site: _Site) -> Reading:
    """``He said``, ``Mr. Lund said``: most verbs are read here, and cheaply."""
    is_name = site.code == "N" and not site.word.endswith(("'s", "s'"))
    if not site.is_adjacent or not (is_name or site.code == "P") or site.rule.value or site.form in _LEADS:
        return None
    if site.form.endswith("ing") or site.form in _SHOWS or site.word in _OBJECTS or site.verb[1] > site.verb[0] + 1:
        return None
    return site.act(phrase_before(site.clauses, site.before), "SV")


def _according(site: _Site) -> Reading:
    """``According to X``, ``in the words of X``: no verb, but the same parts."""
    if site.rule.value != _ACCORDING:
        return None
    apposed = site.rule.language != "ru" and not _opens(site.clauses, site.verb[0])
    return site.act(phrase_after(site.clauses, site.verb[1], apposed=apposed), _ACCORDING)


def _leading(site: _Site) -> Reading:
    """``Declined to say``: the second verb is the one."""
    kind, low, i = site.clauses.kind, site.clauses.low, site.verb[0]
    is_leading = site.form in _LEADS and low[i + 1 : i + 2] == ["to"] and kind[i + 2 : i + 3] == ["V"]
    return False if is_leading else None


def _infinitive(site: _Site) -> Reading:
    """``He went on to say``, ``she declined to say``; no other infinitive says that somebody spoke."""
    if site.word != "to":
        return None
    clauses, k, led, negated = site.clauses, site.before - 1, False, site.negated
    while k >= 0 and (clauses.kind[k] in "AR" or clauses.low[k] in _LEADS or clauses.low[k] == "on"):
        led |= clauses.low[k] in _LEADS
        negated |= clauses.low[k] in _NEGATIONS or clauses.low[k].startswith(("declin", "refus"))
        k -= 1
    source = subject_of(clauses, k + 1) if led else None
    return Act(source, (k + 1, site.verb[1]), site.rule, "SV", negated) if source else False


def _opening(site: _Site) -> Reading:
    """``Said Lund:`` opens the sentence; an auxiliary before it asks: ``Did he say``."""
    if site.before >= 0:
        return None
    return _inverted(site) if _opens(site.clauses, site.verb[0]) else False


def _passive(site: _Site) -> Reading:
    """``Was asked by X``; phrases such as ``quoted as saying`` are passive by themselves."""
    low, (i, end) = site.clauses.low, site.verb
    is_participle = site.form.endswith("ed") or site.form in _PARTICIPLES
    if end > i + 1 or not is_participle or _BEING.isdisjoint(low[site.before + 1 : i]):
        return None
    return site.act(_by(site), "passive")


def _alone(site: _Site) -> Reading:
    """Verbs that count only with "that" or a quotation beside them."""
    if site.rule.value != _BESIDE:
        return None
    kind, low, (_, end) = site.clauses.kind, site.clauses.low, site.verb
    if low[end : end + 1] == ["that"] or site.follows in ("Q", ":") or kind[end : end + 2] == [",", "Q"]:
        return None
    phrase = phrase_before(site.clauses, site.before)
    return None if _after_quote(site.clauses, phrase[0] if phrase else site.before + 1) else False


def _inverted_russian(site: _Site) -> Reading:
    """``«…», — сказал он``, ``…, сообщает «Волна»``, ``как заявил министр``: a mark before, and no clause behind."""
    if site.rule.language != "ru":
        return None
    if site.word in _OBJECTS:  # его обвиняют, об этом сообщил
        return False
    is_after = site.code in ",-Q" or site.word == "как"
    if not is_after or site.follows not in tuple("PNwD#Q"):
        return None
    if site.follows == "Q":  # agencies and papers have names between quotation marks
        start, end = site.clauses.spans[site.verb[1]]
        return site.act((site.verb[1], site.verb[1] + 1), "VS") if end - start <= _QUOTED_NAME else None
    return _inverted(site, apposed=site.word != "как")


def _inverted_name(site: _Site) -> Reading:
    """``…, said Mr. Hakim, an aid worker``: a name and then a mark or a preposition, as nowhere before a clause."""
    is_after = site.is_adjacent and site.code == "," and site.form in _INVERTING
    if not is_after or site.follows not in ("N", "D") or _after_quote(site.clauses, site.verb[0]):
        return None
    if site.clauses.low[site.verb[1]].endswith(("'s", "s'")):  # …, said Ohio's voters would decide
        return None
    source = phrase_after(site.clauses, site.verb[1], apposed=False)
    behind = "".join(site.clauses.kind[source[1] : source[1] + 1]) if source else "V"
    may_follow = ("", ".", ",", "-", *(("O", "R", "W") if site.follows == "N" else ()))
    return _inverted(site) if behind in may_follow else None


def _gerund(site: _Site) -> Reading:
    """``Lund calling for``, ``ads attacking``: its own subject; ``issued a statement saying``: the sentence's."""
    if not (site.is_adjacent and site.form.endswith("ing") and site.code in ("N", "w")):
        return None
    source = phrase_before(site.clauses, site.before)
    if source and not _WRITINGS.isdisjoint(site.clauses.low[slice(*source)]):
        source = _subject_of_sentence(site)
    return site.act(source, "SV")


def _participle(site: _Site) -> Reading:
    """``…, saying``: the subject of the sentence."""
    if not (site.is_adjacent and site.form.endswith("ing") and site.code in tuple(",-&Q")):
        return None
    return site.act(_subject_of_sentence(site), "participle")


def _behind_quote(site: _Site) -> Reading:
    """``"…," said X``; but ``citing "…," said the bridge was old`` shares the subject of the sentence."""
    if not (site.is_adjacent and _after_quote(site.clauses, site.verb[0])):
        return None
    return _inverted(site) or site.act(_subject_of_sentence(site), "shared")


def _noun(site: _Site) -> Reading:
    """No verb stands behind an article, a possessive or a preposition, nor where its form is a noun."""
    if not site.is_adjacent:
        return None
    if site.code in "O(" or (site.code == "D" and site.word not in _PRONOUN_LIKE):
        return False
    if site.code in "Nw" and site.word.endswith(("'s", "s'")):
        return False
    if site.form in _SHOWS:  # a poll shows; but: new shows, a TV show in March
        return None if site.follows in _CLAUSE else False
    if site.form in _NOUNS and site.code not in "PNW":
        is_verb = site.follows in ("Q", ":") or site.clauses.low[site.verb[1] : site.verb[1] + 1] == ["that"]
        return None if is_verb else False
    return None


def _shared(site: _Site) -> Reading:
    """``… and said``, ``… but said``: the subject of the sentence."""
    if site.code != "&" and site.word not in _BUT:
        return None
    return site.act(_subject_of_sentence(site), "shared")


def _subject(site: _Site) -> Reading:
    source = subject_of(site.clauses, site.before + 1)
    if source and site.rule.language == "ru" and source[1] - source[0] > 1 and site.clauses.kind[source[0] - 1] == "O":
        source = source[0] + 1, source[1]  # В июне присяжные признали
    by = _by(site) if site.verb[1] > site.verb[0] + 1 else None  # quoted as saying by X
    return Act(source, site.verb, site.rule, "SV", site.negated, by) if source else False


_READINGS: tuple[Callable[[_Site], Reading], ...] = (
    _plain,
    _according,
    _leading,
    _infinitive,
    _opening,
    _passive,
    _alone,
    _inverted_russian,
    _inverted_name,
    _gerund,
    _participle,
    _behind_quote,
    _noun,
    _shared,
    _subject,
)


def _opens(clauses: Clauses, i: int) -> bool:
    """Whether a word opens its sentence."""
    return i == 0 or clauses.sentence[i - 1] != clauses.sentence[i]


def _after_quote(clauses: Clauses, i: int) -> bool:
    """Whether a quotation stands before word ``i``, with marks between at most."""
    k = i - 1
    while k >= 0 and clauses.kind[k] in ",-":
        k -= 1
    return k >= 0 and clauses.kind[k] == "Q"


def _inverted(site: _Site, *, apposed: bool = True) -> Reading:
    """Read the subject behind the verb, unless what follows is a clause: said the bridge was old."""
    clauses = site.clauses
    source = phrase_after(clauses, site.verb[1], apposed=apposed)
    if source is None:
        return False
    end = source[1]
    goes_on = end < len(clauses) and clauses.sentence[end] == clauses.sentence[source[0]] and clauses.kind[end] in "AV"
    return False if goes_on else Act(source, site.verb, site.rule, "VS", site.negated)


def _by(site: _Site) -> Phrase | None:
    """Phrase after "by" within a few words behind the verb: who passes it on."""
    clauses = site.clauses
    for k in range(site.verb[1], min(site.verb[1] + _BY_WORDS, len(clauses))):
        if clauses.kind[k] in ",.:;QB":
            return None
        if clauses.low[k] == "by":
            return phrase_after(clauses, k + 1)
    return None


def _subject_of_sentence(site: _Site) -> Phrase | None:
    """Subject of the last main clause before the verb: of an act in it, else its first noun phrase."""
    clauses, i = site.clauses, site.verb[0]
    opening = i
    while not _opens(clauses, opening):
        opening -= 1
    first = _main_clause(clauses, opening, i)
    if first is None:
        return None
    for act in reversed(site.acts):
        if act.source[0] < first:
            break
        if (
            act.order == "SV"
            and not clauses.low[act.verb[0]].endswith("ing")
            and _is_main(clauses, act.source[0], first)
        ):
            return act.source
    return phrase_after(clauses, first) if first < i else None


def _main_clause(clauses: Clauses, first: int, i: int) -> int | None:
    """First word of the main clause: behind adverbs, and behind the comma that closes a phrase or clause before it."""
    while first < i and clauses.kind[first] in "R&Q,-":
        first += 1
    leads_in = clauses.kind[first] in "OVB" or clauses.low[first].endswith("ing") or clauses.low[first] in _TIMES
    if leads_in or not _TIMES.isdisjoint(clauses.low[first : first + 2]):
        comma = next((k for k in range(first, i) if clauses.kind[k] == ","), None)
        return None if comma is None else _main_clause(clauses, comma + 1, i)
    return first


def _is_main(clauses: Clauses, k: int, first: int) -> bool:
    """Whether a subject opens a clause of its own rather than one that another verb reports."""
    return k == first or clauses.kind[k - 1] in ",&-" or clauses.low[k - 1] in _BUT


def _label(clauses: Clauses, i: int) -> Reading:
    """``Lund: We will stay``: a name that opens the line, and a colon."""
    is_name = 0 < i <= _NAME_WORDS and clauses.kind[:i] == ["N"] * i and i + 1 < len(clauses)
    return Act((0, i), (i, i + 1), None, "SV") if is_name and clauses.low[i - 1] not in _NOTES else None


def _unlisted(clauses: Clauses, q: int) -> Reading:
    """Read a verb that the lexicon does not know: ``"…," Lund bellowed``."""
    kind, n, at = clauses.kind, len(clauses.kind), q + 1
    while at < n and kind[at] in ",-":
        at += 1
    if at >= n or kind[at] not in "PND" or clauses.sentence[at] != clauses.sentence[q]:
        return None
    end = at + 1
    while kind[at] != "P" and end < n and kind[end] in "Nw" and not _is_past(clauses, end):
        end += 1
    verb = end
    while verb < n and kind[verb] in "AR":
        verb += 1
    is_verb = (
        verb < n and kind[verb] == "w" and _is_past(clauses, verb) and "".join(kind[verb + 1 : verb + 2]) in _NO_OBJECT
    )
    return Act((at, end), (verb, verb + 1), None, "SV") if is_verb else None


def _is_past(clauses: Clauses, k: int) -> bool:
    return clauses.low[k].endswith("ed")
