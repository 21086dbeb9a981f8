"""Agreement of coders on spans: each token a unit, or each span one (unitising)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from framing.errors import SchemaError
from framing.evaluate.agreement import coincidences_of, margins_of, values_of
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.reading import Corpus
from framing.schema import FIELDS
from framing.stats import bootstrap_interval
from framing.text import tokenize

__all__ = ["rate_tokens", "unitizing_alpha"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Read = set[tuple[str, str, str]]

_TEXT = ["article_id", "field"]
_SPAN = [*_TEXT, "start", "end"]
_WORD = r"\w+"  # one letter is a token here: a span may hold nothing else
_GAP = "∅"  # what no coder marked


def rate_tokens(
    corpus: Corpus, spans: pd.DataFrame, tasks: pd.DataFrame | None = None, *, label: str = "label"
) -> pd.DataFrame:
    """Turn span annotations of several coders into one rating per token, for `krippendorff_alpha`.

    A token that shares a character with a span bears the span's label; several labels are joined with ``+`` in
    alphabetical order; a token without any is ``none``. Long spans weigh as much as their words, and adjoining spans of
    one label are not told apart: that is what alpha over tokens measures.

    Parameters
    ----------
    corpus : Corpus
        What was annotated.
    spans : DataFrame
        Columns ``article_id, field, start, end, coder`` and the one that ``label`` names.
    tasks : DataFrame, optional
        Columns ``article_id, field, coder``: which texts each coder finished (`Annotations.tasks`), so that a text
        without marks counts as read. By default every coder read every text in which anybody marked something.
    label : str
        Column with the label of a span.

    Returns
    -------
    DataFrame of shape (n_tokens, n_coders)
        Index ``article_id, field, start``; missing where a coder did not read the text.

    Raises
    ------
    SchemaError
        If a column is missing, or an article is not in the corpus.

    Examples
    --------
    >>> krippendorff_alpha(rate_tokens(corpus, marked.spans, marked.tasks))  # doctest: +SKIP
    """
    marked, read, texts = _read_by(corpus, spans, tasks, label)
    places = list(texts)
    tokens = tokenize([texts[place] for place in places], _WORD)
    offsets = {place: tokens.offsets(texts[place]) for place in places}
    groups = {key: part for key, part in marked.groupby(["coder", *_TEXT])}  # noqa: C416 - a DataFrameGroupBy
    columns = {
        coder: [
            rating
            for place in places
            for rating in (
                _token_labels(offsets[place], groups.get((coder, *place), marked[:0]), label)
                if (*place, coder) in read
                else [None] * len(offsets[place])
            )
        ]
        for coder in sorted({coder for _, _, coder in read})
    }
    index = [(*place, int(start)) for place in places for start, _ in offsets[place]]
    return pd.DataFrame(columns, index=pd.MultiIndex.from_tuples(index, names=[*_TEXT, "start"]), dtype="str")


def unitizing_alpha(
    corpus: Corpus,
    spans: pd.DataFrame,
    tasks: pd.DataFrame | None = None,
    *,
    label: str | None = "label",
    n_resamples: int = 1000,
    random_state: int = 0,
) -> Evaluation:
    r"""Measure how far coders agree on where spans begin and end and what they are, beyond chance.

    .. math:: {}_u\alpha = 1 - \frac{\left(\ell_{..}^2 - \sum_s \lambda_s\right)
              \left(\ell_{..} - \sum_c \ell_{cc}\right)}{\ell_{..} \left(\ell_{..}^2 - \sum_c \ell_{c.}^2\right)}

    where :math:`\ell_{ck}` is the length of text that one coder calls :math:`c` and another :math:`k`, over all
    ordered pairs of coders, each pair with weight :math:`1 / (m - 1)`; gaps between spans are a value of their own.
    Chance pairs no segment with itself: :math:`\lambda_s` is the squared length of a span, and the length of a gap,
    which may be cut anywhere. Were all spans one character long, this would be the nominal alpha of characters.

    Parameters
    ----------
    corpus : Corpus
        What was annotated.
    spans : DataFrame
        Columns ``article_id, field, start, end, coder`` and the one that ``label`` names. Where spans of one coder
        overlap, each stretch of text bears all its labels, joined with ``+``.
    tasks : DataFrame, optional
        Columns ``article_id, field, coder``: which texts each coder finished (`Annotations.tasks`). By default every
        coder read every text in which anybody marked something.
    label : str or None
        Column with the label of a span. None compares boundaries alone: marked or not.
    n_resamples, random_state : int
        Bootstrap over whole articles, for the interval.

    Returns
    -------
    Evaluation
        ``alpha_u_nominal``, or ``alpha_u_binary`` without label; ``n`` counts the spans. NaN where no text was read by
        two coders or all of it has one value.

    Raises
    ------
    SchemaError
        If a column is missing, an article is not in the corpus, or a span ends outside its text.

    References
    ----------
    Krippendorff (2019), Content Analysis, 4th ed., section 12.6, equations 32 to 35; Krippendorff, Mathet, Bouvry and
    Widlöcher (2016), Quality & Quantity 50, 2347-2364. The closed form above follows from them.
    """
    marked, read, texts = _read_by(corpus, spans, tasks, label)
    pieces = _pieces(marked, read, texts, label)
    ratings = pd.concat([piece.ratings for piece in pieces], ignore_index=True) if pieces else pd.DataFrame()
    codes, values = values_of(ratings, "nominal", None)
    lengths = np.array([length for piece in pieces for length in piece.lengths])
    members, group = np.unique([piece.article for piece in pieces for _ in piece.lengths], return_inverse=True)
    pairs, coincidences = coincidences_of(codes, group, len(values), lengths)
    place = np.searchsorted(members, [piece.article for piece in pieces])
    alone = np.bincount(place, [piece.alone for piece in pieces], len(members))

    def alpha(drawn: Ints) -> float:
        times = np.bincount(drawn, minlength=len(members)).astype(np.float64)
        counts = np.asarray(times @ coincidences)
        margins = margins_of(pairs, counts, values)
        total, apart = margins.sum(), counts[pairs[0] != pairs[1]].sum()
        chance = total**2 - (margins**2).sum()
        return float(1 - (total**2 - times @ alone) * apart / (total * chance)) if chance > 0 else float("nan")

    return Evaluation(
        name=f"alpha_u_{'binary' if label is None else 'nominal'}",
        estimate=alpha(np.arange(len(members))),
        interval=bootstrap_interval(alpha, len(members), n_resamples=n_resamples, random_state=random_state),
        n=sum(piece.n_spans for piece in pieces),
        gold=fingerprint(marked),
    )


@dataclass(frozen=True)
class _Piece:
    """One text cut wherever any coder cut it."""

    article: str
    ratings: pd.DataFrame
    lengths: Floats
    alone: float  # what a segment would add if it were paired with itself
    n_spans: int


def _pieces(marked: pd.DataFrame, read: Read, texts: Mapping[tuple[str, str], str], label: str | None) -> list[_Piece]:
    """Return those texts that two coders read."""
    groups = {key: part for key, part in marked.groupby(["coder", *_TEXT])}  # noqa: C416 - a DataFrameGroupBy
    readers: dict[tuple[str, str], list[str]] = {}
    for article, field, coder in sorted(read):
        readers.setdefault((article, field), []).append(coder)
    pieces = []
    for place, text in texts.items():
        coders = readers[place]
        spans = {coder: groups.get((coder, *place), marked[:0]) for coder in coders}
        for coder, part in spans.items():
            if len(part) and (part["end"].max() > len(text) or part["start"].min() < 0):
                raise SchemaError(f"spans of coder {coder!r} in article {place[0]!r} ({place[1]}) leave its text.")
        if len(coders) > 1:
            pieces.append(_cut(place[0], len(text), spans, label))
    return pieces


def _cut(article: str, length: int, spans: Mapping[str, pd.DataFrame], label: str | None) -> _Piece:
    own = {coder: np.unique([0, length, *part["start"], *part["end"]]) for coder, part in spans.items()}
    ends = np.unique(np.concatenate(list(own.values())))
    alone = 0.0
    for coder, part in spans.items():
        lengths = np.diff(own[coder]).astype(np.float64)
        is_gap = np.array(_labels_between(own[coder], part, label)) == _GAP
        alone += float(np.where(is_gap, lengths, lengths**2).sum())
    ratings = pd.DataFrame({coder: _labels_between(ends, part, label) for coder, part in spans.items()}, dtype="str")
    return _Piece(article, ratings, np.diff(ends).astype(np.float64), alone, sum(map(len, spans.values())))


def _labels_between(ends: Ints, spans: pd.DataFrame, label: str | None) -> list[str]:
    """Label of each stretch between two neighbouring ends, which include those of all spans."""
    found: list[set[str]] = [set() for _ in ends[1:]]
    names = ["marked"] * len(spans) if label is None else spans[label].astype(str)
    for start, end, name in zip(spans["start"], spans["end"], names, strict=True):
        for k in range(*np.searchsorted(ends, [start, end])):
            found[k].add(name)
    return ["+".join(sorted(names)) or _GAP for names in found]


def _read_by(
    corpus: Corpus, spans: pd.DataFrame, tasks: pd.DataFrame | None, label: str | None
) -> tuple[pd.DataFrame, Read, dict[tuple[str, str], str]]:
    """Spans with the columns needed, who read which text, and those texts in order."""
    marked = _needed(spans, [*_SPAN, "coder", *([label] if label else [])], "spans")
    if tasks is None:
        tasks = marked[_TEXT].drop_duplicates().merge(marked[["coder"]].drop_duplicates(), how="cross")
    read = set(_needed(tasks, [*_TEXT, "coder"], "tasks").itertuples(index=False, name=None))
    places = sorted({(article, field) for article, field, _ in read}, key=lambda p: (p[0], FIELDS.index(p[1])))
    texts = {(article, field): text for field in FIELDS for article, text in corpus.texts(field).items()}
    unknown = sorted({article for article, field in places if (article, field) not in texts})
    if unknown:
        raise SchemaError(
            f"spans: {len(unknown)} article(s) are not in the corpus, such as {unknown[0]!r}. "
            "Were they annotated in another corpus?"
        )
    unread = sorted(set(marked[[*_TEXT, "coder"]].itertuples(index=False, name=None)) - read)
    if unread:
        article, field, coder = unread[0]
        raise SchemaError(
            f"spans: {len(unread)} text(s) hold marks of coders who, by tasks, did not read them, such as {coder!r} "
            f"in article {article!r} ({field}). Pass the tasks that came with the spans."
        )
    return marked, read, {place: texts[place] for place in places}


def _token_labels(tokens: Ints, spans: pd.DataFrame, label: str) -> list[str]:
    found: list[set[str]] = [set() for _ in tokens]
    for start, end, name in zip(spans["start"], spans["end"], spans[label], strict=True):
        first = np.searchsorted(tokens[:, 1], start, side="right")
        last = np.searchsorted(tokens[:, 0], end, side="left")
        for k in range(int(first), int(last)):
            found[k].add(str(name))
    return ["+".join(sorted(names)) or "none" for names in found]


def _needed(table: pd.DataFrame, columns: list[str], name: str) -> pd.DataFrame:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise SchemaError(
            f"{name}: column(s) missing: {', '.join(missing)}. Got: {', '.join(map(str, table.columns))}."
        )
    return table[columns].dropna()
