"""The `framing` command. Heavy imports happen inside the commands, so that help is instant."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from framing.errors import FramingError

if TYPE_CHECKING:  # pandas behind these takes a second to import
    from framing.pipeline import Settings
    from framing.reading import Corpus

__all__ = ["main"]

_STAGES = {
    "events": ("events", "Which articles report the same event."),
    "reuse": ("reuse", "Which articles share text, how much, and who is the source."),
    "passages": ("passages", "Which sentence of one report answers which of another."),
    "edits": ("edits", "Word-level changes between copied sentences."),
    "cues": ("cues", "Framing cues with exact spans."),
    "labels": ("labels", "Labels attached to names, and who attaches them."),
    "terms": ("terms", "Words that tell outlets apart within events."),
    "separability": ("separability", "Whether the outlet can be told from its words."),
}


class _Group(click.Group):
    """Turn the package's errors into one line on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FramingError as error:
            click.echo(f"framing: {error}", err=True)
            ctx.exit(1)


_READING = (
    click.option("--map", "mapping", multiple=True, metavar="OURS=THEIRS", help="Name a column, e.g. --map text=body."),
    click.option("--encoding", help="Encoding of a text file, where it is neither UTF-8 nor found."),
    click.option("--day-first/--month-first", default=None, help="How 01/02/2021 is to be read; else it is refused."),
    click.option("--max-bytes", type=int, default=4 << 30, show_default=True, help="Largest size of a file, unpacked."),
    click.argument("source"),
)
_CHOICES = ("source", "mapping", "encoding", "day_first", "max_bytes")  # what these options are called in Python
_GOLD = click.option("--use-gold", is_flag=True, help="Take event_id of the articles where it is given.")


def _with_reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_READING):
        command = option(command)
    return command


