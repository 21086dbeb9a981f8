"""The main job: all stages in order, and what comes out of them."""

from __future__ import annotations

import html
import json
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from framing.align import (
    EventAligner,
    align_passages,
    collate_families,
    compare_coverage,
    diff_passages,
    find_families,
    find_reuse,
    group_stories,
    independent_units,
)
from framing.cues import (
    attribute_quotations,
    compare_quotations,
    compare_verbs,
    find_cues,
    find_labels,
    find_names,
    find_reported_speech,
    label_changes,
    label_counts,
    label_coverage,
    label_timeline,
    load_lexicon,
    naming_grid,
    rank_modifiers,
    share_of_voice,
    voice_diversity,
)
from framing.errors import CorpusError, SettingsError
from framing.execution import progress
from framing.reading import Corpus, read_corpus, write_bytes, write_table
from framing.report import ReportContent, make_charts, render_report
from framing.schema import check, empty
from framing.text import find_datelines, find_quotations, find_sentences, mask_spans

__all__ = ["Comparison", "Settings", "compare", "run_stages"]

_PACKAGES = ("framing", "numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "rapidfuzz")
_RUN = "run.json"
_STYLE = "house style"
_LABELS = "labels"


@dataclass(frozen=True)
class Settings:
    """What a user may choose; the rest are documented constants of the stages.

    Attributes
    ----------
    use_gold : bool
        Take ``event_id`` of the articles where the source knows it.
    lexicons : tuple of str
        Names or paths of the lexicons for `find_cues`.
    min_shared : int
        Distinct word 5-grams that a pair of articles shares to be reported.
    n_permutations : int
        Label permutations for separability.
    random_state : int
        Seed of every random step.
    """

    use_gold: bool = False
    lexicons: tuple[str, ...] = ()
    min_shared: int = 12
    n_permutations: int = 99
    random_state: int = 0


@dataclass(frozen=True, eq=False)
class Comparison:
    """All tables of one run, with what is needed to repeat it.

    Attributes
    ----------
    corpus : Corpus
        The articles.
    tables : mapping of str to DataFrame
        Tables of `framing.schema` by name; also as ``comparison["labels"]``.
    settings : Settings
        What was chosen.
    notes : mapping of str to str
        What a stage could not do, and why.
    versions : mapping of str to str
        Python and packages that made the tables.
    """

    corpus: Corpus
    tables: Mapping[str, pd.DataFrame]
    settings: Settings = field(default_factory=Settings)
    notes: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("tables", "notes", "versions"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table by name."""
        if name not in self.tables:
            raise SettingsError(f"there is no table {name!r} in this comparison. Tables: {', '.join(self.tables)}.")
        return self.tables[name]

    @property
    def charts(self) -> dict[str, Any]:
        """The report's charts that the tables can fill, by name: Altair objects for notebooks (`make_charts`)."""
        return make_charts(self.tables, corpus=self.corpus)

    def to_html(self, path: str | Path | None = None) -> str:
        """Render the report: one offline HTML file.

        Parameters
        ----------
        path : str or Path, optional
            Where to write it.

        Returns
        -------
        str
            The HTML.
        """
        page = render_report(
            ReportContent(
                corpus=self.corpus,
                tables=self.tables,
                settings=asdict(self.settings),
                versions=self.versions,
                seeds={"random_state": self.settings.random_state},
                notes=self.notes,
            )
        )
        if path is not None:
            write_bytes(Path(path), page.encode())
        return page

    def save(self, folder: str | Path) -> None:
        """Write all tables as Parquet and CSV, and ``run.json`` with settings, versions and fingerprints.

        The same corpus, settings and versions give the same bytes.
        """
        folder = Path(folder)
        for name, table in {
            "articles": self.corpus.articles,
            "quarantine": self.corpus.quarantine,
            **self.tables,
        }.items():
            write_table(table, folder / "tables" / f"{name}.parquet")
            write_table(table, folder / "tables" / f"{name}.csv")
        run = {
            "settings": asdict(self.settings),
            "versions": dict(self.versions),
            "corpus": {"fingerprint": self.corpus.fingerprint, **_plain(self.corpus.provenance)},
            "rows": {name: len(table) for name, table in self.tables.items()},
            "notes": dict(self.notes),
        }
        write_bytes(folder / _RUN, (json.dumps(run, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode())

    @classmethod
    def load(cls, folder: str | Path) -> Comparison:
        """Read what `save` wrote.

        Raises
        ------
        CorpusError
            If the folder holds no saved comparison.
        """
        folder = Path(folder)
        if not (folder / _RUN).is_file():
            raise CorpusError(
                f"{folder}: no saved comparison here ({_RUN} is missing). Write one with Comparison.save()."
            )
        run = json.loads((folder / _RUN).read_text("utf-8"))
        tables = {path.stem: pd.read_parquet(path) for path in sorted((folder / "tables").glob("*.parquet"))}
        described = {key: value for key, value in run["corpus"].items() if key != "fingerprint"}
        corpus = Corpus(tables.pop("articles"), tables.pop("quarantine"), described)
        settings = Settings(**{**run["settings"], "lexicons": tuple(run["settings"]["lexicons"])})
        return cls(corpus, {n: check(t, n) for n, t in tables.items()}, settings, run["notes"], run["versions"])

    def __repr__(self) -> str:
        rows = ", ".join(f"{len(table)} {name}" for name, table in self.tables.items())
        return f"Comparison({len(self.corpus)} articles: {rows})"

    def _repr_html_(self) -> str:
        counts = pd.DataFrame({"rows": {name: len(table) for name, table in self.tables.items()}})
        notes = "".join(f"<p>{html.escape(f'{name}: {note}')}</p>" for name, note in self.notes.items())
        return f"{self.corpus._repr_html_()}{counts.to_html()}{notes}"


def compare(source: str | Path | pd.DataFrame | Corpus, settings: Settings | None = None) -> Comparison:
    """Compare how outlets report the same events: all stages, from articles to tables.

    Parameters
    ----------
    source : str, Path, DataFrame or Corpus
        What `read_corpus` takes.
    settings : Settings, optional
        Choices that differ from the defaults.

    Returns
    -------
    Comparison

    Raises
    ------
    CorpusError
        If the source cannot be read.
    """
    return run_stages(read_corpus(source), settings or Settings())


def run_stages(corpus: Corpus, settings: Settings, until: str | None = None) -> Comparison:
    """Run the stages in order, until a table is made.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    settings : Settings
        Choices.
    until : str, optional
        Name of the last table needed; by default all are made.
    """
    work = _Work(corpus, settings)
    for stage in progress(_STAGES, "compare", len(_STAGES)):
        work.tables.update(stage(work))
        if until in work.tables:
            break
    versions = {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}
    return Comparison(corpus, dict(sorted(work.tables.items())), settings, dict(work.notes), versions)


@dataclass
class _Work:
    """What the stages have made so far."""

    corpus: Corpus
    settings: Settings
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]


Made = Mapping[str, pd.DataFrame]


def _cut(work: _Work) -> Made:
    datelines = find_datelines(work.corpus)
    return {
        "datelines": datelines,
        "quotations": find_quotations(work.corpus),
        "sentences": find_sentences(work.corpus, datelines=datelines),
    }


def _mask(work: _Work) -> Made:
    """Furniture, and every inserted label that a rule finds: neither may move alignment."""
    inserted = find_labels(work.corpus, datelines=work["datelines"], quotations=work["quotations"])
    return {"masks": _joined(mask_spans(work["datelines"]), mask_spans(inserted, "label"))}


def _align(work: _Work) -> Made:
    aligner = EventAligner().fit(work.corpus, masks=work["masks"], use_gold=work.settings.use_gold)
    return {"events": aligner.events_, "links": aligner.links_}


def _reuse(work: _Work) -> Made:
    spoken = mask_spans(work["quotations"], "quotation")  # shared quotations are no copied reporting
    reuse = find_reuse(
        work.corpus,
        masks=_joined(work["masks"], spoken),
        datelines=work["datelines"],
        min_shared=work.settings.min_shared,
    )
    return {
        "reuse": reuse,
        "families": find_families(work.corpus, reuse),
        "units": independent_units(work.corpus, reuse, work["events"]),
    }


def _story(work: _Work) -> Made:
    return {"stories": group_stories(work.corpus, work["events"], work["links"])}


def _answer(work: _Work) -> Made:
    passages = align_passages(
        work.corpus,
        work["events"],
        sentences=work["sentences"],
        quotations=work["quotations"],
        masks=work["masks"],
    )
    return {"passages": passages}


def _cover(work: _Work) -> Made:
    coverage = compare_coverage(
        work.corpus, work["events"], work["passages"], units=work["units"], sentences=work["sentences"]
    )
    return {"coverage": coverage}


def _edit(work: _Work) -> Made:
    edits = diff_passages(work.corpus, work["passages"], reuse=work["reuse"], families=work["families"])
    return {"edits": edits, "collation": collate_families(work["families"], work["passages"])}


def _cue(work: _Work) -> Made:
    lexicon = load_lexicon(*work.settings.lexicons) if work.settings.lexicons else None
    return {
        "cues": find_cues(work.corpus, lexicon, quotations=work["quotations"], sentences=work["sentences"]),
    }


def _label(work: _Work) -> Made:
    modifiers = rank_modifiers(work.corpus, work["events"], quotations=work["quotations"], sentences=work["sentences"])
    labels = find_labels(
        work.corpus,
        modifiers=modifiers,
        events=work["events"],
        edits=work["edits"],
        datelines=work["datelines"],
        quotations=work["quotations"],
    )
    timeline = label_timeline(work.corpus, labels)
    return {
        "labels": labels,
        "modifiers": modifiers,
        "label_counts": label_counts(work.corpus, labels),
        "label_coverage": label_coverage(work.corpus, labels, work["events"]),
        "label_timeline": timeline,
        "label_changes": label_changes(timeline, random_state=work.settings.random_state),
    }


def _name(work: _Work) -> Made:
    names = find_names(work.corpus, work["events"], masks=work["masks"], edits=work["edits"])
    grid = naming_grid(work.corpus, names, units=work["units"], quotations=work["quotations"])
    return {"naming": names, "naming_grid": grid}


def _source(work: _Work) -> Made:
    """Who speaks, with which verb; share of voice is that of quotations, of which coverage can be told."""
    attributions = attribute_quotations(work.corpus, work["quotations"])
    counting = {"events": work["events"], "random_state": work.settings.random_state}
    return {
        "attributions": attributions,
        "reported_speech": find_reported_speech(work.corpus, quotations=work["quotations"]),
        "voices": share_of_voice(work.corpus, attributions, **counting),
        "voice_diversity": voice_diversity(work.corpus, attributions, **counting),
        "quotation_versions": compare_quotations(work.corpus, attributions, work["events"]),
        "verb_choices": compare_verbs(work.corpus, attributions, work["events"]),
    }


def _contrast(work: _Work) -> Made:
    from framing.lexical import LexicalContrast  # noqa: PLC0415 - scikit-learn's models load only where needed

    parts = []
    for masked, masks in _mask_steps(work):
        contrast = LexicalContrast(random_state=work.settings.random_state)
        try:
            contrast.fit(work.corpus, work["events"], units=work["units"], masks=masks)
        except SettingsError as error:
            work.notes["terms"] = str(error)
            return {"terms": empty("terms")}
        parts.append(contrast.terms_.assign(masks=masked))
    return {"terms": _joined(*parts, name="terms")}


def _separate(work: _Work) -> Made:
    from framing.lexical import OutletSeparability  # noqa: PLC0415 - likewise

    model = OutletSeparability(n_permutations=work.settings.n_permutations, random_state=work.settings.random_state)
    try:
        model.fit(work.corpus, work["events"], units=work["units"], masks=dict(_mask_steps(work)))
    except SettingsError as error:
        work.notes["separability"] = str(error)
        return {"separability": empty("separability"), "weights": empty("weights")}
    if model.summary_.empty:
        work.notes["separability"] = model.summary()
    return {"separability": model.summary_, "weights": model.weights_}


def _mask_steps(work: _Work) -> Iterator[tuple[str, pd.DataFrame | None]]:
    """Nothing masked, then house style, then labels too: so that a reader sees what carries a difference."""
    style = mask_spans(work["datelines"])
    yield "none", None
    yield _STYLE, style
    yield f"{_STYLE} + {_LABELS}", _joined(style, mask_spans(work["labels"], "label"))


_STAGES: tuple[Callable[[_Work], Made], ...] = (
    _cut,
    _mask,
    _align,
    _reuse,
    _story,
    _answer,
    _cover,
    _edit,
    _cue,
    _label,
    _name,
    _source,
    _contrast,
    _separate,
)


def _joined(*frames: pd.DataFrame, name: str = "masks") -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return check(pd.concat(filled, ignore_index=True), name) if filled else empty(name)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: dict(value) if isinstance(value, Mapping) else value for key, value in values.items()}
