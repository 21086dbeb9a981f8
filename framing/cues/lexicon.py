"""Lexicons are data: TOML files of rules, each with its reason, its source and examples that run as tests."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from framing.errors import LexiconError

__all__ = ["CueMatch", "CueRule", "Lexicon", "list_lexicons", "load_lexicon"]

_SHIPPED = Path(__file__).parent / "lexicons"
_HEADER = ("name", "version", "language", "source", "licence", "citation")
_RULE = ("id", "family", "rationale")
_OPTIONAL = ("words", "regex", "examples", "counterexamples", "role", "value", "authority", "target")
_ROLES = ("cue", "designation", "verdict", "authority", "head", "function", "verb", "source")
_TARGETS = ("", "next", "previous")
_MAX_SUFFIX = 12  # letters that a final * stands for
# Unbounded repeats are refused, so that no pattern takes more than linear time.
_UNBOUNDED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|([*+]|\{\d*,\})", re.DOTALL)
_GLYPHS = str.maketrans(
    {"İ": "i", "’": "'", "ʼ": "'", "‐": "-", "‑": "-", "\u00a0": " ", "\n": " ", "\t": " ", "\r": " "}
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
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    role: str = "cue"
    value: str = ""
    authority: str = ""
    target: str = ""

    @property
    def rule_id(self) -> str:
        """Identifier in result tables: lexicon/rule."""
        return f"{self.lexicon}/{self.id}"


@dataclass(frozen=True)
class CueMatch:
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

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that have rules."""
        return tuple(sorted({rule.language for rule in self.rules}))

    def matches(self, text: str, language: str) -> list[CueMatch]:
        """Find every rule of one language in a text, in one pass over all literal words.

        Parameters
        ----------
        text : str
            Any text.
        language : str
            ISO 639-1 code; rules of other languages do not speak.

        Returns
        -------
        list of CueMatch
            By start, end and rule; where literal words overlap, the longest counts.
        """
        matcher = self._matchers.get(language)
        return [] if matcher is None else sorted(matcher.find(text), key=lambda m: (m.start, m.end, m.rule.rule_id))

    @cached_property
    def _matchers(self) -> Mapping[str, _Matcher]:
        return {code: _Matcher([r for r in self.rules if r.language == code]) for code in self.languages}


class _Matcher:
    """All rules of one language, compiled: one trie for the literal words, the regular expressions beside it."""

    def __init__(self, rules: Iterable[CueRule]) -> None:
        self.literal: dict[str, list[CueRule]] = defaultdict(list)
        self.stems: dict[str, list[CueRule]] = defaultdict(list)
        self.regexes = [(re.compile(rule.regex, re.IGNORECASE), rule) for rule in rules if rule.regex]
        for rule in rules:
            for word in rule.words:
                table = self.stems if word.endswith("*") else self.literal
                table[_normal(word.rstrip("*"))].append(rule)
        trie: dict[str, Any] = {}
        for word in self.literal:
            _plant(trie, word, "")
        for word in self.stems:
            _plant(trie, word, rf"\w{{0,{_MAX_SUFFIX}}}")
        self.pattern = re.compile(rf"(?<!\w)(?:{_grow(trie)})(?!\w)", re.IGNORECASE) if trie else None

    def find(self, text: str) -> Iterator[CueMatch]:
        if self.pattern is not None:
            for found in self.pattern.finditer(text):
                for rule in self._rules_of(_normal(found.group())):
                    yield CueMatch(found.start(), found.end(), rule)
        for regex, rule in self.regexes:
            for found in regex.finditer(text):
                if found.end() > found.start():
                    yield CueMatch(found.start(), found.end(), rule)

    def _rules_of(self, matched: str) -> list[CueRule]:
        if matched in self.literal:
            return self.literal[matched]
        for cut in range(len(matched), max(0, len(matched) - _MAX_SUFFIX - 1), -1):
            if matched[:cut] in self.stems:
                return self.stems[matched[:cut]]
        return []


def _normal(words: str) -> str:
    return " ".join(words.translate(_GLYPHS).lower().split())


def _plant(trie: dict[str, Any], word: str, suffix: str) -> None:
    for char in word:
        trie = trie.setdefault(char, {})
    trie.setdefault("", set()).add(suffix)


def _grow(trie: dict[str, Any]) -> str:
    """Write a trie as a regular expression that prefers the longest word."""
    ends = trie.get("", set())
    branches = [_glyph(char) + _grow(below) for char, below in sorted(trie.items()) if char]
    branches += sorted(end for end in ends if end)
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)})" + ("?" if "" in ends else "")


def _glyph(char: str) -> str:
    return {" ": r"\s{1,3}", "i": "[iİ]", "'": "['’ʼ]", "-": "[-‐‑]"}.get(char, re.escape(char))


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
    faults: list[str] = []
    headers, rules = [], []
    for path in _paths(names or list_lexicons(), faults):
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


def _paths(names: Iterable[str | Path], faults: list[str]) -> list[Path]:
    paths: dict[Path, None] = {}
    for name in names:
        exact = _SHIPPED / f"{name}.toml"
        found = [exact] if exact.is_file() else sorted(_SHIPPED.glob(f"{name}-??.toml")) if _plain(name) else []
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
    for key in ("words", "examples", "counterexamples"):
        value = entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip("* ") for item in value):
            wrong.append(f"'{key}' must be a list of non-empty texts")
    if bool(entry.get("words")) == bool(entry.get("regex")):
        wrong.append("needs exactly one of 'words' and 'regex'")
    if entry.get("role", "cue") not in _ROLES:
        wrong.append(f"'role' must be one of {', '.join(_ROLES)}, got {entry['role']!r}")
    if entry.get("target", "") not in _TARGETS:
        wrong.append(f"'target' must be next or previous, got {entry['target']!r}")
    wrong += _regex_faults(entry.get("regex", ""))
    faults += [f"{where}: {fault}." for fault in wrong]
    if wrong:
        return None
    lists: dict[str, Any] = {key: tuple(entry.get(key, ())) for key in ("words", "examples", "counterexamples")}
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