def _reads(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every command that reads articles takes, and hand it the corpus."""

    @wraps(command)
    def reading(**options: Any) -> Any:
        corpus = _read(**{name: options.pop(name) for name in _CHOICES})
        if len(corpus.quarantine) and sys.stderr.isatty():
            click.echo(f"{len(corpus.quarantine)} rows could not be used; 'framing check' says why.", err=True)
        return command(corpus, **options)

    return _with_reading_options(reading)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="framing")
def main() -> None:
    """Compare how different outlets report the same event.

    SOURCE is a file of articles (.jsonl, .json, .csv, .tsv, .parquet, .xlsx, Nexis or Factiva .txt), a quoted pattern
    of several, a folder, or the name of a shipped corpus (see: framing corpora list). Each article needs at least a
    text and an outlet.

    \b
    Examples:
      framing compare articles.jsonl --out results/
      framing compare articles.csv --map text=body --map outlet=source --out results/
      framing labels kabul-2021 --json
    """  # noqa: D301 - \b is for click


@main.command()
@_reads
@_GOLD
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for tables, figures and report.")
@click.option("--seed", default=0, show_default=True, help="Seed of every random step.")
def compare(corpus: Corpus, out: Path, seed: int, *, use_gold: bool) -> None:
    """Run all stages: tables (Parquet and CSV), figures, report.html and run.json."""
    from framing.pipeline import compare as run  # noqa: PLC0415 - lazy
    from framing.report import save_figures  # noqa: PLC0415 - lazy

    result = run(corpus, _settings(use_gold=use_gold, random_state=seed))
    result.save(out)
    figures = save_figures(result.tables, out / "figures", corpus=result.corpus)
    result.to_html(out / "report.html")
    refused = len(corpus.quarantine)
    events = result["events"]["event_id"]
    click.echo(
        f"{len(corpus)} articles of {corpus.articles['outlet'].nunique()} outlets in {events.nunique()} events, "
        f"{int((events.value_counts() > 1).sum())} of them with more than one report."
        + (f" {refused} rows could not be used, see tables/quarantine.csv." if refused else "")
    )
    click.echo(f"Report: {out / 'report.html'}   Tables: {out / 'tables'}   Figures: {len(figures)}")


@main.command()
@_with_reading_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON, also where the source cannot be read.")
@click.pass_context
def check(ctx: click.Context, /, *, as_json: bool, **source: Any) -> None:
    """Dry run: what is read as what, what is odd, which rows are refused and why. Nothing is written.

    \b
    Exit codes:
      0  every row can be used
      1  the source cannot be read; the reason stands on stderr, with --json as {"error": …} on stdout
      2  some rows are refused (or the command line is wrong, then nothing is printed on stdout)
    """  # noqa: D301 - \b is for click
    from framing.reading import check_corpus  # noqa: PLC0415 - lazy
    from framing.reading.overview import format_check  # noqa: PLC0415 - lazy

    try:
        found = check_corpus(_read(**source))
    except FramingError as error:
        if not as_json:
            raise
        click.echo(json.dumps({"source": source["source"], "error": str(error)}, indent=2, ensure_ascii=False))
        ctx.exit(1)
    click.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) if as_json else format_check(found))
    ctx.exit(2 if found["quarantine"] else 0)


@main.command()
@_reads
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File: .jsonl, .csv or .parquet.")
@click.option(
    "--dialect", type=click.Choice(["framing", "quanteda"]), default="framing", show_default=True,
    help="quanteda: a CSV for R with doc_id, text and docvars.",
)  # fmt: skip
def convert(corpus: Corpus, out: Path, dialect: str) -> None:
    """Write the usable articles as one file, which reads back as the same corpus."""
    from framing.reading import write_corpus  # noqa: PLC0415 - lazy

    write_corpus(corpus, out, dialect=dialect)
    refused = len(corpus.quarantine)
    click.echo(
        f"{len(corpus)} articles written to {out}."
        + (f" {refused} rows could not be used; 'framing check' says why." if refused else "")
    )


def _stage_command(name: str, table: str, summary: str) -> None:
    @main.command(name, help=f"{summary} Prints CSV, or writes a file.")
    @_reads
    @_GOLD
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object per row.")
    @click.option("--out", type=click.Path(path_type=Path), help="File to write: .csv, .parquet or .jsonl.")
    def command(corpus: Corpus, out: Path | None, *, use_gold: bool, as_json: bool) -> None:
        from framing.pipeline import run_stages  # noqa: PLC0415 - lazy
        from framing.reading import write_table  # noqa: PLC0415 - lazy

        rows = run_stages(corpus, _settings(use_gold=use_gold), until=table)[table]
        if out is not None:
            write_table(rows, out)
        elif as_json:
            click.echo(rows.to_json(orient="records", lines=True, force_ascii=False, date_format="iso"), nl=False)
        else:
            click.echo(rows.to_csv(index=False, float_format="%.6g"), nl=False)


for _name, (_table, _summary) in _STAGES.items():
    _stage_command(_name, _table, _summary)


@main.group()
def annotate() -> None:
    """Hand spans to people, read back what they coded, measure their agreement.

    \b
    Examples:
      framing annotate sheet articles.jsonl --stage labels --code label=yes,no --out sheet.csv
      framing annotate agreement articles.jsonl ann.csv bob.csv --sheet sheet.csv
      framing annotate export articles.jsonl --stage labels --label form --blind --out tasks.json
      framing annotate import articles.jsonl export.json --out spans.csv
      framing annotate gold articles.jsonl labels=spans.csv --out gold/
      framing annotate score articles.jsonl --stage labels --gold gold/ --table labels
    """  # noqa: D301 - \b is for click


_SPANS = (
    click.option("--spans", type=click.Path(path_type=Path), help="Span table: .csv, .jsonl or .parquet."),
    click.option("--stage", type=click.Choice(list(_STAGES)), help="Or the stage that makes it."),
)
_FORMAT = click.option("--format", type=click.Choice(["label-studio", "doccano"]), help="By default the ending's.")
_OFFSETS = click.option(
    "--offsets",
    type=click.Choice(["code-points", "utf-16"]),
    help="What a file of another program counts.",
)
_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


def _with_spans(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_SPANS):
        command = option(command)
    return command


@annotate.command("export")
@_reads
@_with_spans
@_FORMAT
@click.option("--label", default="label", show_default=True, help="Column that becomes the label of a span.")
@click.option("--blind", is_flag=True, help="Take the names of the labels only, and show no span.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Tasks: .json, or .jsonl for doccano.")
def export_tasks(corpus: Corpus, out: Path, label: str, *, blind: bool, **chosen: Any) -> None:
    """Write tasks for Label Studio or doccano; without --spans and --stage the bare texts."""
    from framing.evaluate import export_annotations  # noqa: PLC0415 - lazy

    tool: Any = chosen.pop("format") or ("doccano" if out.suffix == ".jsonl" else "label-studio")
    table = _span_table(corpus, **chosen)
    export_annotations(corpus, table, out, format=tool, label=label, role="none" if blind else "predictions")
    click.echo(f"{len(corpus)} articles written to {out} for {tool}.")


@annotate.command()
@_reads
@_with_spans
@click.option("--code", "codes", multiple=True, required=True, metavar="NAME=VALUES",
              help="Column to fill in and its values, as label=yes,no; NAME= allows any.")  # fmt: skip
@click.option("--sample", type=int, help="Take so many spans at random, not all.")
@click.option("--window", default=200, show_default=True, help="Characters of context on each side.")
@click.option("--seed", default=0, show_default=True, help="Seed of order and sample.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The sheet, .csv; key and codebook beside.")
def sheet(corpus: Corpus, out: Path, codes: tuple[str, ...], window: int, seed: int, **chosen: Any) -> None:
    """Write a blind coding sheet: spans in random order, with context, without any machine label."""
    from framing.evaluate import write_coding_sheet  # noqa: PLC0415 - lazy

    sample = chosen.pop("sample")
    table = _span_table(corpus, **chosen)
    if table is None:
        raise click.UsageError("say what to code: --spans FILE or --stage NAME.")
    if sample is not None:
        table = table.sample(n=min(sample, len(table)), random_state=seed)
    named = {name: [v for v in values.split(",") if v] for name, values in _pairs(codes, "--code").items()}
    write_coding_sheet(corpus, table, out, codes=named, window=window, random_state=seed)
    click.echo(f"Sheet: {out}   Codebook: {out.with_suffix('.codebook.csv')}   Keep: {out.with_suffix('.key.csv')}")


@annotate.command("import")
@_reads
@_FILES
@_FORMAT
@_OFFSETS
@click.option("--sheet", "written", type=click.Path(path_type=Path), help="Files are coding sheets made from this one.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Spans: .csv, .jsonl or .parquet.")
def import_spans(corpus: Corpus, files: tuple[Path, ...], out: Path, written: Path | None, **tool: Any) -> None:
    """Read what people marked or coded back as a table of spans."""
    from framing.evaluate import read_annotations, read_coding_sheets  # noqa: PLC0415 - lazy
    from framing.reading import write_table  # noqa: PLC0415 - lazy

    if written is not None:
        spans = read_coding_sheets(files, corpus, sheet=written)
    else:
        spans = read_annotations(files, corpus, **tool).spans
    write_table(spans, out)
    click.echo(f"{len(spans)} rows of {spans['coder'].nunique()} coders written to {out}.")


@annotate.command()
@_reads
@_FILES
@_FORMAT
@_OFFSETS
@click.option("--sheet", "written", type=click.Path(path_type=Path), help="Files are coding sheets made from this one.")
@click.option("--level", "levels", multiple=True, metavar="CODE=LEVEL",
              help="nominal (default), ordinal, interval, ratio, or ordered values: degree=low,mid,high.")  # fmt: skip
def agreement(
    corpus: Corpus, files: tuple[Path, ...], written: Path | None, levels: tuple[str, ...], **tool: Any
) -> None:
    """Print Krippendorff's alpha with its 95 % interval (articles kept whole): per code; of spans and of tokens."""
    from framing.evaluate import (  # noqa: PLC0415 - lazy
        Evaluation,
        krippendorff_alpha,
        rate_tokens,
        ratings_table,
        read_annotations,
        read_coding_sheets,
        unitizing_alpha,
    )

    found: dict[str, Evaluation] = {}
    if written is not None:
        coded = read_coding_sheets(files, corpus, sheet=written)
        span = ["unit_id", "coder", "article_id", "field", "start", "end", "surface", "comment"]
        tables = {code: ratings_table(coded, code) for code in coded.columns if code not in span}
    else:
        marked = read_annotations(files, corpus, **tool)
        tables = {"tokens": rate_tokens(corpus, marked.spans, marked.tasks)}
        found["spans"] = unitizing_alpha(corpus, marked.spans, marked.tasks)
        found["boundaries"] = unitizing_alpha(corpus, marked.spans, marked.tasks, label=None)
    chosen = _pairs(levels, "--level")
    unknown = sorted(set(chosen) - set(tables))
    if unknown:
        raise click.BadParameter(
            f"no such code: {', '.join(unknown)}. Codes: {', '.join(tables)}.", param_hint="--level"
        )
    for code, ratings in tables.items():
        level = chosen.get(code, "nominal")
        order = level.split(",") if "," in level else None
        level = "ordinal" if order else level
        found[code] = krippendorff_alpha(ratings, level=level, order=order)  # type: ignore[arg-type]
    table = Evaluation.table(found.values())
    table.insert(0, "code", list(found))
    click.echo(table.to_csv(index=False, float_format="%.3f"), nl=False)


@annotate.command()
@_reads
@click.argument("tables", nargs=-1, required=True, metavar="NAME=FILE...")
@click.option("--with-words", is_flag=True, help="Keep the words, for texts of your own; else only sha256 and offsets.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder: corpus.toml and one CSV each.")
def gold(corpus: Corpus, tables: tuple[str, ...], out: Path, *, with_words: bool) -> None:
    """Write gold tables that may be shared where the texts may not: identifiers, sha256, offsets, labels."""
    from framing.evaluate import write_gold  # noqa: PLC0415 - lazy
    from framing.reading import read_table  # noqa: PLC0415 - lazy

    named = {name: read_table(path) for name, path in _pairs(tables, "TABLES", "NAME=FILE").items()}
    write_gold(corpus, named, out, standoff=not with_words)
    click.echo(f"{', '.join(f'{name}: {len(table)} rows' for name, table in named.items())}, written to {out}.")


@annotate.command()
@_reads
@_with_spans
@click.option("--gold", "folder", required=True, help="Gold folder, or a corpus that brings gold.")
@click.option("--table", required=True, help="Which gold table.")
@click.option("--on", multiple=True, metavar="COLUMN", help="Columns that must agree beside the place.")
def score(corpus: Corpus, folder: str, table: str, on: tuple[str, ...], **chosen: Any) -> None:
    """Print precision, recall and F1 of found spans against gold, exact and by overlap, with 95 % intervals."""
    from framing.evaluate import Evaluation, evaluate_spans, restore_surfaces  # noqa: PLC0415 - lazy
    from framing.reading import read_gold  # noqa: PLC0415 - lazy

    found = _span_table(corpus, **chosen)
    if found is None:
        raise click.UsageError("say what to score: --spans FILE or --stage NAME.")
    truth = restore_surfaces(corpus, read_gold(folder, table))
    truth = truth if "field" in truth.columns else truth.assign(field="text")
    figures = Evaluation.table(evaluate_spans(found, truth, on=on))
    click.echo(figures.to_csv(index=False, float_format="%.3f"), nl=False)


@main.group()
def corpora() -> None:
    """Corpora that the package ships or describes; those with texts of others are fetched once."""


@corpora.command("list")
def list_shipped() -> None:
    """List the corpora: name, whether the texts are here, title."""
    from framing.reading.shipped import is_here, list_corpora  # noqa: PLC0415 - lazy

    for name, path in list_corpora().items():
        click.echo(f"{name}\t{'here' if is_here(path) else 'to fetch'}\t{_toml(path).get('title', '')}")


@corpora.command()
@click.argument("name")
def show(name: str) -> None:
    """Show a corpus's description and data card."""
    from framing.reading.shipped import described_corpus  # noqa: PLC0415 - lazy

    path = described_corpus(name)
    click.echo(path.read_text("utf-8"))
    card = path.parent / "README.md"
    if card.is_file():
        click.echo(card.read_text("utf-8"))


@corpora.command()
@click.argument("name")
@click.option("--from", "source", type=click.Path(path_type=Path), help="Folder with the raw files; no download then.")
def fetch(name: str, source: Path | None) -> None:
    """Download a public corpus, or take it from a folder; check every file; convert it.

    Without --from, the folder $FRAMING_DATA/NAME is taken where there is one. The texts are kept in $FRAMING_CACHE, by
    default ~/.cache/framing. An interrupted download goes on when called again. No other command opens the network.
    """
    from framing.reading import fetch_corpus, read_corpus  # noqa: PLC0415 - lazy

    folder = fetch_corpus(name, source=source)
    corpus = read_corpus(folder)
    click.echo(f"{name}: {len(corpus)} articles of {corpus.articles['outlet'].nunique()} outlets in {folder}")
    click.echo(f"Licence: {_toml(folder / 'corpus.toml').get('licence', 'none stated')}")


@main.group()
def experiments() -> None:
    """Reproducible experiments of a checkout."""


_ROOT = click.option(
    "--root", type=click.Path(path_type=Path), default=Path("experiments"), show_default=True, help="Their folder."
)
_OUT = click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Results; by default out/ in the root, git-ignored."
)


