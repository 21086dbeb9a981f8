"""Which terms an outlet uses more or less than others when they report the same event."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats as scipy_stats
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from framing.errors import SettingsError
from framing.lexical.counts import Counted, count_articles
from framing.lexical.evidence import Source, find_evidence
from framing.lexical.measures import MEASURES, log_odds, tfidf_difference
from framing.lexical.within import Balanced, Reports, Sides, make_reports
from framing.reading import Corpus
from framing.schema import check, empty
from framing.stats import benjamini_hochberg, benjamini_yekutieli, max_t, permute_within
from framing.text import WORDS

__all__ = ["Inference", "LexicalContrast", "Support"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_METHODS = ("permutation", "resampling", "cmh", "bootstrap", "asymptotic")
_ADJUSTMENTS: dict[str, Callable[[npt.ArrayLike], Floats]] = {"bh": benjamini_hochberg, "by": benjamini_yekutieli}
_LOG_ODDS = {"log_odds": 2, "log_odds_full": 4}
_OTHERS = "others"
_BLOCK = 2_000_000  # numbers held at once while resampling
_PERMUTATION = ("permutation", "resampling")


@dataclass(frozen=True)
class Inference:
    """How differences are judged.

    Attributes
    ----------
    method : str
        ``permutation`` (closed-form moments of label permutation within events; the default), ``resampling`` (the
        same permutations drawn), ``cmh`` (Cochran-Mantel-Haenszel with events as clusters), ``bootstrap`` (whole
        events redrawn), ``asymptotic`` (the measure's own formula, tokens taken as independent: for comparison
        with published tools only, flagged in the diagnostics).
    adjust : {"bh", "by", "max-t"}
        False discovery rate (Benjamini-Hochberg, Benjamini-Yekutieli), or any false discovery at all (max-T, which
        draws ``n_resamples`` permutations).
    n_resamples : int
        Draws, where the method or the adjustment draws.
    """

    method: str = "permutation"
    adjust: str = "bh"
    n_resamples: int = 999

    def __post_init__(self) -> None:
        if self.method not in _METHODS:
            raise SettingsError(f"Inference: method must be one of {', '.join(_METHODS)}. Got {self.method!r}.")
        if self.adjust not in (*_ADJUSTMENTS, "max-t"):
            raise SettingsError(f"Inference: adjust must be bh, by or max-t. Got {self.adjust!r}.")
        if self.adjust == "max-t" and self.method not in _PERMUTATION:
            raise SettingsError(f"Inference: max-t needs method permutation or resampling. Got {self.method!r}.")
        if self.n_resamples < 1:
            raise SettingsError(f"Inference: n_resamples must be at least 1. Got {self.n_resamples}.")


@dataclass(frozen=True)
class Support:
    """What a term needs to be tested.

    Attributes
    ----------
    min_count : int
        Occurrences on both sides together.
    min_articles : int
        Articles that hold it.
    min_events : int
        Events that can tell (both sides present, the term not the same in all); also the events that an outlet
        must share with the others.
    min_overlap : float
        Of pooled contrasts only: share of the reports of both sides that lie in events which both report, below
        which topic cannot be told from wording and pooling is refused.
    """

    min_count: int = 5
    min_articles: int = 3
    min_events: int = 3
    min_overlap: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.min_overlap <= 1:
            raise SettingsError(f"Support: min_overlap must lie between 0 and 1. Got {self.min_overlap}.")
        if min(self.min_count, self.min_articles, self.min_events) < 1:
            raise SettingsError(f"Support: all minima must be at least 1. Got {self}.")


@dataclass(frozen=True, eq=False)
class _Tested:
    """One contrast: its rows, and what the adjustment of the whole family needs."""

    rows: pd.DataFrame
    maxima: Floats


class LexicalContrast(BaseEstimator):
    """Contrast the wording of outlets inside events.

    Parameters
    ----------
    by : str
        Column of ``corpus.articles`` whose values are contrasted.
    reference : str, "pairwise" or None
        None: each outlet against all others of the same events; a name: each outlet against this one;
        ``"pairwise"``: every two outlets.
    measure : str
        What ``effect`` is; see `framing.lexical.measures`: ``log_odds``, ``log_odds_full`` (variance of four terms
        where the method is asymptotic), ``g2``, ``g2_two_cells``, ``g2_yates``, ``g2_williams``, ``chi2``,
        ``chi2_yates``, ``chi2_williams``, ``log_ratio``, ``simple_maths``, ``tfidf``, ``jensen_shannon``,
        ``mantel_haenszel``. Odds ratios and simple maths are given as logarithms. Counts are weighted so that both
        sides have the same mix of events.
    inference, support
        Settings; see `Inference` and `Support`.
    ngram_range : (int, int)
        Shortest and longest n-gram.
    token_pattern : str
        Regular expression of one token.
    prior : float, optional
        Strength of the Dirichlet prior of ``log_odds`` in tokens, spread as the terms are in the whole corpus; by
        default the mean length of an article.
    pooled : bool or "force"
        Ignore events. For comparison with published tools only: topic and outlet are then confounded; the
        diagnostics say how strongly, and every row is marked. Refused where ``support.min_overlap`` is not met, unless
        ``"force"``.
    random_state : int
        Seed of whatever is drawn.

    Attributes
    ----------
    terms_ : DataFrame
        Table ``terms``: tested terms, and those that occur often enough but lack other support, with the reason.
    diagnostics_ : dict
        ``outlets`` (DataFrame: who was tested, or why not), ``association`` (bias-corrected Cramér's V of outlet
        and event, 0 to 1), ``overlap`` (share of reports in events with two outlets), ``n_rare`` (terms below
        ``min_count``, per contrast), ``pooled``, ``warnings``.
    provenance_ : dict
        Settings, seed, versions, fingerprint of the corpus.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn needs each setting as a parameter
        self,
        *,
        by: str = "outlet",
        reference: str | None = None,
        measure: str = "log_odds",
        inference: Inference = Inference(),
        support: Support = Support(),
        ngram_range: tuple[int, int] = (1, 1),
        token_pattern: str = WORDS,
        prior: float | None = None,
        pooled: bool | str = False,
        random_state: int = 0,
    ) -> None:
        self.by = by
        self.reference = reference
        self.measure = measure
        self.inference = inference
        self.support = support
        self.ngram_range = ngram_range
        self.token_pattern = token_pattern
        self.prior = prior
        self.pooled = pooled
        self.random_state = random_state

    def fit(
        self,
        corpus: Corpus,
        events: pd.DataFrame,
        *,
        units: pd.DataFrame | None = None,
        masks: pd.DataFrame | None = None,
    ) -> Self:
        """Score every term of every outlet.

        Parameters
        ----------
        corpus : Corpus
            The articles.
        events : DataFrame
            Table ``events``; articles without event take no part.
        units : DataFrame, optional
            Table ``units``: copies share a unit, which counts once per outlet and is permuted as one. Without it
            every article is a unit.
        masks : DataFrame, optional
            Table ``masks``: spans that do not count.

        Raises
        ------
        SettingsError
            If nothing can be contrasted: one outlet only, no event with two outlets, no countable term.
        """
        self._check_settings(corpus)
        counted = count_articles(corpus, masks, ngram_range=self.ngram_range, token_pattern=self.token_pattern)
        if not len(counted.terms):
            raise SettingsError(
                f"LexicalContrast: empty vocabulary: none of {len(corpus)} articles holds a token of "
                f"{self.token_pattern!r} with ngram_range={self.ngram_range}. Are the texts wholly masked?"
            )
        frame = article_frame(corpus, events, units, self.by)
        reports = make_reports(frame, counted.matrix, counted.n_tokens)
        self._check_overlap(reports)
        self._source = Source(corpus, masks, frame, counted, self.token_pattern)
        self.provenance_ = provenance(self, corpus)
        self._score(reports, counted, "none" if masks is None or masks.empty else _kinds(masks))
        return self

    def _check_settings(self, corpus: Corpus) -> None:
        allowed = ("log_odds", "log_odds_full", "tfidf", "mantel_haenszel", *MEASURES)
        if self.measure not in allowed:
            raise SettingsError(f"LexicalContrast: measure must be one of {', '.join(allowed)}. Got {self.measure!r}.")
        if self.by not in corpus.articles.columns:
            raise SettingsError(
                f"LexicalContrast: there is no column by={self.by!r}. Columns: {', '.join(corpus.articles.columns)}."
            )
        if self.pooled not in (True, False, "force"):
            raise SettingsError(f"LexicalContrast: pooled must be True, False or 'force'. Got {self.pooled!r}.")
        if self.prior is not None and not self.prior > 0:
            raise SettingsError(f"LexicalContrast: prior must be positive. Got {self.prior}.")

    def _check_overlap(self, reports: Reports) -> None:
        names = reports.outlet_names
        if len(names) < 2:
            raise SettingsError(
                f"LexicalContrast: a contrast needs two values of {self.by!r} with text and event. "
                f"Got {', '.join(names) or 'none'}."
            )
        if self.reference not in (None, "pairwise", *names):
            raise SettingsError(
                f"LexicalContrast: reference must be None, 'pairwise' or one of {', '.join(names)}. "
                f"Got {self.reference!r}."
            )
        present = pd.DataFrame({"event": reports.events, "outlet": reports.outlets}).drop_duplicates()
        if not self.pooled and present.groupby("event").size().max() < 2:
            raise SettingsError(
                f"LexicalContrast: none of {len(reports.event_names)} events is reported by two values of {self.by!r}, "
                "so nothing can be compared within events. Check the events, or see pooled=True."
            )
        if self.pooled is True and (overlap := _overlap(reports)) < self.support.min_overlap:
            raise SettingsError(
                f"LexicalContrast: pooled contrasts would compare topics: {overlap:.0%} of the reports lie in events "
                f"that two values of {self.by!r} report; Support(min_overlap={self.support.min_overlap:g}), "
                f"Cramér's V of {self.by} and event {_cramers_v(reports.outlets, reports.events):.2f}. "
                "Compare within events (pooled=False), or take the confounded figures with pooled='force'."
            )

    def _pairs(self, reports: Reports) -> Iterator[tuple[str, str, Bools, Bools]]:
        names, outlets = reports.outlet_names, reports.outlets
        for i, name in enumerate(names):
            if self.reference is None:
                yield name, _OTHERS if len(names) > 2 else names[1 - i], outlets == i, outlets != i
            elif self.reference == "pairwise":
                for j in range(i + 1, len(names)):
                    yield name, names[j], outlets == i, outlets == j
            elif name != self.reference:
                yield name, self.reference, outlets == i, outlets == names.index(self.reference)
            if self.reference is None and len(names) == 2:
                return  # the other direction is the same test again

    def _score(self, reports: Reports, counted: Counted, masked: str) -> None:
        tested: list[_Tested] = []
        who: list[dict[str, Any]] = []
        for name, reference, target, other in self._pairs(reports):
            sides = Sides(reports, target, other, pooled=bool(self.pooled))
            enough = sides.n_events >= (1 if self.pooled else self.support.min_events)
            reason = None if enough else f"{sides.n_events} shared events; min_events is {self.support.min_events}"
            result = self._contrast(sides, reports, counted) if enough else None
            who.append(
                {
                    "outlet": name,
                    "reference": reference,
                    "n_events": sides.n_events,
                    "n_reports": int(sides.target.sum()),
                    "n_rare": 0 if result is None else result[1],
                    "unsupported": reason,
                }
            )
            if result is not None:
                rows = result[0].rows.assign(outlet=name, reference=reference, masks=masked)
                tested.append(_Tested(rows, result[0].maxima))
        self.terms_ = self._adjusted(tested)
        self.diagnostics_ = self._diagnose(reports, pd.DataFrame(who))

    def _contrast(self, sides: Sides, reports: Reports, counted: Counted) -> tuple[_Tested, int]:
        """Test the terms of one contrast; also say how many occur too rarely to be listed."""
        inside = np.isin(reports.members, sides.rows)
        outlet_side = np.zeros(len(reports.events), dtype=bool)
        outlet_side[sides.rows] = sides.target > 0
        mine = inside & outlet_side[np.maximum(reports.members, 0)]
        part = counted.matrix[np.flatnonzero(inside)]
        n_target = counted.matrix[np.flatnonzero(mine)].sum(axis=0)
        total, n_articles = part.sum(axis=0), np.bincount(part.indices, minlength=part.shape[1])
        common = np.flatnonzero(total >= self.support.min_count)
        narrow = sides.only(common)
        effect, low, high = self._effects(narrow.balanced, counted, common)
        n_events = narrow.n_informative
        why = self._unsupported(n_articles[common], n_events)
        z, p, maxima = self._judge(narrow, counted, common, why == "")
        heterogeneity = narrow.heterogeneity_p()
        open_ = why != ""
        for column in (low, high, z, p, heterogeneity):
            column[open_] = np.nan
        rows = pd.DataFrame(
            {
                "term": counted.terms[common],
                "n_target": n_target[common],
                "n_reference": (total - n_target)[common],
                "n_articles": n_articles[common],
                "n_events": n_events,
                "effect": effect,
                "ci_low": low,
                "ci_high": high,
                "z": z,
                "p_value": p,
                "heterogeneity_p": heterogeneity,
                "unsupported": [reason or None for reason in why],
            }
        )
        return _Tested(rows, maxima), int((total > 0).sum() - len(common))

    def _unsupported(self, n_articles: Ints, n_events: Ints) -> npt.NDArray[np.object_]:
        why = np.full(len(n_events), "", dtype=object)
        if not self.pooled:
            few = n_events < self.support.min_events
            why[few] = [f"can tell in {n} events; min_events is {self.support.min_events}" for n in n_events[few]]
        rare = n_articles < self.support.min_articles
        why[rare] = [f"in {n} articles; min_articles is {self.support.min_articles}" for n in n_articles[rare]]
        why[(why == "") & (n_events < 1)] = "the same on both sides in every event"
        return why

    def _measure(self, counted: Counted, kept: Ints) -> Callable[[Balanced, Floats, Floats], Floats]:
        """Return the measure as a function of the balanced counts, so that it can be differentiated."""
        if self.measure in _LOG_ODDS:
            strength = self.prior if self.prior is not None else float(counted.n_tokens.mean())
            prior = strength * counted.matrix.sum(axis=0)[kept] / counted.n_tokens.sum()
            return lambda b, y1, y2: log_odds(y1, b.n1, y2, b.n2, prior=prior, total=strength)[0]
        if self.measure == "tfidf":
            n = len(counted.article_ids)
            idf = np.log((1 + n) / (1 + np.bincount(counted.matrix.indices, minlength=len(counted.terms))[kept])) + 1
            return lambda b, y1, y2: tfidf_difference(y1, b.n1, y2, b.n2, idf=idf)
        if self.measure == "mantel_haenszel":
            return _log_mantel_haenszel
        plain = MEASURES[self.measure]
        return lambda b, y1, y2: plain(y1, np.asarray(b.n1), y2, np.asarray(b.n2))

    def _effects(self, balanced: Balanced, counted: Counted, kept: Ints) -> tuple[Floats, Floats, Floats]:
        measure = self._measure(counted, kept)
        y1, y2 = balanced.y1, balanced.y2
        effect = measure(balanced, y1, y2)
        # Derivatives where neither count is below 1/2: at zero they are all prior.
        at1, at2 = np.maximum(y1, 0.5), np.maximum(y2, 0.5)
        there = measure(balanced, at1, at2)
        d1 = (measure(balanced, at1 * 1.0001, at2) - there) / (at1 * 1e-4)
        d2 = (measure(balanced, at1, at2 * 1.0001) - there) / (at2 * 1e-4)
        reach = scipy_stats.t.isf(0.025, max(balanced.n_events - 1, 1)) if balanced.n_events > 1 else 1.96
        half = reach * np.sqrt(balanced.influence_variance(d1, d2))
        return effect, effect - half, effect + half

    def _judge(self, sides: Sides, counted: Counted, kept: Ints, open_: Bools) -> tuple[Floats, Floats, Floats]:
        """Return z, p and the largest |z| over supported terms in each permutation (empty where not needed)."""
        method, none = self.inference.method, np.zeros(0)
        if method == "cmh":
            z, n = sides.balanced.clustered_z()
            return z, 2 * scipy_stats.t.sf(np.abs(z), np.maximum(n - 1, 1)), none
        if method == "bootstrap":
            z = self._bootstrap_z(sides, counted, kept)
            return z, 2 * scipy_stats.norm.sf(np.abs(z)), none
        if method == "asymptotic":
            z = self._token_z(sides.balanced, counted, kept)
            return z, 2 * scipy_stats.norm.sf(np.abs(z)), none
        z = sides.z()
        if method == "permutation" and self.inference.adjust != "max-t":
            return z, sides.p_values(), none
        at_least, maxima = self._resample(sides, z, open_)
        drawn = np.where(np.isnan(z), np.nan, (1 + at_least) / (1 + self.inference.n_resamples))
        return z, sides.p_values() if method == "permutation" else np.asarray(drawn), maxima

    def _resample(self, sides: Sides, z: Floats, open_: Bools) -> tuple[Floats, Floats]:
        orders = permute_within(sides.unit_events, self.inference.n_resamples, self.random_state)
        at_least, maxima = np.zeros(len(z)), np.zeros(len(orders))
        block = max(1, _BLOCK // max(len(z), 1))
        for start in range(0, len(orders), block):
            null = np.abs(sides.permuted(orders[start : start + block]))
            at_least += (null >= np.abs(np.nan_to_num(z)) - 1e-9).sum(axis=0)
            maxima[start : start + block] = null[:, open_].max(axis=1, initial=0.0)
        return at_least, maxima

    def _bootstrap_z(self, sides: Sides, counted: Counted, kept: Ints) -> Floats:
        balanced, measure = sides.balanced, self._measure(counted, kept)
        draws = balanced.redrawn(self.inference.n_resamples, self.random_state)
        mean, square = np.zeros(len(kept)), np.zeros(len(kept))
        for again in draws:
            value = measure(again, again.y1 + 0.5, again.y2 + 0.5)
            mean += value / self.inference.n_resamples
            square += value**2 / self.inference.n_resamples
        spread = np.sqrt(np.maximum(square - mean**2, 0.0))
        # One half on both sides: a count of zero would otherwise look as if it never varied.
        effect = measure(balanced, balanced.y1 + 0.5, balanced.y2 + 0.5)
        return np.asarray(np.divide(effect, spread, out=np.full(len(effect), np.nan), where=spread > 1e-12))

    def _token_z(self, balanced: Balanced, counted: Counted, kept: Ints) -> Floats:
        if self.measure.startswith(("g2", "chi2")):
            value = self._measure(counted, kept)(balanced, balanced.y1, balanced.y2)
            return np.asarray(np.sign(value) * np.sqrt(np.abs(value)))
        strength = self.prior if self.prior is not None else float(counted.n_tokens.mean())
        prior = strength * counted.matrix.sum(axis=0)[kept] / counted.n_tokens.sum()
        y1, n1, y2, n2 = balanced.y1, balanced.n1, balanced.y2, balanced.n2
        n_terms = _LOG_ODDS.get(self.measure, 2)
        delta, error = log_odds(y1, n1, y2, n2, prior=prior, total=strength, terms=n_terms)
        return np.asarray(delta / error)

    def _adjusted(self, tested: list[_Tested]) -> pd.DataFrame:
        if not tested:
            return empty("terms")
        rows = pd.concat([t.rows for t in tested], ignore_index=True)
        if self.inference.adjust == "max-t":
            rows["q_value"] = max_t(rows["z"], np.max([t.maxima for t in tested], axis=0))
        else:
            rows["q_value"] = _ADJUSTMENTS[self.inference.adjust](rows["p_value"])
        return check(rows.assign(pooled=bool(self.pooled)), "terms")

    def _diagnose(self, reports: Reports, who: pd.DataFrame) -> dict[str, Any]:
        association = _cramers_v(reports.outlets, reports.events)
        warnings = []
        if self.pooled:
            warnings.append(
                "Pooled over events: differences of topic count as differences of wording. Association of "
                f"{self.by} and event: Cramér's V {association:.2f}."
            )
        if self.inference.method == "asymptotic":
            warnings.append("Asymptotic p-values take tokens as independent, which overstates significance.")
        return {
            "outlets": who,
            "association": association,
            "overlap": _overlap(reports),
            "n_rare": int(who["n_rare"].sum()),
            "pooled": bool(self.pooled),
            "warnings": warnings,
        }

    def summary(self) -> str:
        """Return the sentence for a methods section."""
        check_is_fitted(self, "terms_")
        tested = self.terms_["p_value"].notna()
        found = self.terms_["q_value"] <= 0.05
        who = self.diagnostics_["outlets"]
        n_outlets = int(who["unsupported"].isna().sum())
        where = "over all events pooled (confounded with topic)" if self.pooled else "within events"
        how = {
            "permutation": "closed-form moments of label permutation of independent reports within events",
            "resampling": f"{self.inference.n_resamples} label permutations of independent reports within events",
            "cmh": "Cochran-Mantel-Haenszel tests with events as clusters",
            "bootstrap": f"{self.inference.n_resamples} bootstrap draws of whole events",
            "asymptotic": "the measure's asymptotic distribution, tokens taken as independent",
        }[self.inference.method]
        adjust = {"bh": "Benjamini-Hochberg", "by": "Benjamini-Yekutieli", "max-t": "max-T"}[self.inference.adjust]
        return (
            f"Terms were contrasted {where} by {self.by} ({n_outlets} of {len(who)} contrasts with support; terms with "
            f"at least {self.support.min_count} occurrences in {self.support.min_articles} articles and "
            f"{self.support.min_events} informative events). Effects are {self.measure} on event-balanced counts; "
            f"p-values come from {how}, adjusted over all {int(tested.sum())} tests by {adjust}; "
            f"{int(found.sum())} have q <= .05."
        )

    def evidence(self, term: str, outlet: str | None = None, *, n_events: int = 10) -> pd.DataFrame:
        """Return the term's occurrences in their sentences, paired by event.

        Parameters
        ----------
        term : str
            A term of the vocabulary.
        outlet : str, optional
            The outlet described; by default the one with the strongest evidence for the term.
        n_events : int
            Events to show of each choice.

        Returns
        -------
        DataFrame
            ``event_id, choice, side (target or reference), outlet, article_id, field, start, end, surface,
            sentence_start, sentence_end, sentence, difference`` (rate in the outlet minus rate elsewhere in the event,
            per 1,000 tokens), events in descending difference. ``choice`` says why the event is shown: ``top`` speaks
            most for the outlet's using the term more, ``counter`` against it, ``random`` was drawn from the others.

        Raises
        ------
        SettingsError
            If the term does not occur in the corpus, or the outlet is not known.
        """
        check_is_fitted(self, "terms_")
        target = outlet if outlet is not None else self._strongest(term)
        return find_evidence(self._source, term, target, n_events, self.random_state)

    def _strongest(self, term: str) -> str:
        rows = self.terms_[self.terms_["term"] == term]
        if rows.empty:
            return str(min(self._source.frame["outlet"].dropna()))
        return str(rows.loc[rows["z"].abs().fillna(-1.0).idxmax(), "outlet"])


def provenance(estimator: BaseEstimator, corpus: Corpus) -> dict[str, Any]:
    """Return what a result rests on: settings, versions, fingerprint of the corpus."""
    names = ("framing", "numpy", "scipy", "pandas", "scikit-learn")
    settings = {name: value for name, value in estimator.get_params(deep=False).items() if name != "random_state"}
    return {
        "estimator": type(estimator).__name__,
        "settings": {name: asdict(v) if isinstance(v, Inference | Support) else v for name, v in settings.items()},
        "random_state": estimator.get_params(deep=False)["random_state"],
        "corpus": corpus.fingerprint,
        "n_articles": len(corpus),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in names}},
    }


