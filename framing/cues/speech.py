"""Acts of speech: a verb of speech with its subject, found among the words of one line."""

from __future__ import annotations

from dataclasses import dataclass

from framing.cues.clauses import Clauses, Phrase, closed_words
from framing.cues.lexicon import CueRule, Lexicon
from framing.cues.phrases import phrase_after, phrase_before, subject_of
from framing.errors import LexiconError

__all__ = ["Act", "Verbs", "find_acts", "tense_of"]

_NAME_WORDS = 4
_BY_WORDS = 6  # words between a passive verb and "by"
_BESIDE, _ACCORDING = "beside", "according"  # values of rules: see CueRule


@dataclass(frozen=True, slots=True)
class Act:
    """A verb of speech and its subject.

    Attributes
    ----------
    order : str
        SV, VS, participle (``…, saying``), shared (``… and said``), according.
    by : Phrase, optional
        Who passes the words on, where another is quoted: ``was quoted as saying by X``.
    """

    source: Phrase | None
    verb: Phrase
    rule: CueRule | None
    order: str
    negated: bool = False
    by: Phrase | None = None

    @property
    def start(self) -> int:
        """First word."""
        return min(self.verb[0], self.source[0]) if self.source else self.verb[0]

    @property
    def end(self) -> int:
        """One past the last word."""
        return max(self.verb[1], self.source[1]) if self.source else self.verb[1]


class Verbs(dict[str, list[tuple[tuple[str, ...], CueRule]]]):
    """Verbs of a lexicon by their first word; the longest phrase first.

    Raises
    ------
    LexiconError
        If a rule is a pattern or ends with a star: verbs are looked up, so that each form must be written out.
    """

    def __init__(self, lexicon: Lexicon, language: str) -> None:
        super().__init__()
        self.known: dict[str, tuple[str, str, bool | None]] = {}
        for rule in lexicon.rules:
            if rule.language != language or not rule.family.startswith("reporting_"):
                continue
            if rule.regex or any(word.endswith("*") for word in rule.words):
                raise LexiconError(
                    f"{rule.rule_id}: a verb of speech must be written out in all its forms. Got a pattern or a final *. "
                    "List the forms under 'words'."
                )
            for phrase in rule.words:
                first, *rest = phrase.lower().replace("’", "'").split()
                self.setdefault(first, []).append((tuple(rest), rule))
        for forms in self.values():
            forms.sort(key=lambda form: (-len(form[0]), form[1].role != "verb", form[1].rule_id))

    def match(self, clauses: Clauses, i: int) -> tuple[int, CueRule] | None:
        """One past the last word of the longest verb that begins with word ``i``, and its rule."""
        for rest, rule in self.get(clauses.low[i], ()):
            if not rest or tuple(clauses.low[i + 1 : i + 1 + len(rest)]) == rest:
                return i + 1 + len(rest), rule
        return None


def find_acts(clauses: Clauses, verbs: Verbs) -> list[Act]:
    """Acts of speech of a line, in the order of their verbs."""
    acts: list[Act] = []
    done = 0
    for i, code in enumerate(clauses.kind):
        if code == "V" and i >= done:
            found = verbs.match(clauses, i)
            if found is None:
                continue
            done, rule = found
            act = (_according if rule.value == _ACCORDING else _act)(clauses, (i, done), rule, acts)
            if act is not None:
                acts.append(act)
        elif code == "Q":
            act = _unlisted(clauses, i)
            if act is not None:
                acts.append(act)
        elif code == ":" and (act := _label(clauses, i)) is not None:
            acts.append(act)
    return acts


def _label(clauses: Clauses, i: int) -> Act | None:
    """``Lund: We will stay``: a name that opens the line, and a colon."""
    is_name = 0 < i <= _NAME_WORDS and all(code == "N" for code in clauses.kind[:i]) and i + 1 < len(clauses)
    return Act((0, i), (i, i + 1), None, "SV") if is_name and clauses.low[i - 1] not in closed_words("notes") else None