@experiments.command("list")
@_ROOT
def list_experiments(root: Path) -> None:
    """List the experiments."""
    from framing.experiments import find_experiments  # noqa: PLC0415 - lazy

    for experiment in find_experiments(root):
        click.echo(f"{experiment.name}\t{experiment.question}")


@experiments.command("run")
@click.argument("names", nargs=-1)
@click.option("--all", "run_all", is_flag=True, help="Run every experiment.")
@_ROOT
@_OUT
def run_named(names: tuple[str, ...], root: Path, out: Path | None, *, run_all: bool) -> None:
    """Run experiments by name."""
    from framing.experiments import find_experiments, run_experiment  # noqa: PLC0415 - lazy

    known = {experiment.name: experiment for experiment in find_experiments(root)}
    chosen = list(known) if run_all else list(names)
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen:
        raise click.UsageError(f"no such experiment: {', '.join(unknown) or 'none named'}. Known: {', '.join(known)}.")
    for name in chosen:
        click.echo(f"{name}: {run_experiment(known[name], out or root / 'out')}")


@experiments.command()
@_ROOT
@_OUT
@click.pass_context
def verify(ctx: click.Context, root: Path, out: Path | None) -> None:
    """Run every experiment and compare its tables with expected/, cell by cell."""
    from framing.experiments import (  # noqa: PLC0415 - lazy
        compare_outputs,
        find_experiments,
        not_compared,
        run_experiment,
    )

    failed = False
    for experiment in find_experiments(root):
        found = run_experiment(experiment, out or root / "out")
        differences = compare_outputs(experiment.folder / "expected", found)
        failed |= bool(differences)
        click.echo(f"{experiment.name}: {'differs' if differences else 'as expected'}")
        for folder in not_compared(experiment.folder / "expected", found):
            click.echo(f"  not compared: {folder}/, whose data are not here")
        for line in differences:
            click.echo(f"  {line}")
    ctx.exit(int(failed))


