"""Noun phrases beside a verb, found without a parser.

Closed classes of words, capital letters and marks are enough to find the subject of a verb of speech in most of its
positions: right before it, before an aside, before a relative pronoun, or behind it.
"""

from __future__ import annotations

from framing.cues.clauses import Clauses, Phrase, closed_words

__all__ = ["phrase_after", "phrase_before", "subject_of"]

_JOINS = closed_words("joins")

_LONGEST = 24  # words of a subject with its appositions
_ASIDE = 32  # words of the asides between a subject and its verb
_BRACKET = 12  # words in brackets
_RELATIVE = ("which", "that")


def phrase_before(clauses: Clauses, j: int) -> Phrase | None:
    """Noun phrase that ends with word ``j``: back to a verb, a boundary or a mark."""
    if j < 0:
        return None
    if clauses.kind[j] == "P":
        return (j, j + 1)
    sentence, least = clauses.sentence, max(-1, j - _LONGEST)
    first, k = j + 1, j
    while k > least and sentence[k] == sentence[j]:
        step = _step_back(clauses, k, first, is_begun=first <= j)
        if step is None:
            break
        k, first = step
    return (first, j + 1) if first <= j else None


def _step_back(clauses: Clauses, k: int, first: int, *, is_begun: bool) -> tuple[int, int] | None:
    """Next word to look at and first word of the phrase, if word ``k`` belongs to it."""
    kind, code = clauses.kind, clauses.kind[k]
    if is_begun and first == k + 1 and kind[first] == "D" and code not in "OD":
        return None
    if code in "Nw#D" or (code == "V" and (_is_noun(clauses, k) or _is_reduced(clauses, k))):
        return k - 1, k
    if code == ")":
        opened = _opened(clauses, k)
        return None if opened is None else (opened - 1, opened)
    if code == "W":
        return k - 1 - (k > 0 and kind[k - 1] == ","), first
    if not is_begun or first != k + 1 or k == 0:
        return None
    is_pair = code == "&" and kind[k - 1] in "Nw" and kind[k - 1] == kind[first]
    return (k - 1, first) if is_pair or (code == "O" and _joins(clauses, k)) else None


def _joins(clauses: Clauses, k: int) -> bool:
    """Whether a preposition joins two parts of one phrase."""
    before = clauses.kind[k - 1]
    if clauses.low[k] == "by":
        return clauses.low[k - 1].endswith("ed")  # a letter obtained by the agency
    return clauses.low[k] in _JOINS and (before in "Nw#)" or (before == "D" and clauses.low[k] == "of"))


def _is_noun(clauses: Clauses, k: int) -> bool:
    """Whether a form of a verb is a noun here: a report, the company's claim."""
    return k > 0 and (clauses.kind[k - 1] in "Dw" or clauses.low[k - 1].endswith("'s"))


def _is_reduced(clauses: Clauses, k: int) -> bool:
    """Whether a participle begins a reduced relative clause: a source speaking to the agency."""
    return k > 0 and clauses.low[k].endswith("ing") and clauses.kind[k - 1] in "Nw"


def _opened(clauses: Clauses, k: int) -> int | None:
    return next((i for i in range(k - 1, max(-1, k - _BRACKET), -1) if clauses.kind[i] == "("), None)


def subject_of(clauses: Clauses, i: int) -> Phrase | None:
    """Subject of the verb whose group begins with word ``i``, with the asides between both."""
    kind, j = clauses.kind, i - 1
    if j < 0 or clauses.sentence[j] != clauses.sentence[min(i, len(clauses) - 1)]:
        return None
    if kind[j] == "W" or (clauses.low[j] in _RELATIVE and j and kind[j - 1] in ",Nw)"):
        ahead = phrase_before(clauses, j - 2 if j > 1 and kind[j - 1] == "," else j - 1)
        return (ahead[0], j + 1) if ahead else None
    if kind[j] not in ",-":
        return phrase_before(clauses, j)
    opened = _opened(clauses, j - 1) if kind[j - 1] == ")" else None
    if opened is not None and phrase_before(clauses, opened - 1):  # Sen. Reed (D-R.I.), said
        return phrase_before(clauses, j - 1)
    return _over_aside(clauses, j)