def _according(clauses: Clauses, verb: Phrase, rule: CueRule, _acts: list[Act]) -> Act | None:
    """``according to X``, ``in the words of X``: no verb, but the same parts."""
    fronted = verb[0] == 0 or clauses.sentence[verb[0] - 1] != clauses.sentence[verb[0]]
    source = phrase_after(clauses, verb[1], apposed=not fronted)
    return Act(source, verb, rule, "according") if source else None


def _act(clauses: Clauses, verb: Phrase, rule: CueRule, acts: list[Act]) -> Act | None:
    """Read what stands before the verb; if that is no subject, what stands behind it."""
    i = verb[0]
    kind, low = clauses.kind, clauses.low
    if low[i] in closed_words("G") and low[i + 1 : i + 2] == ["to"] and "V" in kind[i + 2 : i + 3]:
        return None  # declined to say: the second verb is the one
    here = clauses.sentence[i]
    j = _over_adverbs(clauses, i)
    negated = any(word in closed_words("negations") or word.endswith("n't") for word in low[j + 1 : i])
    if j >= 0 and low[j] == "to":
        return _infinitive(clauses, verb, rule, j)
    if j < 0 or clauses.sentence[j] != here:
        return _inverted(clauses, verb, rule) if j == i - 1 else None
    form = low[i]
    if _is_passive(low, j, i, form) and verb[1] == i + 1:
        return _by_agent(clauses, verb, rule, negated=negated)
    if rule.value == _BESIDE and not _is_beside(clauses, j, verb[1]):
        return None
    code = kind[j]
    if rule.language == "ru" and _is_inverted_ru(clauses, j, verb):
        return _inverted(clauses, verb, rule, apposed=clauses.low[j] != "как")
    if j == i - 1:
        if code == "," and _closes_inverted(clauses, verb):
            return _inverted(clauses, verb, rule)
        if form.endswith("ing") and code in "Nw":
            source = phrase_before(clauses, j)
            if source and not closed_words("writings").isdisjoint(low[slice(*source)]):
                source = _subject_of_sentence(clauses, i, acts)
            return Act(source, verb, rule, "SV") if source else None
        if code == "Q" or (code in ",-" and j and kind[j - 1] == "Q"):
            if form.endswith("ing"):
                return _participle(clauses, verb, rule, acts)
            return _inverted(clauses, verb, rule) or _shared(clauses, verb, rule, acts, negated=negated)
        if form.endswith("ing") and code in ",-&":
            return _participle(clauses, verb, rule, acts)
        if not _may_be_verb(clauses, i, verb[1]):
            return None
    if code == "&" or low[j] in closed_words("but"):
        return _shared(clauses, verb, rule, acts, negated=negated)
    source = subject_of(clauses, j + 1)
    if source is None:
        return None
    return Act(source, verb, rule, "SV", negated, _quoted_by(clauses, verb))


def _over_adverbs(clauses: Clauses, i: int) -> int:
    """Last word before the auxiliaries, adverbs and times that stand before word ``i``."""
    kind, low, here = clauses.kind, clauses.low, clauses.sentence[i]
    j = i - 1
    while j >= 0 and clauses.sentence[j] == here:
        if kind[j] in "AR":
            j -= 1 + (j > 0 and low[j] in closed_words("days") and low[j - 1] == "on")
        elif (
            low[j] in closed_words("times")
            and j > 0
            and (low[j - 1] in closed_words("times_before") or kind[j - 1] == "R")
        ):
            j -= 2
        else:
            break
    return j


