"""Agreement of coders beyond chance: Krippendorff's alpha for ratings, and for spans token by token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from framing.errors import SchemaError, SettingsError
from framing.evaluate.evaluation import Evaluation, fingerprint
from framing.reading import Corpus
from framing.schema import FIELDS
from framing.stats import bootstrap_interval
from framing.text import tokenize

__all__ = ["krippendorff_alpha", "rate_tokens", "unitizing_alpha"]

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Alpha = Callable[[Floats], float]

_TEXT = ["article_id", "field"]
_SPAN = [*_TEXT, "start", "end"]
_WORD = r"\w+"  # one letter is a token here: a span may hold nothing else
_GAP = "∅"  # what no coder marked
_SHOWN = 5  # wrong values named in one message


def krippendorff_alpha(
    ratings: pd.DataFrame,
    *,
    level: Level = "nominal",
    order: Sequence[str] | None = None,
    groups: Sequence[object] | pd.Series | None = None,
    n_resamples: int = 1000,
    random_state: int = 0,
) -> Evaluation:
    r"""Measure how far coders agree beyond chance, whatever their number, with missing values.

    .. math:: \alpha = 1 - \frac{D_o}{D_e}
              = 1 - (n - 1) \frac{\sum_{c,k} o_{ck} \delta^2_{ck}}{\sum_{c,k} n_c n_k \delta^2_{ck}}

    where a unit :math:`u` with :math:`m_u \ge 2` values adds each ordered pair of values of different coders to the
    coincidences :math:`o_{ck}` with weight :math:`1 / (m_u - 1)`, and :math:`n_c = \sum_k o_{ck}`,
    :math:`n = \sum_c n_c`.

    Parameters
    ----------
    ratings : DataFrame of shape (n_units, n_coders)
        One row per unit, one column per coder; missing where a coder did not code the unit. Empty text counts as
        missing.
    level : {"nominal", "ordinal", "interval", "ratio"}
        What a difference of two values means. Ratio needs values from zero upwards.
    order : sequence of str, optional
        Values from low to high, for ordinal ratings that are words.
    groups : sequence of length n_units, optional
        What units belong together (article or event); the bootstrap keeps groups whole. By default the level
        ``article_id`` of the index, as `rate_tokens` and `ratings_table` give it; without it each unit stands alone.
    n_resamples, random_state : int
        Bootstrap, for the interval. Draws in which all values are equal, for which alpha is not defined, are left out.

    Returns
    -------
    Evaluation
        ``n`` counts the units with at least two values; NaN where no unit has them, or where all values are equal, for
        then nothing shows that the coders can tell units apart.

    Raises
    ------
    SchemaError
        If values do not fit the level.
    SettingsError
        If the level or the groups are wrong.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania, sections A to D;
    Krippendorff (2019), Content Analysis, 4th ed., chapter 12. The bootstrap over units or groups is ours; Hayes and
    Krippendorff (2007), Communication Methods and Measures 1, 77-89, draw coincidences, as if pairs were independent.

    Notes
    -----
    Units of an article are not independent. In simulated corpora of five, ten and thirty articles of ten units, 95 %
    intervals over articles held the true alpha in .85, .91 and .95 of the runs, intervals over units in .70 to .73
    (``tests/benchmarks/bench_agreement.py``): with fewer than ten articles, read the interval as too narrow.

    Examples
    --------
    >>> coders = pd.DataFrame({"A": ["a", "b", "a", "b"], "B": ["a", "b", "a", "a"]})
    >>> round(krippendorff_alpha(coders).estimate, 3)
    0.533
    """
    if level not in get_args(Level):
        raise SettingsError(f"krippendorff_alpha: level must be one of {', '.join(get_args(Level))}. Got {level!r}.")
    codes, values = _coded(ratings, level, order)
    group = _grouped(ratings, groups)
    pairable = (codes >= 0).sum(axis=1) >= 2
    codes, group = codes[pairable], group[pairable]
    members, group = np.unique(group, return_inverse=True)
    pairs, coincidences = _coincidences(codes, group, len(values))
    alpha_of = _ALPHAS[level](pairs, values)

    def alpha(drawn: Ints) -> float:
        times = np.bincount(drawn, minlength=len(members)).astype(np.float64)
        return alpha_of(np.asarray(times @ coincidences))

    every = np.arange(len(members))
    return Evaluation(
        name=f"alpha_{level}",
        estimate=alpha(every),
        interval=bootstrap_interval(alpha, len(members), n_resamples=n_resamples, random_state=random_state),
        n=int(pairable.sum()),
        gold=fingerprint(ratings.reset_index(drop=True)),
    )


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
    coders = sorted({coder for _, _, coder in read})
    groups = {key: part for key, part in marked.groupby(["coder", *_TEXT])}  # noqa: C416 - a DataFrameGroupBy
    pieces = [
        _cut(
            place, texts[place], {c: groups.get((c, *place), marked[:0]) for c in coders if (*place, c) in read}, label
        )
        for place in texts
    ]
    pieces = [piece for piece in pieces if piece.ratings.shape[1] > 1]
    ratings = pd.concat([piece.ratings for piece in pieces], ignore_index=True) if pieces else pd.DataFrame()
    codes, values = _coded(ratings.reindex(columns=coders), "nominal", None)
    lengths = np.concatenate([piece.lengths for piece in pieces]) if pieces else np.zeros(0)
    articles = np.repeat([piece.article for piece in pieces], [len(piece.ratings) for piece in pieces])
    members, group = np.unique(articles, return_inverse=True)
    pairs, coincidences = _coincidences(codes, group, len(values), lengths)
    alone = pd.Series([piece.alone for piece in pieces], dtype=float).groupby([p.article for p in pieces]).sum()
    alone = alone.reindex(members).to_numpy(dtype=np.float64)

    def alpha(drawn: Ints) -> float:
        times = np.bincount(drawn, minlength=len(members)).astype(np.float64)
        counts = np.asarray(times @ coincidences)
        margins = _margins(pairs, counts, values)
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


def _cut(place: tuple[str, str], text: str, spans: Mapping[str, pd.DataFrame], label: str | None) -> _Piece:
    for coder, part in spans.items():
        if len(part) and (part["end"].max() > len(text) or part["start"].min() < 0):
            raise SchemaError(f"spans of coder {coder!r} in article {place[0]!r} ({place[1]}) end outside its text.")
    ends = np.unique(
        [0, len(text), *(end for part in spans.values() for side in ("start", "end") for end in part[side])]
    )
    alone = 0.0
    for part in spans.values():
        own = np.unique([0, len(text), *part["start"], *part["end"]])
        lengths = np.diff(own).astype(np.float64)
        is_gap = np.array([value == _GAP for value in _labels_between(own, part, label)], dtype=bool)
        alone += float(np.where(is_gap, lengths, lengths**2).sum())
    ratings = pd.DataFrame({coder: _labels_between(ends, part, label) for coder, part in spans.items()}, dtype="str")
    n_spans = sum(len(part) for part in spans.values())
    return _Piece(place[0], ratings, np.diff(ends).astype(np.float64), alone, n_spans)


def _labels_between(ends: Ints, spans: pd.DataFrame, label: str | None) -> list[str]:
    """Label of each stretch between two neighbouring ends, which include those of all spans."""
    found: list[set[str]] = [set() for _ in ends[1:]]
    names = ["marked"] * len(spans) if label is None else spans[label].astype(str)
    for start, end, name in zip(spans["start"], spans["end"], names, strict=True):
        for k in range(*np.searchsorted(ends, [start, end])):
            found[k].add(name)
    return ["+".join(sorted(names)) or _GAP for names in found]


Read = set[tuple[str, str, str]]


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
    return marked, read, {place: texts[place] for place in places}


def _coded(ratings: pd.DataFrame, level: Level, order: Sequence[str] | None) -> tuple[Ints, Floats]:
    """Give each rating the number of its value, -1 where missing; and the values in order (nominal: how many)."""
    cells = ratings.astype(object).to_numpy()
    blank = np.array([[pd.isna(v) or v == "" for v in row] for row in cells], dtype=bool).reshape(cells.shape)
    if order is not None and level == "ordinal":
        cells = _ranked(cells, blank, order)
    if level == "nominal":
        codes, names = pd.factorize(cells[~blank])  # by equality: 1 of a whole column is 1.0 of one with gaps
        values = np.arange(len(names), dtype=np.float64)
    else:
        values, codes = np.unique(_numbers(cells[~blank], level), return_inverse=True)
    out = np.full(cells.shape, -1, dtype=np.int64)
    out[~blank] = codes
    return out, values


def _ranked(cells: npt.NDArray[np.object_], blank: npt.NDArray[np.bool_], order: Sequence[str]) -> Any:
    ranks = {name: float(k) for k, name in enumerate(order)}
    strange = sorted({str(value) for value in cells[~blank]} - set(ranks))
    if strange:
        raise SchemaError(
            f"ratings: value(s) that 'order' does not hold: {', '.join(strange[:_SHOWN])}. Order: {', '.join(order)}."
        )
    return np.array([[ranks.get(str(value)) for value in row] for row in cells], dtype=object).reshape(cells.shape)


def _numbers(values: npt.NDArray[np.object_], level: Level) -> Floats:
    numbers = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").to_numpy(dtype=np.float64)
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        named = ", ".join(dict.fromkeys(str(value) for value in values[wrong][:_SHOWN]))
        advice = " Pass 'order', the values from low to high." if level == "ordinal" else ""
        raise SchemaError(
            f"ratings: level {level!r} needs numbers. Got {named} ({int(wrong.sum())} such values).{advice}"
        )
    if level == "ratio" and (numbers < 0).any():
        raise SchemaError(f"ratings: level 'ratio' needs values from zero upwards. Got {numbers.min():g}.")
    return np.asarray(numbers)


def _grouped(ratings: pd.DataFrame, groups: Sequence[object] | pd.Series | None) -> npt.NDArray[Any]:
    if groups is None and "article_id" in ratings.index.names:
        groups = list(ratings.index.get_level_values("article_id"))
    if groups is None:
        return np.arange(len(ratings))
    if len(groups) != len(ratings):
        raise SettingsError(f"groups must name one group for each of the {len(ratings)} units. Got {len(groups)}.")
    return np.asarray(list(groups), dtype=str)


def _coincidences(
    codes: Ints, group: Ints, n_values: int, lengths: Floats | float = 1.0
) -> tuple[Ints, sparse.csr_array]:
    """Ordered pairs of values that meet in any unit, shape (2, n_pairs), and how often they do in each group."""
    weight = lengths / (np.maximum((codes >= 0).sum(axis=1), 2) - 1)
    rows, cells, weights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for i, j in permutations(range(codes.shape[1]), 2):
        both = (codes[:, i] >= 0) & (codes[:, j] >= 0)
        rows.append(group[both])
        cells.append(codes[both, i] * n_values + codes[both, j])
        weights.append(weight[both])
    found, place = np.unique(np.concatenate(cells), return_inverse=True)
    shape = (int(group.max(initial=-1)) + 1, len(found))
    counts = sparse.csr_array((np.concatenate(weights), (np.concatenate(rows), place)), shape=shape)
    return np.stack(np.divmod(found, max(n_values, 1))), counts


def _one_minus(observed: float, expected: float, n: float) -> float:
    return 1 - (n - 1) * observed / expected if expected > 0 else float("nan")


def _margins(pairs: Ints, counts: Floats, values: Floats) -> Floats:
    return np.bincount(pairs[0], counts, len(values)).astype(np.float64)


def _nominal(pairs: Ints, values: Floats) -> Alpha:
    def alpha(counts: Floats) -> float:
        margins = _margins(pairs, counts, values)
        n = margins.sum()
        return _one_minus(counts[pairs[0] != pairs[1]].sum(), n**2 - (margins**2).sum(), n)

    return alpha


def _ordinal(pairs: Ints, values: Floats) -> Alpha:
    """Distance of two ranks: the values that lie between them, each end counted half."""

    def alpha(counts: Floats) -> float:
        margins = _margins(pairs, counts, values)
        return _squared(pairs, counts, margins, np.cumsum(margins) - margins / 2)

    return alpha


def _interval(pairs: Ints, values: Floats) -> Alpha:
    def alpha(counts: Floats) -> float:
        return _squared(pairs, counts, _margins(pairs, counts, values), values)

    return alpha


def _squared(pairs: Ints, counts: Floats, margins: Floats, places: Floats) -> float:
    """Alpha for squared distances, whose expected sum over all pairs is 2 n times the sum of squares."""
    n = margins.sum()
    mean = (margins * places).sum() / n if n else 0.0
    expected = 2 * n * (margins * (places - mean) ** 2).sum()
    return _one_minus((counts * (places[pairs[0]] - places[pairs[1]]) ** 2).sum(), expected, n)


def _ratio(pairs: Ints, values: Floats) -> Alpha:
    total = values[:, None] + values[None, :]
    distance = ((values[:, None] - values[None, :]) / np.where(total == 0, 1.0, total)) ** 2

    def alpha(counts: Floats) -> float:
        margins = _margins(pairs, counts, values)
        expected = float(margins @ distance @ margins)
        return _one_minus((counts * distance[pairs[0], pairs[1]]).sum(), expected, margins.sum())

    return alpha


_ALPHAS: Mapping[str, Callable[[Ints, Floats], Alpha]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
    "ratio": _ratio,
}
"""For each level: from the pairs that occur and the values, a function of how often each pair occurs."""


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