def _over_aside(clauses: Clauses, j: int) -> Phrase | None:
    """Noun phrase before an aside that ends with the mark ``j``, or before two: X, a lawyer, 45, said."""
    kind = clauses.kind
    k = _mark_before(clauses, j - 1, j)
    found = phrase_before(clauses, k - 1) if k is not None else None
    if found is None:
        return None
    mark = found[0] - 1
    if mark > 0 and kind[mark] == "," and kind[found[0]] in "D#w":
        found = phrase_before(clauses, mark - 1) or found
    return (_antecedent(clauses, found) or found)[0], j


def _antecedent(clauses: Clauses, phrase: Phrase) -> Phrase | None:
    """Noun phrase before a relative clause that holds the phrase: Lund, who is a lawyer in Torsby, said."""
    k = phrase[0] - 1
    while k > 0 and clauses.kind[k] in "AR":
        k -= 1
    if k < 1 or clauses.kind[k] != "W" or clauses.sentence[k] != clauses.sentence[phrase[0]]:
        return None
    return phrase_before(clauses, k - 2 if clauses.kind[k - 1] == "," else k - 1)


def _mark_before(clauses: Clauses, k: int, j: int) -> int | None:
    """Comma or dash before word ``k`` in the sentence of word ``j``."""
    while k > 0 and clauses.sentence[k] == clauses.sentence[j] and clauses.kind[k] not in ",-:" and j - k < _ASIDE:
        k -= 1
    return k if k > 0 and clauses.sentence[k] == clauses.sentence[j] and clauses.kind[k] in ",-" else None


def phrase_after(clauses: Clauses, i: int, *, apposed: bool = True) -> Phrase | None:
    """Noun phrase that begins with word ``i``, with an apposition between commas behind it."""
    kind = clauses.kind
    if i >= len(clauses):
        return None
    if kind[i] == "P":
        return (i, i + 1)
    is_noun = kind[i] == "V" and kind[i + 1 : i + 2] in ([], [","], ["."], ["O"])  # according to reports
    if kind[i] not in "NDw#" and not is_noun:
        return None
    k = end = i + 1
    while k < len(clauses) and clauses.sentence[k] == clauses.sentence[i] and k - i < _LONGEST:
        step = _step_on(clauses, k, end)
        if step is None:
            break
        k, end = step
    if apposed and k + 1 < len(clauses) and kind[k] == "," and clauses.sentence[k] == clauses.sentence[i]:
        end = _apposition_end(clauses, k + 1) or end
    return (i, end)


def _step_on(clauses: Clauses, k: int, end: int) -> tuple[int, int] | None:
    """Next word to look at and end of the phrase, if word ``k`` belongs to it."""
    kind, code = clauses.kind, clauses.kind[k]
    following = kind[k + 1] if k + 1 < len(clauses) else ""
    if code == "w" and clauses.low[k].endswith("ed") and kind[k - 1] in "Nw#" and following and following in "DPNOQ#":
        return None  # The mayor opened the bridge
    if code in "NDw#" or (code == "V" and kind[k - 1] == "D"):
        return k + 1, k + 1
    if code == "(" and ")" in kind[k : k + _BRACKET]:
        closed = kind.index(")", k) + 1
        return closed, closed
    is_pair = code == "&" and following == "N" and kind[k - 1] == "N"
    is_joined = code == "O" and clauses.low[k] in _JOINS and clauses.low[k] not in ("on", "to")
    return (k + 1, end) if is_pair or (is_joined and following and following in "NDw#") else None


def _apposition_end(clauses: Clauses, i: int) -> int | None:
    """End of an apposition that begins with word ``i`` and that a comma or the end of the sentence closes."""
    kind = clauses.kind
    if kind[i] not in "DW#" and (kind[i] != "w" or clauses.low[i].endswith("ing")):
        return None
    k = i
    while (
        k < len(clauses) and k - i < _LONGEST and kind[k] not in ",.:;-Q" and clauses.sentence[k] == clauses.sentence[i]
    ):
        k += 1
    is_closed = k == len(clauses) or kind[k] in ",." or clauses.sentence[k] != clauses.sentence[i]
    return k if is_closed else None