def _is_beside(clauses: Clauses, j: int, end: int) -> bool:
    """Whether "that" or a quotation follows, or a quotation stands before the subject."""
    if clauses.low[end : end + 1] == ["that"] or clauses.kind[end : end + 1] in (["Q"], [":"]):
        return True
    if clauses.kind[end : end + 2] == [",", "Q"]:
        return True
    phrase = phrase_before(clauses, j) if j >= 0 else None
    k = phrase[0] - 1 if phrase else j
    while k >= 0 and clauses.kind[k] in ",-":
        k -= 1
    return k >= 0 and clauses.kind[k] == "Q"


def _is_inverted_ru(clauses: Clauses, j: int, verb: Phrase) -> bool:
    """``«…», — сказал он``, ``…, сообщает агентство``, ``как заявил министр``: a mark before, and no clause behind."""
    opens = clauses.kind[j] in ",-Q" or clauses.low[j] == "как"
    return opens and clauses.kind[verb[1] : verb[1] + 1] in (["P"], ["N"], ["w"], ["D"], ["#"])


def _closes_inverted(clauses: Clauses, verb: Phrase) -> bool:
    """``…, said Mr. Hakim, an aid worker``: a name and then a mark or a preposition, as nowhere before a clause."""
    if clauses.low[verb[0]] not in closed_words("inverting") or clauses.kind[verb[1] : verb[1] + 1] not in (
        ["N"],
        ["D"],
    ):
        return False
    source = phrase_after(clauses, verb[1], apposed=False)
    if source is None:
        return False
    follows = clauses.kind[source[1] : source[1] + 1]
    named = clauses.kind[verb[1]] == "N"
    return follows in ([], ["."], [","], ["-"]) or (named and follows in (["O"], ["R"], ["W"]))


def _infinitive(clauses: Clauses, verb: Phrase, rule: CueRule, to: int) -> Act | None:
    """``He went on to say``, ``she declined to say``; no other infinitive says that somebody spoke."""
    k, led, negated = to - 1, False, False
    while k >= 0 and (clauses.kind[k] in "AR" or clauses.low[k] in closed_words("G") or clauses.low[k] == "on"):
        led |= clauses.low[k] in closed_words("G")
        negated |= clauses.low[k] in closed_words("negations") or clauses.low[k][:6] in ("declin", "refuse")
        k -= 1
    source = subject_of(clauses, k + 1) if led else None
    return Act(source, (k + 1, verb[1]), rule, "SV", negated) if source else None


def _is_passive(low: list[str], j: int, i: int, form: str) -> bool:
    return (form.endswith("ed") or form in closed_words("participles")) and any(
        low[k] in closed_words("being") for k in range(j + 1, i)
    )


def _may_be_verb(clauses: Clauses, i: int, end: int) -> bool:
    """Whether what stands before allows a verb here: no article, no possessive, no preposition."""
    before, code = clauses.low[i - 1], clauses.kind[i - 1]
    if code in "O(" or (code == "D" and before not in closed_words("pronoun_like")):
        return False
    if code in "Nw" and (before.endswith("'s") or before.endswith("s'")):
        return False
    if clauses.low[i] in ("show", "shows") and clauses.kind[end : end + 1] not in (
        ["D"],
        ["N"],
        ["P"],
        ["B"],
        ["Q"],
        ["#"],
    ):
        return False  # new shows, a TV show in March
    if clauses.low[i] in closed_words("nouns") and code not in "PNW":
        following = clauses.kind[end] if end < len(clauses) else ""
        return following in ("Q", ":") or clauses.low[end : end + 1] == ["that"]
    return True


def _inverted(clauses: Clauses, verb: Phrase, rule: CueRule, *, apposed: bool = True) -> Act | None:
    source = phrase_after(clauses, verb[1], apposed=apposed)
    if source is None or (
        clauses.kind[source[1] : source[1] + 1] in (["A"], ["V"]) and not _ends_line(clauses, source)
    ):
        return None  # "…" said the bridge was old: what follows is a clause
    return Act(source, verb, rule, "VS")


def _ends_line(clauses: Clauses, phrase: Phrase) -> bool:
    return phrase[1] >= len(clauses) or clauses.sentence[phrase[1]] != clauses.sentence[phrase[0]]


