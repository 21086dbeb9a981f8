"""Agreement of coders beyond chance: Krippendorff's alpha for ratings, and for spans token by token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

__all__ = ["krippendorff_alpha", "rate_tokens"]

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Alpha = Callable[[Floats], float]

_TEXT = ["article_id", "field"]
_SPAN = [*_TEXT, "start", "end"]
_WORD = r"\w+"  # one letter is a token here: a span may hold nothing else
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
        What units belong together (article or event); the bootstrap keeps groups whole. By default each unit stands
        alone.
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
        Index ``article_id, field, start``; missing where a coder did not read the text. Pass
        ``groups=ratings.index.get_level_values("article_id")`` on, for the tokens of an article are not independent.

    Raises
    ------
    SchemaError
        If a column is missing, or an article is not in the corpus.

    Examples
    --------
    >>> ratings = rate_tokens(corpus, marked.spans, marked.tasks)  # doctest: +SKIP
    >>> krippendorff_alpha(ratings, groups=ratings.index.get_level_values("article_id"))  # doctest: +SKIP
    """
    marked = _needed(spans, [*_SPAN, "coder", label], "spans")
    if tasks is None:
        tasks = (
            marked[["article_id", "field"]].drop_duplicates().merge(marked[["coder"]].drop_duplicates(), how="cross")
        )
    read = set(_needed(tasks, [*_TEXT, "coder"], "tasks").itertuples(index=False, name=None))
    places = sorted({(article, field) for article, field, _ in read}, key=lambda p: (p[0], FIELDS.index(p[1])))
    texts = {(article, field): text for field in FIELDS for article, text in corpus.texts(field).items()}
    unknown = sorted({article for article, field in places if (article, field) not in texts})
    if unknown:
        raise SchemaError(
            f"rate_tokens: {len(unknown)} article(s) are not in the corpus, such as {unknown[0]!r}. "
            "Were they annotated in another corpus?"
        )
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
    if groups is None:
        return np.arange(len(ratings))
    if len(groups) != len(ratings):
        raise SettingsError(f"groups must name one group for each of the {len(ratings)} units. Got {len(groups)}.")
    return np.asarray(list(groups), dtype=str)


def _coincidences(codes: Ints, group: Ints, n_values: int) -> tuple[Ints, sparse.csr_array]:
    """Ordered pairs of values that meet in any unit, shape (2, n_pairs), and how often they do in each group."""
    weight = 1.0 / (np.maximum((codes >= 0).sum(axis=1), 2) - 1)
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