def _read(source: str, mapping: tuple[str, ...], **choices: Any) -> Corpus:
    from framing.reading import Reading, read_corpus  # noqa: PLC0415 - lazy

    columns = _pairs(mapping, "--map", "OURS=THEIRS")
    if not all(columns.values()):
        raise click.BadParameter(f"expected OURS=THEIRS, got {', '.join(mapping)}", param_hint="--map")
    return read_corpus(source, columns=columns or None, reading=Reading(**choices))


def _pairs(items: tuple[str, ...], option: str, form: str = "NAME=VALUE") -> dict[str, str]:
    parts = [item.partition("=") for item in items]
    wrong = [item for item, (name, sign, _) in zip(items, parts, strict=True) if not (name and sign)]
    if wrong:
        raise click.BadParameter(f"expected {form}, got {', '.join(wrong)}", param_hint=option)
    return {name: value for name, _, value in parts}


def _span_table(corpus: Corpus, spans: Path | None, stage: str | None) -> Any:
    if spans is not None:
        from framing.reading import read_table  # noqa: PLC0415 - lazy

        return read_table(spans)
    if stage is None:
        return None
    from framing.pipeline import run_stages  # noqa: PLC0415 - lazy

    table = _STAGES[stage][0]
    return run_stages(corpus, _settings(), until=table)[table]


def _settings(**chosen: Any) -> Settings:
    from framing.pipeline import Settings  # noqa: PLC0415 - lazy

    return Settings(**chosen)


def _toml(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - only here

    return tomllib.loads(path.read_text("utf-8"))