def _by_agent(clauses: Clauses, verb: Phrase, rule: CueRule, *, negated: bool) -> Act | None:
    by = _quoted_by(clauses, verb)
    return Act(by, verb, rule, "passive", negated) if by else None


def _quoted_by(clauses: Clauses, verb: Phrase) -> Phrase | None:
    """Phrase after "by" within a few words behind the verb."""
    for k in range(verb[1], min(verb[1] + _BY_WORDS, len(clauses))):
        if clauses.kind[k] in ",.:;QB":
            return None
        if clauses.low[k] == "by":
            return phrase_after(clauses, k + 1)
    return None


def _participle(clauses: Clauses, verb: Phrase, rule: CueRule, acts: list[Act]) -> Act | None:
    source = _subject_of_sentence(clauses, verb[0], acts)
    return Act(source, verb, rule, "participle") if source else None


def _shared(clauses: Clauses, verb: Phrase, rule: CueRule, acts: list[Act], *, negated: bool) -> Act | None:
    source = _subject_of_sentence(clauses, verb[0], acts)
    return Act(source, verb, rule, "shared", negated) if source else None


def _subject_of_sentence(clauses: Clauses, i: int, acts: list[Act]) -> Phrase | None:
    """Source of the act before in this sentence, else the first noun phrase of the sentence."""
    here = clauses.sentence[i]
    for act in reversed(acts):
        if clauses.sentence[act.verb[0]] == here and act.order == "SV" and not clauses.low[act.verb[0]].endswith("ing"):
            return act.source
    first = clauses.sentence.index(here)
    kind = clauses.kind
    if kind[first] in "OVB" or clauses.low[first].endswith("ing"):
        comma = next((k for k in range(first, i) if kind[k] == ","), None)
        if comma is None:
            return None
        first = comma + 1
    while first < i and kind[first] in "R&Q,-":
        first += 1
    return phrase_after(clauses, first) if first < i else None


def _unlisted(clauses: Clauses, q: int) -> Act | None:
    """A verb that the lexicon does not know, between a quotation that runs on and the end of a clause."""
    at = q + 1
    n = len(clauses)
    while at < n and clauses.kind[at] in ",-":
        at += 1
    if at >= n or clauses.sentence[at] != clauses.sentence[q]:
        return None
    source = None
    if clauses.kind[at] == "P":
        source = (at, at + 1)
    elif clauses.kind[at] in "ND":
        end = at + 1
        while end < n and clauses.kind[end] in "Nw" and not clauses.low[end].endswith("ed"):
            end += 1
        source = (at, end)
    if source is None or source[1] >= n:
        return None
    verb = source[1]
    while verb < n and clauses.kind[verb] in "AR":
        verb += 1
    if verb < n and clauses.kind[verb] == "w" and clauses.low[verb].endswith("ed"):
        return Act(source, (verb, verb + 1), None, "SV")
    return None


def tense_of(clauses: Clauses, act: Act) -> str | None:
    """Form of the verb: past, present, perfect, future, participle, infinitive; none for ``according to``."""
    form, ahead = clauses.low[act.verb[1] - 1], set()
    k = act.verb[0] - 1
    while k >= 0 and clauses.kind[k] in "AR":
        ahead.add(clauses.low[k])
        k -= 1
    if act.order == "according":
        return None
    if not ahead.isdisjoint(closed_words("future")):
        return "future"
    if not ahead.isdisjoint(closed_words("perfect")):
        return "perfect"
    if "to" in clauses.low[act.verb[0] : act.verb[1] - 1] and form != "to":
        return "infinitive"
    if form.endswith("ing"):
        return "participle"
    past = form.endswith(("ed", "л", "ла", "ли", "ло", "лся", "лась", "лись")) or form in closed_words("past")
    return "past" if past or not ahead.isdisjoint(("did", "didn't")) else "present"
