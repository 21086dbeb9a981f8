"""House style as masks, kind by kind, so that a result can be seen before and after each is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pandas as pd

from framing.reading import Corpus
from framing.schema import FIELDS, empty, make
from framing.text import mask_spans

__all__ = ["find_style", "style_steps"]

STEPS = (
    ("datelines and credits", ("dateline", "credit", "byline", "caption", "footer", "furniture")),
    ("honorifics", ("honorific",)),
    ("party tags", ("party tag",)),
    ("weekdays", ("weekday",)),
    ("titles", ("title",)),
    ("labels", ("label",)),
    ("names", ("name",)),
)
"""Order in which kinds are masked: from what is mere convention to what is content."""

_TITLE = (
    "President|Vice President|Senator|Sen|Senators|Sens|Representative|Rep|Reps|Congressman|Congresswoman|Governor|Gov|"
    "Secretary|Prime Minister|Premier|Chancellor|Minister|Justice|Judge|Mayor|General|Gen|Colonel|Col|Lieutenant|Lt|"
    "Major|Maj|Captain|Capt|Sergeant|Sgt|Admiral|Adm|Speaker|Chairman|Chairwoman|Attorney General|Ambassador|Pope|King|"
    "Queen|Prince|Princess|Sheikh|Ayatollah|Professor|Prof"
)
_FORMS = {
    "honorific": re.compile(
        r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Messrs|Sir|Dame|Lord|Lady|Mme|Mlle|Herr|Frau|Señora?|Sra?)\b\.?(?=\s+[^\W\d_])"
    ),
    "party tag": re.compile(
        r"\((?:Rep|Dem|Republican|Democrat|Independent|Con|Conservative|Lab|Labour|[RDILG])\b\.?(?:\s?[-–—,.]\s?[^()\n]{1,24})?\)"
        r"|(?<=, )[RDI][-–—]\s?[A-Z][\w.]{0,14}(?: [A-Z][\w.]{1,14})?"
    ),
    "weekday": re.compile(
        r"\b(?:[Oo]n )?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:s|[’']s)?\b"
        r"|(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\.)"
    ),
    "title": re.compile(rf"\b(?:{_TITLE})\b\.?(?=\s+[A-Z])"),
}
_INNER = re.compile(r"(?<=[\w,;:)] )[^\W\d_]\w+(?:[’'-]\w+)*")
_WORD = re.compile(r"\b[^\W\d_]\w+(?:[’'-]\w+)*")


def find_style(
    corpus: Corpus, *, datelines: pd.DataFrame | None = None, labels: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Find what belongs to an outlet's house style, as masks.

    Honorifics, party tags, weekdays and titles are found by form (English, with the commonest honorifics of other
    languages); a name is a word that the corpus prints with a capital at least nine times in ten where no sentence
    begins.

    Parameters
    ----------
    corpus : Corpus
        The articles.
    datelines : DataFrame, optional
        Table ``datelines``.
    labels : DataFrame, optional
        Table ``labels``.

    Returns
    -------
    DataFrame
        Table ``masks`` with the kinds of `style_steps`.
    """
    texts = {name: corpus.texts(name) for name in FIELDS}
    names = _names(texts)
    rows = [
        {"article_id": article, "field": name, "start": start, "end": end, "surface": text[start:end], "kind": kind}
        for name in FIELDS
        for article, text in texts[name].items()
        for kind, start, end in _found(text, names)
    ]
    parts = [make("masks", [{**row, "source_id": None} for row in rows])]
    if datelines is not None and len(datelines):
        parts.append(mask_spans(datelines))
    if labels is not None and len(labels):
        parts.append(mask_spans(labels, "label"))
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else empty("masks")


def style_steps(masks: pd.DataFrame) -> dict[str, pd.DataFrame | None]:
    """Arrange masks as growing steps for `OutletSeparability.fit`: nothing, then one kind more at a time.

    Parameters
    ----------
    masks : DataFrame
        Table ``masks``, as from `find_style`; kinds of its own come last, alphabetically.

    Returns
    -------
    dict of str to DataFrame
        Each step masks what the step before does, and more; kinds that do not occur make no step.
    """
    known = {kind for _, kinds in STEPS for kind in kinds}
    own = [(kind, (kind,)) for kind in sorted(set(masks["kind"]) - known)]
    steps: dict[str, pd.DataFrame | None] = {"none": None}
    taken: list[str] = []
    for name, kinds in (*STEPS, *own):
        if masks["kind"].isin(kinds).any():
            taken += kinds
            steps[f"with {name}"] = masks[masks["kind"].isin(taken)].reset_index(drop=True)
    return steps


def _found(text: str, names: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    for kind, form in _FORMS.items():
        for match in form.finditer(text):
            yield kind, match.start(), match.end()
    for match in _WORD.finditer(text):
        if match.group()[0].isupper() and match.group().lower() in names:
            yield "name", match.start(), match.end()


def _names(texts: dict[str, dict[str, str]]) -> frozenset[str]:
    """Words that are printed with a capital at least nine times in ten where no sentence begins."""
    every, capital = Counter[str](), Counter[str]()
    for text in texts["text"].values():
        words = _INNER.findall(text)
        every.update(word.lower() for word in words)
        capital.update(word.lower() for word in words if word[0].isupper())
    return frozenset(word for word, n in capital.items() if n >= 0.9 * every[word])