def _log_mantel_haenszel(balanced: Balanced, y1: Floats, y2: Floats) -> Floats:
    # With weights 2 n1 n2 / (n1 + n2) the sums of a d / n and b c / n are y / 2 minus the sum of a b / n.
    more, less = y1 / 2 - balanced.cross, y2 / 2 - balanced.cross
    smooth = np.where((more <= 0.5) | (less <= 0.5), 0.5, 0.0)
    return np.asarray(np.log(np.maximum(more, 0) + smooth) - np.log(np.maximum(less, 0) + smooth))


def _kinds(masks: pd.DataFrame) -> str:
    return "+".join(sorted(masks["kind"].unique()))


def article_frame(corpus: Corpus, events: pd.DataFrame, units: pd.DataFrame | None, by: str) -> pd.DataFrame:
    """Join outlet, event and unit to the articles, in the corpus' order.

    Parameters
    ----------
    corpus, events, units, by
        As in `LexicalContrast.fit`.

    Returns
    -------
    DataFrame
        ``article_id, outlet, event_id, unit_id``; event missing where there is none, the unit then the article.
    """
    articles = corpus.articles
    event_of = check(events, "events").set_index("article_id")["event_id"]
    frame = pd.DataFrame({"article_id": articles["article_id"], "outlet": articles[by]})
    frame["event_id"] = frame["article_id"].map(event_of).where(frame["outlet"].notna())
    own = "article " + frame["article_id"]
    if units is None:
        return frame.assign(unit_id=own)
    unit_of = check(units, "units").set_index("article_id")["unit_id"]
    return frame.assign(unit_id=frame["article_id"].map(unit_of).fillna(own))


def _overlap(reports: Reports) -> float:
    """Share of the reports that lie in events which two outlets report."""
    pairs = pd.DataFrame({"event": reports.events, "outlet": reports.outlets})
    return float((pairs.groupby("event")["outlet"].transform("nunique") > 1).mean())


def _cramers_v(a: Ints, b: Ints) -> float:
    """Bias-corrected Cramér's V (Bergsma 2013), 0 to 1."""
    table = pd.crosstab(a, b).to_numpy(dtype=np.float64)
    n, (rows, columns) = table.sum(), table.shape
    if n < 2 or min(rows, columns) < 2:
        return 0.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / n
    phi2 = max(((table - expected) ** 2 / expected).sum() / n - (rows - 1) * (columns - 1) / (n - 1), 0.0)
    free = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return float(min(np.sqrt(phi2 / free), 1.0)) if free > 0 else 0.0
