"""Lexicons are data: TOML files of rules, each with its reason, its source and examples that run as tests."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick
import numpy as np
import numpy.typing as npt

from framing.errors import LexiconError

__all__ = ["CueMatch", "CueRule", "Lexicon", "list_lexicons", "load_lexicon"]

_SHIPPED = Path(__file__).parent / "lexicons"
_HEADER = ("name", "version", "language", "source", "licence", "citation")
_RULE = ("id", "family", "rationale")
_OPTIONAL = ("words", "regex", "near", "examples", "counterexamples", "role", "value", "authority", "target")
_ROLES = ("cue", "designation", "verdict", "authority", "head", "function", "verb", "source")
_TARGETS = ("", "next", "previous")
_MAX_SUFFIX = 12  # letters that a final * stands for
_REACH = 160  # code points around a word of ``near`` in which a regular expression is tried
# Unbounded repeats are refused, so that no pattern takes more than linear time.
_UNBOUNDED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|([*+]|\{\d*,\})", re.DOTALL)
_GLYPHS = str.maketrans(
    {"İ": "i", "ı": "i", "’": "'", "ʼ": "'", "‐": "-", "‑": "-", "\u00a0": " ", "\n": " ", "\t": " ", "\r": " "}
)


@dataclass(frozen=True)
class CueRule:
    """One rule: what it matches, why, and sentences that show it.

    Attributes
    ----------
    words : tuple of str
        Literal words and phrases in all their forms; a final ``*`` stands for up to 12 further letters.
    regex : str
        Instead of words: a regular expression with bounded repeats only (``{0,3}``, ``?``), case-insensitive.
    near : tuple of str
        With a regular expression: words of which one stands in every match. It is then tried only around them, at
        most 160 code points off, which is many times faster.
    role : str
        ``cue``, or the part that it plays in the grammar of labels: ``designation``, ``verdict``, ``authority``,
        ``head``, ``function``; or in that of sourcing: ``verb``, ``source``. Only cues and
        designations are found by `find_cues`.
    value : str
        Designation or authority that the words mean. Of a verb of speech: ``beside`` where it counts only with "that"
        or a quotation beside it, ``according`` where the source follows as in ``according to``.
    authority : str
        Authority that a designation implies where the text names none.
    target : str
        Where the qualified phrase stands: ``next``, ``previous``, or nowhere.
    """

    lexicon: str
    id: str
    family: str
    language: str
    rationale: str
    words: tuple[str, ...] = ()
    regex: str = ""
    near: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    role: str = "cue"
    value: str = ""
    authority: str = ""
    target: str = ""

    @cached_property
    def rule_id(self) -> str:
        """Identifier in result tables: lexicon/rule."""
        return f"{self.lexicon}/{self.id}"


class CueMatch(NamedTuple):
    """A rule and where it matched: code points, end exclusive."""

    start: int
    end: int
    rule: CueRule


@dataclass(frozen=True)
class Lexicon:
    """Rules of one or several lexicon files.

    Attributes
    ----------
    names : tuple of str
        Lexicons merged here.
    versions : tuple of str
        ``name version (source; licence)`` of each, for the methods section of a report.
    rules : tuple of CueRule
    """

    names: tuple[str, ...]
    versions: tuple[str, ...]
    rules: tuple[CueRule, ...]

    def select(self, *, allow: Iterable[str] = (), deny: Iterable[str] = ()) -> Lexicon:
        """Keep or drop rules, families and single words.

        Parameters
        ----------
        allow : iterable of str
            Rule identifiers (``hedges/modal``) or families; with any, only these rules stay.
        deny : iterable of str
            Rule identifiers, families, or words as they stand in a rule (``likely``), which are dropped.

        Returns
        -------
        Lexicon

        Raises
        ------
        LexiconError
            If an entry names no rule, family or word: one error lists all.

        Examples
        --------
        >>> chosen = load_lexicon("hedges").select(deny=["likely", "hedges/approximator"])
        >>> [m.rule.rule_id for m in chosen.matches("It is likely, in a sense, probably over.", "en")]
        ['hedges/adverb']
        """
        allowed, denied = set(allow), {*deny}
        names = {name for rule in self.rules for name in (rule.rule_id, rule.family)}
        words = {word for rule in self.rules for word in rule.words}
        unknown = sorted((allowed - names) | (denied - names - words))
        if unknown:
            raise LexiconError(
                f"select: no rule, family or word is called {', '.join(map(repr, unknown))}. "
                f"Families: {', '.join(sorted({rule.family for rule in self.rules}))}."
            )
        rules = []
        for rule in self.rules:
            if {rule.rule_id, rule.family} & denied or (allowed and not {rule.rule_id, rule.family} & allowed):
                continue
            kept = tuple(word for word in rule.words if word not in denied)
            if kept or rule.regex:
                rules.append(replace(rule, words=kept))
        return replace(self, rules=tuple(rules))

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that have rules."""
        return tuple(sorted({rule.language for rule in self.rules}))

    def matches(
        self, text: str, language: str, *, roles: tuple[str, ...] = _ROLES, within: tuple[int, int] | None = None
    ) -> list[CueMatch]:
        """Find every rule of one language in a text, in one pass over all literal words.

        Parameters
        ----------
        text : str
            Any text.
        language : str
            ISO 639-1 code; rules of other languages do not speak.
        roles : tuple of str
            Roles of the rules sought; all by default.
        within : (int, int), optional
            Start and end of the stretch that is read, at borders of words; the whole text by default.

        Returns
        -------
        list of CueMatch
            By start, end and rule; where literal words of the roles sought overlap, the longest counts.
        """
        key = (language, roles)
        if key not in self._matchers:
            self._matchers[key] = _Matcher([r for r in self.rules if r.language == language and r.role in roles])
        return self._matchers[key].find(text, *(within or (0, len(text))))

    @cached_property
    def _matchers(self) -> dict[tuple[str, tuple[str, ...]], _Matcher]:
        return {}


