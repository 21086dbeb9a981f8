"""Glosses: brackets and short appositions that translate, abbreviate, date or rank a name. They are no labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from framing.cues.adjacent import Span, brackets, is_name, name_before
from framing.cues.find import Places
from framing.reading import Corpus
from framing.schema import check, empty, stable_ids

__all__ = ["find_glosses", "gloss_kind", "is_gloss"]

_STATES = (
    "Ala|Alaska|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Hawaii|Idaho|Ill|Ind|Iowa|Kan|Ky|La|Maine|Md|Mass|Mich|Minn|Miss|Mo|Mont|"
    "Neb|Nev|N\\.H|N\\.J|N\\.M|N\\.Y|N\\.C|N\\.D|Ohio|Okla|Ore|Pa|R\\.I|S\\.C|S\\.D|Tenn|Texas|Utah|Vt|Va|Wash|W\\.Va|Wis|Wyo"
)
_KINDS = (
    ("party", re.compile(rf"[DRI]\s?[-–—]\s?(?:[A-Z][\w.]{{1,12}}(?: [A-Z][\w.]{{1,12}})?|(?:{_STATES})\.?)")),
    (
        "party",
        re.compile(r"[DRI]|(?:Lab|Con|Lib ?Dem|SNP|DUP|Plaid|CDU|CSU|SPD|FDP|AfD|PSOE|PP|Vox|LR|RN|AKP|CHP|HDP|MHP)"),
    ),
    ("age", re.compile(r"(?:aged? )?\d{1,3}(?: (?:years old|ans|años|Jahre|лет|год|года|yaşında|років|роки|рік))?")),
    ("years", re.compile(r"(?:b\.|born|né|née|nacid[oa]|geboren|род\.|doğ\.)?\s?\d{4}(?:\s?[-–—]\s?(?:\d{2,4})?)?")),
    (
        "ticker",
        re.compile(
            r"(?:NYSE|NASDAQ|Nasdaq|LSE|LON|TSX|ETR|EPA|MOEX|BIST|HKG|TYO|[A-Z]{2,6})\s?:\s?[A-Z0-9.]{1,6}|"
            r"[A-Z]{1,6}\.[A-Z]{1,3}"
        ),
    ),
    (
        "acronym",
        re.compile(
            r"[A-ZÀ-ÞА-ЯЁІЇЄҐ][A-Za-zÀ-ÿА-яЁёіїєґ&/.-]{0,4}[A-ZÀ-ÞА-ЯЁІЇЄҐ.](?:[A-ZÀ-ÞА-ЯЁІЇЄҐ/-]{0,6})|[A-Z]{1,6}"
        ),
    ),
    ("number", re.compile(r"[$€£¥₽₺~+-]?\d[\d.,:%$€£ /-]{0,20}(?:\w{1,12}[²³%.]?){0,2}")),
    (
        "translation",
        re.compile(
            r"(?:in |from |lit\.? |or |aka |a\.k\.a\. |formerly |former |auf |en |по-|букв\. |или |"
            r"бывш\w{2,4} )?[«“\"„][^«»“”\"]{1,60}[»”\"“]"
        ),
    ),
)


def gloss_kind(phrase: str) -> str | None:
    """Return what a bracket glosses, without its marks: party, age, years, ticker, acronym, number, translation."""
    inner = phrase.strip().removeprefix("(").removeprefix("[").removesuffix(")").removesuffix("]").strip(" ,;")
    return next((kind for kind, form in _KINDS if form.fullmatch(inner)), None)


def is_gloss(phrase: str) -> bool:
    """Whether a bracket only glosses a name."""
    return gloss_kind(phrase) is not None


def find_glosses(corpus: Corpus, *, quotations: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find brackets that gloss a name: party and state, age, years, acronym, ticker, number, translation.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    quotations : DataFrame, optional
        Table ``quotations``, for the voice.

    Returns
    -------
    DataFrame
        Table ``cues`` with the family ``gloss`` and rules such as ``gloss/party``; offsets include the brackets.
    """
    rows = []
    for place in Places(corpus, quotations, None):
        for span, target, kind in _glosses(place.text):
            rows.append(
                {
                    **place.span(*span),
                    "rule_id": f"gloss/{kind}",
                    "family": "gloss",
                    **place.part("target", target),
                    "voice": "quoted" if place.quoted(*span) else "outlet",
                    "position": place.position(span[0]),
                    "first_mention": place.first_mention(target),
                    "language": place.language,
                }
            )
    if not rows:
        return empty("cues")
    frame = pd.DataFrame(rows)
    ids = stable_ids("cue", *(frame[c] for c in ("article_id", "field", "start", "end", "rule_id")))
    return check(frame.assign(cue_id=ids), "cues")


def _glosses(text: str) -> Iterator[tuple[Span, Span, str]]:
    for start, end in brackets(text):
        target = name_before(text, start)
        kind = gloss_kind(text[start:end])
        if kind is not None and target is not None and is_name(text, target):
            yield (start, end), target, kind
