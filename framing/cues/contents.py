"""Which words of a sentence are those that an act of speech reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from framing.cues.clauses import Clauses, Phrase
from framing.cues.speech import Act

__all__ = ["SPOKEN", "contents_of", "mode_of"]

SPOKEN = ("reporting_neutral", "reporting_doubting", "reporting_combative")
"""Families of verbs that say that somebody spoke; others give opinions and findings."""
_LEAST = 2  # words of an indirect content


def contents_of(clauses: Clauses, acts: Sequence[Act]) -> Iterator[tuple[Act, Phrase]]:
    """Acts with what they report; opinions that lie within what another reports are left to it."""
    for _, sentence in groupby(acts, key=lambda act: clauses.sentence[act.verb[0]]):
        within = list(sentence)
        found = [(act, content) for act in within if (content := _content_of(clauses, act, within))]
        for act, content in found:
            inner = any(outer[0] <= act.start and act.verb[1] <= outer[1] for other, outer in found if other is not act)
            if not inner or (act.rule is not None and act.rule.family in SPOKEN):
                yield act, content


def _content_of(clauses: Clauses, act: Act, acts: Sequence[Act]) -> Phrase | None:
    """Words reported by an act: what follows it in its sentence, or what stands before it where it closes the sentence.

    ``The bridge, she said, is old`` has two parts; the longer one is returned.
    """
    first, last = _bounds(clauses, act.verb[0])
    ahead = _trimmed(clauses, (first, act.start))
    behind = _trimmed(clauses, (_after(clauses, act, last), _until(act, acts, last)))
    if act.order == "according":
        is_between = clauses.kind[act.end : act.end + 1] == [","] and _length(behind) > _length(ahead)
        return behind if act.start == first or is_between else ahead
    if act.order == "VS":
        return ahead or behind
    quoted = _quoted_before(clauses, act.start)
    if quoted is not None:
        return min(first, quoted), quoted + 1
    if ahead and behind and _holds_quote(clauses, behind) and not _holds_quote(clauses, ahead):
        return behind
    if (
        ahead
        and clauses.kind[act.start - 1] in ",-Q"
        and _length(ahead) > _length(behind)
        and _is_reported(clauses, act)
    ):
        return ahead
    return behind


def _quoted_before(clauses: Clauses, i: int) -> int | None:
    """Quotation that ends right before word ``i``, also where its own stop ended the sentence: "Why?" he asked."""
    k = i - 1
    while k >= 0 and clauses.kind[k] in ",-":
        k -= 1
    return k if k >= 0 and clauses.kind[k] == "Q" else None


def _holds_quote(clauses: Clauses, phrase: Phrase) -> bool:
    return "Q" in clauses.kind[phrase[0] : phrase[1]]


def _bounds(clauses: Clauses, i: int) -> Phrase:
    """First word and one past the last of a sentence."""
    number = clauses.sentence[i]
    first = last = i
    while first and clauses.sentence[first - 1] == number:
        first -= 1
    while last < len(clauses) and clauses.sentence[last] == number:
        last += 1
    return first, last


def _is_reported(clauses: Clauses, act: Act) -> bool:
    """Whether words before the subject may be content: a comma or the end of the sentence follows the verb."""
    return clauses.kind[act.end : act.end + 1] in ([], [","], ["."], ["-"], ["R"], ["O"])


def _after(clauses: Clauses, act: Act, last: int) -> int:
    """First word behind the verb, an addressee and "that"."""
    k = act.end
    that = next((j for j in range(k, min(k + 6, last)) if clauses.low[j] in ("that", "что")), None)
    return that + 1 if that is not None else k


def _until(act: Act, acts: Sequence[Act], last: int) -> int:
    """End of the sentence, or the next act of the same speaker, as in "…, adding that …"."""
    follow = [a for a in acts if a.verb[0] > act.end and a.verb[0] < last and a.order in ("participle", "shared")]
    return follow[0].verb[0] if follow else last


def _trimmed(clauses: Clauses, phrase: Phrase) -> Phrase | None:
    first, last = phrase
    while first < last and clauses.kind[first] in ",.-:)":
        first += 1
    while last > first and clauses.kind[last - 1] in ",.-:(;&":
        last -= 1
    words = [k for k in range(first, last) if clauses.kind[k].isalpha() or clauses.kind[k] == "#"]
    quoted = any(clauses.kind[k] == "Q" for k in words)
    return (first, last) if quoted or len(words) >= _LEAST else None


def _length(phrase: Phrase | None) -> int:
    return phrase[1] - phrase[0] if phrase else 0


def mode_of(clauses: Clauses, content: Phrase) -> str:
    """Whether content is quoted (direct), partly quoted, or told in other words (indirect)."""
    kinds = clauses.kind[content[0] : content[1]]
    if "Q" not in kinds:
        return "indirect"
    return "direct" if all(kind in "Q,.-:" for kind in kinds) else "partial"