class _Matcher:
    """Rules of one language: one automaton for all literal words, the regular expressions beside it."""

    def __init__(self, rules: Iterable[CueRule]) -> None:
        rules = list(rules)
        self.words = _Words((word, rule) for rule in rules for word in rule.words)
        self.near = _Words((word, rule) for rule in rules for word in rule.near)
        self.regexes = {rule: re.compile(rule.regex, re.IGNORECASE) for rule in rules if rule.regex}

    def find(self, text: str, low: int, high: int) -> list[CueMatch]:
        plain = _plain_text(text[low:high])
        found = [
            CueMatch(low + start, low + end, rule) for start, end, rules in self.words.find(plain) for rule in rules
        ]
        by_regex = {m for rule in self.regexes if not rule.near for m in self._matches(rule, text, low, high)}
        reached: dict[CueRule, int] = {}
        for start, end, rules in self.near.find(plain):
            for rule in rules:
                begin = max(low, low + start - _REACH, reached.get(rule, 0))
                by_regex.update(self._matches(rule, text, begin, low + end + _REACH))
                reached[rule] = low + start
        if not by_regex:
            return found
        return sorted([*found, *by_regex], key=lambda m: (m.start, m.end, m.rule.rule_id))

    def _matches(self, rule: CueRule, text: str, low: int, high: int) -> Iterator[CueMatch]:
        for found in self.regexes[rule].finditer(text, low, min(high, len(text))):
            if found.end() > found.start():
                yield CueMatch(found.start(), found.end(), rule)


class _Words:
    """Literal words and stems with their rules, in one Aho-Corasick automaton.

    The automaton reads a text in small letters whose marks are all blanks, one for one: a word is a key between two
    blanks, a stem a key after one. What it finds is compared with the words as they are written.
    """

    def __init__(self, words: Iterable[tuple[str, CueRule]]) -> None:
        self.literal: dict[str, list[CueRule]] = defaultdict(list)
        self.stems: dict[str, list[CueRule]] = defaultdict(list)
        for word, rule in words:
            table = self.stems if word.endswith("*") else self.literal
            table[_normal(word.rstrip("*"))].append(rule)
        self.automaton = ahocorasick.Automaton()
        for table, closing in ((self.literal, " "), (self.stems, "")):
            for word in table:
                for spaced in _spaced(word):
                    key = f" {_blank_marks(spaced)}{closing}"
                    self.automaton.add_word(key, (len(spaced), not closing))
        self.automaton.make_automaton()
        self.known: dict[str, list[CueRule]] = {}  # by the words as they stand

    def find(self, text: _PlainText) -> Iterator[tuple[int, int, list[CueRule]]]:
        """Yield spans with their rules from left to right; where words overlap, the first and longest counts."""
        if not len(self.automaton):
            return
        spans = []
        for last, (length, stem) in self.automaton.iter(text.blank):
            start = last - length if stem else last - 1 - length  # without the blank that pads the text
            end = start + length if not stem else text.blank.index(" ", last + 1) - 1
            if end - start - length <= _MAX_SUFFIX:
                spans.append((start, -end))
        reached = 0
        for start, minus in sorted(spans):
            if start >= reached and (rules := self._rules_at(text.lower[start:-minus])):
                yield start, -minus, rules
                reached = -minus

    def _rules_at(self, surface: str) -> list[CueRule]:
        rules = self.known.get(surface)
        if rules is None:
            rules = self.known.setdefault(surface, self._rules_of(_normal(surface)))
        return rules

    def _rules_of(self, matched: str) -> list[CueRule]:
        """Return the rules of a word in a fixed order."""
        if matched in self.literal:
            return sorted(self.literal[matched], key=lambda rule: rule.rule_id)
        for cut in range(len(matched), max(0, len(matched) - _MAX_SUFFIX - 1), -1):
            if matched[:cut] in self.stems:
                return sorted(self.stems[matched[:cut]], key=lambda rule: rule.rule_id)
        return []


