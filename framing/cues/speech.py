"""Acts of speech, and the verbs that make them: a lexicon by first words, forms and tenses."""

from __future__ import annotations

from dataclasses import dataclass

from framing.cues.clauses import Clauses, Phrase, closed_words
from framing.cues.lexicon import CueRule, Lexicon
from framing.errors import LexiconError

__all__ = ["Act", "Verbs", "tense_of"]

_FUTURE = closed_words("future")
_PAST = closed_words("past")
_PERFECT = closed_words("perfect")


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

    source: Phrase
    verb: Phrase
    rule: CueRule | None
    order: str
    negated: bool = False
    by: Phrase | None = None

    @property
    def start(self) -> int:
        """First word."""
        return min(self.verb[0], self.source[0])

    @property
    def end(self) -> int:
        """One past the last word."""
        return max(self.verb[1], self.source[1])


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
                    f"{rule.rule_id}: a verb of speech must be written out in all its forms. Got a pattern or a final "
                    "*. List the forms under 'words'."
                )
            for phrase in rule.words:
                first, *rest = phrase.lower().replace("’", "'").split()
                self.setdefault(first, []).append((tuple(rest), rule))
        for forms in self.values():
            forms.sort(key=lambda form: (-len(form[0]), form[1].role != "verb", form[1].rule_id))

    def match(self, clauses: Clauses, i: int) -> tuple[int, CueRule] | None:
        """Return one past the last word of the longest verb that begins with word ``i``, and its rule."""
        for rest, rule in self.get(clauses.low[i], ()):
            if not rest or tuple(clauses.low[i + 1 : i + 1 + len(rest)]) == rest:
                return i + 1 + len(rest), rule
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
    if not ahead.isdisjoint(_FUTURE):
        return "future"
    if not ahead.isdisjoint(_PERFECT):
        return "perfect"
    if "to" in clauses.low[act.verb[0] : act.verb[1] - 1] and form != "to":
        return "infinitive"
    if form.endswith("ing"):
        return "participle"
    past = form.endswith(("ed", "л", "ла", "ли", "ло", "лся", "лась", "лись")) or form in _PAST
    return "past" if past or not ahead.isdisjoint(("did", "didn't")) else "present"
