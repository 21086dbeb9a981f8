"""What a word-level change changes: a number, a name, a verb, words in quotation marks, a bracket, the place of words.

The forms of words decide; there is no lexicon of labels here, for labels are found by `framing.cues`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from framing.align.word_edits import WordEdit
from framing.text import same_glyphs

__all__ = ["type_edits"]

_WORD = re.compile(r"\w+(?:[.,:'\-]\w+)*")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_BETWEEN = re.compile(r'"([^"]*)"')
_NUMBERS = _words("""
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million
    millions billion billions dozen dozens score scores half third quarter twice
    ноль один одна одно одного одной два две двух двое три трёх трех трое четыре четырёх четырех четверо пять пяти
    пятеро пятерых шесть шести шестеро семь семи семеро восемь восьми девять девяти десять десяти одиннадцать
    двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать двадцати
    тридцать тридцати сорок сорока пятьдесят шестьдесят семьдесят восемьдесят девяносто сто ста двести триста
    четыреста пятьсот шестьсот семьсот восемьсот девятьсот тысяча тысячи тысяч миллион миллиона миллионов миллиард
    миллиарда миллиардов десяток десятки десятков сотня сотни сотен половина половину треть четверть дюжина
    """)
_DAYS = _words("""
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december
    """)
# Verbs whose past or participle does not end in -ed, and auxiliaries.
_IRREGULAR = _words("""
    am is are was were be been being has have had having does did done will would shall should can could may might must
    became began begun bent bet bit bitten bled blew blown bore born bought bound bred broke broken brought built burnt
    came caught chose chosen clung crept cut dealt drank drew drawn drove driven drunk dug ate eaten fed felt fell
    fallen fled flew flown forbade forbidden forgot forgotten fought found froze frozen gave given went gone got gotten
    grew grown heard held hid hidden hit hung hurt kept knelt knew known laid lay lain led left lent let lit lost made
    meant met mistook paid put quit ran rang read rid rode ridden rose risen rung said sang sank sat saw seen sent set
    sewn shed shone shook shaken shot showed shown shrank shut slain slept slew slid slung sold sought spent spoke
    spoken spread sprang stole stolen stood stuck struck stricken stung sung sunk swam swept swore sworn swum swung
    taught thought threw thrown told took taken tore torn understood undid undone upheld withdrew withdrawn withheld
    woke woken won wore worn wound wove wrote written
    """)
_PAST = re.compile(r"[a-z]{2,}ed")
_PRESENT = re.compile(r"[a-z]{2,}(?:[^s\W]s|ing)")
_RUSSIAN_VERB = re.compile(
    r"[а-яё]+(?:[аеёиоуыяю]л[аои]?|[бгзкпрхс]л[аои]|шёл|шел|шл[аои])(?:сь|ся)?"
    r"|[а-яё]*(?:н[её]с|в[её]з|вырос|лёг|мог|погиб|исчез|достиг|возник|сб[её]г)(?:ся)?"
    r"|[а-яё]{2,}(?:[аяеёиую]т|[аеёиуыя]ть|[чс]ь|[её]т)(?:ся|сь)?"
    r"|[а-яё]{2,}(?:[ае]н[аоы]|[её]н[аоы]?|[иыя]т[аоы]|ан)"
)
# Nouns of news that end like a verb.
_RUSSIAN_NOUN = re.compile(
    r"генерал\w*|адмирал\w*|капитал\w*|материал\w*|канал\w*|журнал\w*|сигнал\w*|сил[аы]?|школ[аы]?|цели|недели|числ[ао]"
    r"|сел[ао]|дел[ао]|тел[ао]|стрел[аы]|начал[ао]|суд\w*|депутат\w*|солдат\w*|кандидат\w*|сенат\w*|совет\w*|комитет\w*"
    r"|проект\w*|объект\w*|ответ\w*|билет\w*|портрет\w*|пакет\w*|дефицит\w*|кредит\w*|бандит\w*|визит\w*|страны|стран[ао]?"
    r"|сторон[аыо]|стен[аы]|цен[аы]|смен[аы]|перемен[аы]|ракет[аы]?|газет[аы]?|часть|область|власть|помощь|ночь|речь|план"
    r"|экран|ветеран|ресторан|президент\w*|агент\w*"
)
_DETERMINERS = _words("a an the this that these those his her its their our my your some any no every each of")
_SHORT = 3  # words up to which a change is of one thing
_SHORT_NAME = 4  # words up to which a quoted phrase in capitals is a name
_OPENS = {"(": ")", "[": "]"}


def type_edits(text: str, other: str, edits: Sequence[WordEdit]) -> list[str]:
    """Return what each change between two sentences changes, as in column ``type`` of table ``edits``.

    Parameters
    ----------
    text, other : str
        The two sentences.
    edits : sequence of WordEdit
        Changes from one to the other.

    Returns
    -------
    list of str
        One type for each edit.
    """
    text, other = same_glyphs(text), same_glyphs(other)
    moved = _moved(text, other, edits)
    return ["move" if k in moved else _type(text, other, edit) for k, edit in enumerate(edits)]


def _moved(text: str, other: str, edits: Sequence[WordEdit]) -> set[int]:
    """Find deletions and insertions of the same words, each paired once; a short word returns by chance."""
    waiting: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    moved: set[int] = set()
    for k, edit in enumerate(edits):
        surface = text[edit.start : edit.end] + other[edit.other_start : edit.other_end]
        words = tuple(_WORD.findall(surface.casefold()))
        if edit.operation == "replace" or sum(map(len, words)) < 4:
            continue
        counterpart = "insert" if edit.operation == "delete" else "delete"
        if waiting[counterpart, words]:
            moved |= {k, waiting[counterpart, words].pop()}
        else:
            waiting[edit.operation, words].append(k)
    return moved


def _type(text: str, other: str, edit: WordEdit) -> str:
    sides = [(text, edit.start, edit.end), (other, edit.other_start, edit.other_end)]
    changed = [(whole, start, end) for whole, start, end in sides if start < end]
    surfaces = [whole[start:end] for whole, start, end in changed]
    words = [_WORD.findall(surface) for surface in surfaces]
    tests: dict[str, Callable[[], bool]] = {
        "bracket": lambda: any(s[0] == "*" or (s[0] in _OPENS and s[-1] == _OPENS[s[0]]) for s in surfaces),
        "punctuation": lambda: not any(words),
        "number": lambda: _changes_number(words),
        "name": lambda: all(_is_name(*place) for place in changed),
        "quotation": lambda: all(_quoted(*place) for place in sides) or any(map(_quotes, surfaces)),
        "verb": lambda: _changes_verb(words, changed),
    }
    return next((name for name, holds in tests.items() if holds()), "other")


def _changes_number(words: list[list[str]]) -> bool:
    numbers = [[word for word in side if _is_number(word)] for side in words]
    short = max(map(len, words)) <= _SHORT
    return (
        any(numbers) and (short or (len(words) > 1 and all(numbers))) and (len(words) < 2 or numbers[0] != numbers[1])
    )


def _is_number(word: str) -> bool:
    return any(c.isdigit() for c in word) or word.casefold() in _NUMBERS


def _is_name(whole: str, start: int, end: int) -> bool:
    """Whether all words begin with a capital that the beginning of a sentence or quotation does not explain."""
    words = _WORD.findall(whole[start:end])
    if not words or any(word.casefold() in _DAYS for word in words):
        return False
    if not _capitals(words):
        return False
    if _quoted(whole, start, end):
        opened, closed = whole.rfind('"', 0, start + 1) + 1, whole.find('"', end)
        quoted = _WORD.findall(whole[opened : closed if closed >= 0 else len(whole)])
        return len(quoted) <= _SHORT_NAME and _capitals(quoted)
    begins = not whole[:start].strip(' "') or whole[:start].rstrip()[-1:] in set(".!?:")
    return not begins or len(words) > 1 or words[0].isupper()


def _capitals(words: list[str]) -> bool:
    """Whether all words, or their parts behind the last hyphen (al-Tall), begin with a capital."""
    return all(word.rsplit("-", 1)[-1][:1].isupper() for word in words)


def _quotes(surface: str) -> bool:
    """Whether the words hold a quotation mark that is not that of a name."""
    quoted = [_WORD.findall(part) for part in _BETWEEN.findall(surface)]
    return '"' in surface and not (quoted and all(len(q) <= _SHORT_NAME and _capitals(q) for q in quoted))


def _quoted(whole: str, start: int, end: int) -> bool:
    """Whether a place lies inside quotation marks: behind an odd number of them, and before another."""
    return whole.count('"', 0, start) % 2 == 1 and whole.find('"', end) >= 0


def _changes_verb(words: list[list[str]], changed: list[tuple[str, int, int]]) -> bool:
    """Whether both sides hold the form of a verb, one of them for certain, and no determiner makes it an adjective."""
    if len(words) < 2 or max(map(len, words)) > _SHORT:
        return False
    before = [whole[max(0, start - 10) : start].casefold().split() for whole, start, _ in changed]
    if any(b and b[-1] in _DETERMINERS for b in before):
        return False
    certain = [any(_certain(word) for word in side) for side in words]
    possible = [len(side) == 1 and bool(_PRESENT.fullmatch(side[0])) for side in words]
    return any(certain) and all(c or p for c, p in zip(certain, possible, strict=True))


def _certain(word: str) -> bool:
    if _RUSSIAN_VERB.fullmatch(word):
        return not _RUSSIAN_NOUN.fullmatch(word)
    return bool(_PAST.fullmatch(word)) or word in _IRREGULAR