class _PlainText(NamedTuple):
    """A text in small letters, and the same with a blank for each mark, between two blanks more at either end."""

    lower: str
    blank: str


def _plain_text(text: str) -> _PlainText:
    lower = text.lower()
    if len(lower) != len(text):  # "İ" has two code points in small letters
        lower = "".join(small if len(small := char.lower()) == 1 else small[0] for char in text)
    return _PlainText(lower, f" {_blank_marks(lower)}  ")


def _blank_marks(text: str) -> str:
    """Put a blank for every code point that is no letter, digit or underscore."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _wordlike()[codes].tobytes().decode("utf-32-le", "surrogatepass")


@cache
def _wordlike() -> npt.NDArray[np.uint32]:
    """Table from every code point to itself, where it belongs to a word, else to a blank."""
    table = np.full(sys.maxunicode + 1, ord(" "), dtype=np.uint32)
    for run in re.finditer(r"\w+", "".join(map(chr, range(len(table))))):
        table[run.start() : run.end()] = np.arange(run.start(), run.end(), dtype=np.uint32)
    table[ord("ı")] = ord("i")  # the small letter of "I" is "i" outside Turkish
    return table


def _normal(words: str) -> str:
    return " ".join(words.translate(_GLYPHS).lower().split())


def _spaced(word: str) -> Iterator[str]:
    """Yield a phrase with one blank in each gap, and with two or three in one gap or in all."""
    parts = word.split(" ")
    yield word
    for n in (2, 3) if len(parts) > 1 else ():
        yield (" " * n).join(parts)
        for at in range(1, len(parts)) if len(parts) > 2 else ():
            yield " ".join(parts[:at]) + " " * n + " ".join(parts[at:])


def list_lexicons() -> list[str]:
    """Names of the shipped lexicons, as `load_lexicon` takes them."""
    return sorted(path.stem for path in _SHIPPED.glob("*.toml"))


def load_lexicon(*names: str | Path) -> Lexicon:
    """Load and merge lexicons.

    Parameters
    ----------
    *names : str or Path
        Shipped names (`list_lexicons`), the common part of several (``"inserted-labels"`` loads every language
        of it), or paths of TOML files; without any, all shipped lexicons.

    Returns
    -------
    Lexicon

    Raises
    ------
    LexiconError
        If a name is unknown, or a file is broken: one error lists every fault of every file.

    Examples
    --------
    >>> load_lexicon("distancing", "hedges").names
    ('distancing', 'hedges')
    """
    chosen = names or tuple(list_lexicons())
    if all(_plain(name) and _shipped(str(name)) for name in chosen):
        return _loaded(tuple(map(str, chosen)))
    return _load(chosen)


@cache
def _loaded(names: tuple[str, ...]) -> Lexicon:
    """Shipped lexicons do not change: they are read and compiled once."""
    return _load(names)


def _load(names: Iterable[str | Path]) -> Lexicon:
    faults: list[str] = []
    headers, rules = [], []
    for path in _paths(names, faults):
        header, found = _read(path, faults)
        headers.append(header)
        rules += found
    seen: set[str] = set()
    for rule in rules:
        if rule.rule_id in seen:
            faults.append(f"{rule.rule_id}: the identifier must be unique, but stands twice.")
        seen.add(rule.rule_id)
    if faults:
        raise LexiconError(f"{len(faults)} fault(s) in lexicons:\n- " + "\n- ".join(faults))
    return Lexicon(
        tuple(h["name"] for h in headers),
        tuple(f"{h['name']} {h['version']} ({h['source']}; {h['licence']})" for h in headers),
        tuple(rules),
    )


def _shipped(name: str) -> list[Path]:
    """Return the files of a shipped name: its own, or one for each language."""
    exact = _SHIPPED / f"{name}.toml"
    return [exact] if exact.is_file() else sorted(_SHIPPED.glob(f"{name}-??.toml"))


def _paths(names: Iterable[str | Path], faults: list[str]) -> list[Path]:
    paths: dict[Path, None] = {}
    for name in names:
        found = _shipped(str(name)) if _plain(name) else []
        if not found and Path(name).is_file():
            found = [Path(name)]
        if not found:
            faults.append(f"{name}: no such lexicon or file. Shipped: {', '.join(list_lexicons())}.")
        paths.update(dict.fromkeys(found))
    return list(paths)


def _plain(name: str | Path) -> bool:
    return re.fullmatch(r"[\w-]{1,60}", str(name)) is not None


def _read(path: Path, faults: list[str]) -> tuple[dict[str, str], list[CueRule]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{path.name}: must be TOML in UTF-8. {error}.")
        return dict.fromkeys(_HEADER, ""), []
    header = {key: data.get(key, "") for key in _HEADER}
    for key, value in header.items():
        if not isinstance(value, str) or not value:
            faults.append(f"{path.name}: '{key}' must be text. Got {value!r}.")
            header[key] = str(value)
    unknown = set(data) - {*_HEADER, "rule"}
    if unknown:
        faults.append(f"{path.name}: unknown key(s) {', '.join(sorted(unknown))}. Allowed: {', '.join(_HEADER)}, rule.")
    entries = data.get("rule", [])
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        faults.append(f"{path.name}: needs at least one [[rule]].")
        return header, []
    return header, [
        r for i, entry in enumerate(entries, 1) if (r := _rule(header, entry, f"{path.name} rule {i}", faults))
    ]


def _rule(header: Mapping[str, str], entry: Mapping[str, Any], where: str, faults: list[str]) -> CueRule | None:
    where = f"{where} ({entry.get('id', 'without id')})"
    wrong = [f"'{key}' must be text" for key in _RULE if not isinstance(entry.get(key), str) or not entry[key]]
    wrong += [f"unknown key '{key}'" for key in sorted(set(entry) - {*_RULE, *_OPTIONAL, "language"})]
    for key in ("words", "near", "examples", "counterexamples"):
        value = entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip("* ") for item in value):
            wrong.append(f"'{key}' must be a list of non-empty texts")
    if bool(entry.get("words")) == bool(entry.get("regex")):
        wrong.append("needs exactly one of 'words' and 'regex'")
    if entry.get("role", "cue") not in _ROLES:
        wrong.append(f"'role' must be one of {', '.join(_ROLES)}, got {entry['role']!r}")
    if entry.get("target", "") not in _TARGETS:
        wrong.append(f"'target' must be next or previous, got {entry['target']!r}")
    if entry.get("near") and not entry.get("regex"):
        wrong.append("'near' goes with 'regex'")
    wrong += _regex_faults(entry.get("regex", ""))
    faults += [f"{where}: {fault}." for fault in wrong]
    if wrong:
        return None
    lists: dict[str, Any] = {key: tuple(entry.get(key, ())) for key in ("words", "near", "examples", "counterexamples")}
    plain: dict[str, Any] = {key: entry.get(key, "") for key in ("regex", "value", "authority", "target", *_RULE)}
    return CueRule(lexicon=header["name"], language=header["language"], role=entry.get("role", "cue"), **lists, **plain)


def _regex_faults(regex: Any) -> list[str]:
    if not isinstance(regex, str):
        return ["'regex' must be text"]
    try:
        re.compile(regex)
    except re.error as error:
        return [f"'regex' does not compile: {error}"]
    if any(m.group(1) for m in _UNBOUNDED.finditer(regex)):
        return ["'regex' must bound its repeats: write {0,9} for * and {1,9} for +"]
    return []
