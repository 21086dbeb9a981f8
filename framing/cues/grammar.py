"""The grammar of labels: which stretch beside a name is a label, by its structure and not by its keywords.

A stretch qualifies when it stands in one of six forms and consists of hardly anything but the parts of a label:
designation, act (designated, banned), authority, head noun, function words and names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from framing.cues import wordings
from framing.cues.adjacent import (
    MEDIA,
    WORD,
    Span,
    brackets,
    is_name,
    is_statute,
    name_after,
    name_before,
    opens_only,
    word_start,
)
from framing.cues.lexicon import CueMatch, Lexicon

__all__ = ["Label", "Reading"]


@dataclass(frozen=True)
class Label:
    """One label as the grammar sees it."""

    start: int
    end: int
    form: str
    target: Span | None
    pieces: tuple[CueMatch, ...]
    attributed: bool

    @property
    def rule_id(self) -> str:
        """Rule of the designation that decided."""
        return next(piece.rule.rule_id for piece in self.pieces if piece.rule.role == "designation")

    @property
    def language(self) -> str:
        """Language of the pack."""
        return self.pieces[0].rule.language


class Reading:
    """One text with the label parts found in it."""

    def __init__(self, text: str, language: str, lexicon: Lexicon) -> None:
        self.text = text
        self.pieces = list(_pieces(text, language, lexicon))
        self.starts = [piece.start for piece in self.pieces]
        self.designations = [piece for piece in self.pieces if piece.rule.role == "designation"]
        self.english, self.german, self.turkish = (language == code for code in ("en", "de", "tr"))
        self.slavic, self.romance = language in ("ru", "uk"), language in ("fr", "es")
        self.roles: dict[int, str] = {}  # role of every code point that a part covers
        self.ends: dict[int, int] = {}  # end of the first part that covers a code point
        self._modifiers: dict[CueMatch, tuple[Span, Span] | None] = {}
        for piece in self.pieces:
            for at in range(piece.start, piece.end):
                self.ends.setdefault(at, piece.end)
                if self.roles.get(at) != "designation":
                    self.roles[at] = piece.rule.role

    def labels(self) -> list[Label]:
        """Labels in reading order; a part belongs to one label only."""
        if not self.designations:
            return []
        found: list[Label] = []
        for search in (self._notices, self._parentheticals, self._footnotes, self._apposed, self._prenominal):
            for label in search():
                at = bisect_left(found, label.start, key=lambda other: other.end - 1)
                if at == len(found) or found[at].start >= label.end:
                    found.insert(at, label)
        return found

    def _inside(self, start: int, end: int) -> tuple[CueMatch, ...]:
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return tuple(piece for piece in self.pieces[low:high] if piece.end <= end)

    def _share(self, start: int, end: int) -> float:
        """Share of the words that are parts of a label or names."""
        words = list(WORD.finditer(self.text, start, end))
        known = sum(w.start() in self.roles or self._named(w) for w in words)
        return known / len(words) if words else 0.0

    def _named(self, word: re.Match[str]) -> bool:
        return word.group()[0].isupper() or self.text[max(0, word.start() - 1)] in '«“"„'

    def _valid(self, pieces: Sequence[CueMatch]) -> bool:
        """Whether the parts make a status: a bare keyword does not."""
        claims = {piece.rule.value for piece in pieces if piece.rule.role == "designation"}
        roles = {piece.rule.role for piece in pieces}
        if "foreign_agent" in claims:
            return True
        if any(p.rule.value in ("control", "state_media") and " " in self.text[p.start : p.end] for p in pieces):
            return True  # "backed by Tehran" names its authority itself
        if claims and claims <= {"banned", "sanctioned"}:
            return bool(roles & {"authority", "head"}) or any(
                "стран" in self.text[p.start : p.end].lower() for p in pieces
            )
        if any(
            piece.rule.role == "designation" and wordings.BODY_END.search(self.text[piece.start : piece.end])
            for piece in pieces
        ):
            return True  # "Terrororganisation", "organización terrorista"
        return bool(claims) and bool(roles & {"verdict", "authority", "head"} or "banned" in claims)

    def _name(self, end: int) -> Span | None:
        """Name before a position; in Romance languages with its last word in small letters."""
        target = name_before(self.text, end, self.roles)
        if target is None or not self.romance or is_name(self.text, target):
            return target
        before = next(reversed(list(WORD.finditer(self.text, max(0, target[0] - 40), target[0]))), None)
        if before is None or self.text[before.end() : target[0]] != " ":
            return target
        return (before.start(), target[1]) if before.group()[0].isupper() else target

    def _label(self, start: int, end: int, form: str, target: Span | None) -> Label | None:
        end += self._unclosed(start, end)
        pieces = self._inside(start, end)
        if not any(piece.rule.role == "designation" for piece in pieces):
            return None
        attributed = form in ("appositive", "dash", "parenthetical") and self._ascribes(start, end)
        return Label(start, end, form, target, pieces, attributed)

    def _unclosed(self, start: int, end: int) -> int:
        """Return 1 where the mark that closes a quotation of the span stands right behind it."""
        after, inside = self.text[end : end + 1], self.text[start:end]
        if after == '"':
            return inside.count('"') % 2
        opening = {"”": "“", "»": "«", "“": "„", "«": "»"}.get(after)
        return int(opening is not None and inside.count(opening) > inside.count(after))

    def _ascribes(self, start: int, end: int) -> bool:
        """Whether the words of a span say who calls the name so."""
        if wordings.ASCRIBING.search(self.text, start, end):
            return True
        for by in wordings.BY_WHOM.finditer(self.text, start, end):
            following = WORD.match(self.text, by.end())
            if following is not None and self.roles.get(following.start()) == "authority":
                return True
        return False

    def _parentheticals(self) -> Iterator[Label]:
        for start, end in brackets(self.text):
            inner = self._inside(start + 1, end - 1)
            if self._bare_media(start + 1, end - 1, inner) or (
                self._valid(inner) and self._only_label(start + 1, end - 1, inner)
            ):
                target = self._name(start)
                if not self._bears(target, inner):
                    continue
                label = self._label(start, end, "parenthetical", target)
                if label is not None:
                    yield label

    def _bears(self, target: Span | None, inner: Sequence[CueMatch]) -> bool:
        """Whether a word can bear a status: a name or a head noun; not a statute, nor a substance that is banned."""
        if target is None:
            return True
        if is_name(self.text, target):
            return not is_statute(self.text[slice(*target)])
        if self.roles.get(target[0]) == "head" or "foreign_agent" in {p.rule.value for p in inner}:
            return True
        before = next(reversed(list(WORD.finditer(self.text, max(0, target[0] - 40), target[0]))), None)
        if before is None or self.text[before.end() : target[0]] != " " or not self.romance:
            return False
        return self.roles.get(before.end() - 1) == "head"  # "mouvement taliban"

    def _bare_media(self, start: int, end: int, inner: Sequence[CueMatch]) -> bool:
        """Whether a bracket says "state media" and nothing else."""
        return {p.rule.value for p in inner} == {"state_media"} and self._share(start, end) == 1.0

    def _only_label(self, start: int, end: int, inner: Sequence[CueMatch]) -> bool:
        first = next(piece for piece in inner if piece.rule.role == "designation")
        stop = end if end - start <= wordings.SHORT_BRACKET else first.start
        if wordings.NEGATED.search(self.text, start, stop) and not wordings.LISTED_NOT.search(self.text, start, stop):
            return False  # "though not by the UN" leaves the status standing
        if wordings.UNSETTLED.search(self.text, start, end):
            return False
        if self.slavic and wordings.CLAUSE_SLAVIC.search(self.text, start, end):
            return False
        if self._share(start, end) >= wordings.BRACKET_SHARE:
            return True
        led = self._inside(start, first.end)
        return self._valid(led) and self._share(start, first.end) >= wordings.PREFIX_SHARE

    def _notices(self) -> Iterator[Label]:
        named = any(p.rule.value == "foreign_agent" for p in self.designations)
        for found in wordings.NOTICE.finditer(self.text) if named else ():
            label = self._label(found.start(), found.end(), "notice", self._agent_named(*found.span()))
            if label is not None:
                yield label
        for start, end in self._headed_notices():
            inner = self._inside(start, end)
            if self._valid(inner) and (label := self._label(start, end, "notice", self._first_name(start, end))):
                yield label

    def _agent_named(self, start: int, end: int) -> Span | None:
        """Return the name in a notice on a foreign agent: in quotation marks, after a colon, or after "by"."""
        quoted = wordings.QUOTED_NAME.search(self.text, start, end)
        if quoted is not None:
            return quoted.span()
        shout = sum(c.isupper() for c in self.text[start:end]) > (end - start) / 2
        if shout and self.slavic:
            return None
        after = max((p.end for p in self._inside(start, end) if p.rule.role == "designation"), default=start)
        led = wordings.NAME_LED.finditer(self.text, after if shout else start, end)
        return next((name.span(1) for name in led if name.start(1) not in self.roles), None)

    def _headed_notices(self) -> Iterator[Span]:
        """Lines that call themselves a note, and opening lines that say who pays for the outlet."""
        for head in wordings.NOTE_HEAD.finditer(self.text):
            if wordings.CORRECTION.search(self.text, head.start(), head.end() + 40):
                continue
            stop = self.text.find("\n", head.end())
            end = min(len(self.text) if stop < 0 else stop, head.end() + wordings.MAX_NOTE)
            yield head.start() + len(head.group()) - len(head.group().lstrip(" \n\t[(_*")), end
        for said in wordings.FUNDED.finditer(self.text):
            yield said.span(1)
        yield from self._own_paragraphs()

    def _own_paragraphs(self) -> Iterator[Span]:
        """First and last paragraphs in which the outlet speaks of itself or to its readers about a status."""
        blocks = [m.span() for m in wordings.BLOCK.finditer(self.text)]
        for start, end in sorted({*blocks[:1], *blocks[-1:]}) if len(blocks) > 1 else ():
            if (
                end - start > wordings.MAX_NOTICE
                or self.text[start] in "*¹²³†#"
                or wordings.CORRECTION.match(self.text, start)
            ):
                continue
            if self._share(start, end) < wordings.NOTICE_SHARE or "**" in self.text[start:end]:
                continue
            own = wordings.OWN_VOICE.search(self.text, start, end) or wordings.LIST_HEAD.match(self.text, start)
            if own or self._states_a_status(start, end):
                yield start, end

    def _states_a_status(self, start: int, end: int) -> bool:
        """Whether a paragraph says nothing but who has given whom which status."""
        if not (self.slavic or self.turkish) or wordings.UNSETTLED.search(self.text, start, end):
            return False
        roles = {p.rule.role for p in self._inside(start, end)}
        return {"verdict", "authority"} <= roles and self._share(start, end) >= wordings.STATUS_SHARE

    def _first_name(self, start: int, end: int) -> Span | None:
        """Return the first name of a note that is no part of the label itself; quoted ones go first."""
        quoted = wordings.QUOTED_NAME.search(self.text, start, end)
        if quoted is not None and self.text[quoted.start() + 1].isupper():
            return quoted.span()
        colon = self.text.find(":", start, min(end, start + 60))
        words = [w for w in WORD.finditer(self.text, max(start, colon + 1), end) if self._named(w)]
        words = [w for w in words if w.start() not in self.roles]
        single = len(words) > 1 and self.text[words[0].end() : words[1].start()] != " " and colon < start
        first = words[1] if single and words[0].start() == start else next(iter(words), None)
        if first is None:
            return None
        last = first
        for word in WORD.finditer(self.text, first.end(), end):
            if self.text[last.end() : word.start()] != " " or not word.group()[0].isupper():
                break
            last = word
        return first.start(), last.end()

    def _footnotes(self) -> Iterator[Label]:
        for mark in self._note_marks():
            stop = wordings.LINE_END.search(self.text, mark.end())
            line_end = stop.start() if stop else len(self.text)
            if line_end - mark.end() > wordings.MAX_NOTE:
                continue
            end = mark.end() + len(self.text[mark.end() : line_end].rstrip(" _*\",'"))
            inner = self._inside(mark.end(), end)
            bold = mark.group(1) == "**" and "**" in self.text[mark.end() : line_end + 4]
            called = self._called(mark)
            least = wordings.CALLED_SHARE if called else wordings.NOTE_SHARE
            if bold or not self._valid(inner) or self._share(mark.end(), end) < least:
                continue
            label = self._label(mark.end(), end, "footnote", self._starred(called, mark.end(), end))
            if label is not None:
                yield label

    def _note_marks(self) -> Iterator[re.Match[str]]:
        """Yield marks that may open a note, in lines that hold a designation."""
        for start, end in self._lines():
            yield from wordings.STAR_LINE.finditer(self.text, start, end)
            for mark in wordings.NUMBER_LINE.finditer(self.text, start, end):
                if self._called(mark):
                    yield mark

    def _lines(self) -> Iterator[Span]:
        end = -1
        for piece in self.designations:
            if piece.start > end:
                stop = self.text.find("\n", piece.end)
                end = len(self.text) if stop < 0 else stop
                yield self.text.rfind("\n", 0, piece.start) + 1, end

    def _called(self, mark: re.Match[str]) -> list[Span]:
        """Names before a note that bear a mark; those with the note's own mark, where there are any."""
        if mark.re is wordings.NUMBER_LINE:
            sign = re.compile(rf"(?<=[\w»”\")]) ?({re.escape(mark.group(1))})(?!\w)")
            names = (name_before(self.text, m.start(), self.roles) for m in sign.finditer(self.text, 0, mark.start()))
            return [name for name in names if name is not None and is_name(self.text, name)]
        marks = [m for m in self._marks if m.start() < mark.start()][-wordings.MOST_CALLS :]
        own = [m for m in marks if m.group(1) == mark.group(1)]
        names = (name_before(self.text, m.start(), self.roles) for m in own or marks)
        return [name for name in names if name is not None]

    @cached_property
    def _marks(self) -> list[re.Match[str]]:
        return [m for m in wordings.STARRED.finditer(self.text) if not self._closes_bold(m)]

    def _closes_bold(self, mark: re.Match[str]) -> bool:
        """Whether a mark ends bold type; one before a superscript or a longer run of marks does not call a note."""
        if self.text[mark.end() : mark.end() + 1] in "¹²³⁴†‡" and mark.end() < len(self.text):
            return True
        line = self.text.rfind("\n", 0, mark.start()) + 1
        return mark.group(1) == "**" and self.text.count("**", line, mark.start()) % 2 == 1

    def _starred(self, names: Sequence[Span], start: int, end: int) -> Span | None:
        """Return the starred name, by preference one that the note repeats; else a name within the note."""
        note = self.text[start:end].lower()
        repeated = [n for n in names if self.text[slice(*n)].strip('«»"').lower()[:5] in note]
        if repeated or names:
            return (repeated or names)[0]
        words = [w for w in WORD.finditer(self.text, start, end) if self._named(w) and w.start() not in self.roles]
        return words[0].span() if words else None

    def _apposed(self) -> Iterator[Label]:
        for piece in self.designations:
            if self._modified(piece) is not None:
                continue
            label = self._segment(piece) or self._closed(piece) or self._postposed(piece)
            if label is not None:
                yield label

    def _closed(self, piece: CueMatch) -> Label | None:
        """Return a phrase between two delimiters behind a name: ", milice tenue pour terroriste par Ankara,"."""
        floor = max(0, piece.start - wordings.MAX_SEGMENT)
        marks = list(wordings.DELIMITER.finditer(self.text, floor, piece.start))
        for mark in reversed(marks[-wordings.NEAR_MARKS :]):
            close = wordings.CLOSE[mark.group().strip()].search(self.text, piece.end, piece.end + wordings.MAX_SEGMENT)
            if close is None:
                continue
            start, end = mark.end(), close.start()
            target = self._name(mark.start())
            if target is None or not is_name(self.text, target) or self._is_clause(start, end):
                continue
            if self._acts(start, piece):
                continue
            if piece.rule.value in ("state_media", "control") and name_after(self.text, piece.end, media=False):
                continue  # it stands before a name of its own
            if self.slavic and self.roles.get(start) is None and not wordings.CASE_OPENER.match(self.text, start):
                continue  # another subject: "флаги движения запрещены"
            inner = self._inside(start, end)
            roles = {p.rule.role for p in inner}
            telling = {"verdict", "head"}
            if (
                piece.rule.value in wordings.NAMING_AUTHORITY
                or len({p.rule.value for p in inner if p.rule.value}) > wordings.TWO
            ):
                telling.add("authority")
            if not self._valid(inner) or not roles & telling or self._share(start, end) < wordings.CLOSED_SHARE:
                continue
            return self._label(start, end, "appositive" if mark.group().startswith(",") else "dash", target)
        return None

    def _postposed(self, piece: CueMatch) -> Label | None:
        """Return a status right behind a name: "the PKK/YPG terrorist group"."""
        if not (self.english or self.turkish) or piece.rule.value not in ("terrorist", "extremist"):
            return None
        if self.text[piece.start - 1 : piece.start] != " ":
            return None
        last = self.text[piece.start : piece.end].rpartition(" ")[2].lower()
        body = wordings.BODY.match(self.text, piece.end)
        if body is None and last not in wordings.BODIES and not (self.turkish and "örgüt" in last):
            return None
        end = body.end() if body else piece.end
        target = name_before(self.text, piece.start, self.roles)
        if target is None or not is_name(self.text, target) or opens_only(self.text[slice(*target)]):
            return None
        if self.roles.get(target[0]) in ("authority", "designation"):
            return None
        return self._label(piece.start, self._extend(end), "appositive", target)

    def _segment(self, piece: CueMatch) -> Label | None:
        floor = max(0, piece.start - wordings.MAX_SEGMENT)
        for stop in wordings.STOP.finditer(self.text, floor, piece.start):
            floor = stop.end() if stop.group()[0] not in "«“”»" else floor
        end = self._extend(piece.end)
        for mark in list(wordings.DELIMITER.finditer(self.text, floor, piece.start))[-wordings.MOST_MARKS :]:
            target = self._name(mark.start())
            if target is None or not (
                is_name(self.text, target) or wordings.RELATIVE.match(self.text, mark.end()) is not None
            ):
                continue
            if self._share(mark.end(), end) < wordings.SEGMENT_SHARE or not self._opens(mark.end(), end, piece):
                continue
            if wordings.JOINING.match(self.text, mark.end()) or wordings.STATUTE_STRICT.match(self.text, piece.end):
                continue
            if self._qualifies_a_noun(piece, end) or self._acts(mark.end(), piece):
                continue
            if any(p.search(self.text, mark.end(), end) for p in (wordings.NEGATED, wordings.UNSETTLED)):
                continue
            form = "appositive" if mark.group().startswith(",") else "dash"
            label = self._label(mark.end(), end, form, target)
            if label is not None:
                return label
        return None

    def _qualifies_a_noun(self, piece: CueMatch, end: int) -> bool:
        """Whether the phrase ends in an adjective of a noun that is no body: "a terrorist | attack"."""
        if not self.english or end != piece.end or piece.rule.value not in ("terrorist", "extremist"):
            return False
        noun = WORD.match(self.text, end + 1) if self.text[end : end + 1] == " " else None
        return noun is not None and noun.group()[0].islower() and noun.start() not in self.roles

    def _acts(self, start: int, piece: CueMatch) -> bool:
        """Whether the name itself bans: "Berlin, which outlawed the brigade"."""
        relative = wordings.RELATIVE.match(self.text, start)
        return self.english and relative is not None and piece.start == relative.end() + 1

    def _opens(self, start: int, end: int, piece: CueMatch) -> bool:  # noqa: PLR0911 - one return per form
        """Whether a segment begins as a relative clause, a participle, a status or an apposed noun phrase."""
        inner = self._inside(start, end)
        if not self._valid(inner):
            return False
        roles = {p.rule.role for p in inner}
        if piece.rule.value == "banned" and self.english:
            before = WORD.findall(self.text[start : piece.start])
            return all(w.lower() in wordings.PASSIVE or wordings.RELATIVE.match(w) or _passive_part(w) for w in before)
        if wordings.RELATIVE.match(self.text, start):
            if wordings.FUTURE.search(self.text, start, piece.start):
                return False  # a status that may come is none
            values = {p.rule.value for p in inner}
            return "verdict" in roles or bool(values & {"banned", "sanctioned", "control", "state_media"})
        first = self.roles.get(start)
        if wordings.LISTED.match(self.text, start):
            return not wordings.FINITE.search(self.text, start, end)
        if wordings.PLACE_LED.match(self.text, start) and {"verdict", "authority"} <= roles:
            return not wordings.FINITE.search(self.text, start, end)
        if wordings.POSSESSIVE.match(self.text, start) and not self.text[start - 2 : start].startswith(","):
            return bool(roles & {"verdict", "authority"})
        if wordings.ARTICLE.match(self.text, start):
            if wordings.FINITE.search(self.text, start, piece.start):
                return False  # a sentence of its own: "the ministry has designated …"
            closed = self.text[end : end + 1] in ("", ",", ".", ";", ")", "\n", " ") and "head" in roles
            return closed and bool(roles & {"verdict", "authority"} or self.text[end : end + 1] != " ")
        return first in ("designation", "verdict") and bool(roles & {"verdict", "authority", "head"})

    def _extend(self, end: int) -> int:
        """Move an end over the following parts of a label, as far as a weighty one."""
        best = at = end
        while at - end <= wordings.MAX_SEGMENT:
            word = WORD.match(self.text, at + len(self.text[at : at + 3]) - len(self.text[at : at + 3].lstrip(" \n,")))
            if word is None or (word.start() not in self.roles and not (self._named(word) and best != end)):
                return best
            listed = self.roles.get(word.start()) in ("designation", "verdict") or self._lists_authority(word)
            if "," in self.text[at : word.start()] and not listed:
                return best
            at = word.end()
            if self.roles.get(word.start()) in ("designation", "authority", "head"):
                at = best = max(at, self.ends[word.start()])
        return best

    def _lists_authority(self, word: re.Match[str]) -> bool:
        """Whether a word after a comma goes on with a list of authorities: ", the U.S. and the EU"."""
        if word.group().lower() in wordings.ARTICLES:
            following = WORD.match(self.text, word.end() + 1)
            return following is not None and self.roles.get(following.start()) == "authority"
        return self.roles.get(word.start()) == "authority"

    def _is_clause(self, start: int, end: int) -> bool:
        """Whether a stretch says something of its own in place of describing the name before it."""
        if any(
            p.search(self.text, start, end)
            for p in (wordings.STOP, wordings.CLAUSE, wordings.NEGATED, wordings.UNSETTLED)
        ) or wordings.JOINING.match(self.text, start):
            return True
        if self.turkish and wordings.TURKISH_FINITE.search(self.text, start, end):
            last = list(WORD.finditer(self.text, start, end))[-1]
            return self.roles.get(last.start()) != "head"
        relative = wordings.RELATIVE.match(self.text, start) is not None
        return self.english and not relative and wordings.FINITE.search(self.text, start, end) is not None

    def _prenominal(self) -> Iterator[Label]:
        for piece in self.designations:
            found = self._modified(piece)
            if found is not None:
                label = self._label(*found[0], "prenominal", found[1])
                if label is not None:
                    yield label

    def _modified(self, piece: CueMatch) -> tuple[Span, Span] | None:
        """Return the run of parts that modifies the name right after it, and the name."""
        if piece not in self._modifiers:
            self._modifiers[piece] = self._modifier_and_name(piece)
        return self._modifiers[piece]

    def _modifier_and_name(self, piece: CueMatch) -> tuple[Span, Span] | None:
        start, end = self._run(piece)
        if not self._may_modify(start, end, piece):
            return None
        media = piece.rule.value == "state_media"
        target = name_after(self.text, end, media=media)
        if target is None and end > piece.end:
            end, target = self._shorter(piece, end, media=media)
        if (
            target is None
            and piece.rule.value in wordings.TAGS
            and " " not in self.text[piece.start : piece.end].strip()
        ):
            target = self._name_beyond(end)
        if target is None and self.english and "head" in {p.rule.role for p in self._inside(start, end)}:
            target = self._name_after_comma(end)
        if target is None or is_statute(self.text[slice(*target)]):
            return None
        if self.german and self.roles.get(target[0]) == "head" and " " not in self.text[slice(*target)]:
            return None  # nouns have capitals: "unerwünschten Organisation" names nobody
        acts = piece.rule.value in ("banned", "foreign_agent") and self.slavic
        if acts and self.roles.get(target[0]) == "authority":
            return None  # "признан иноагентом Министерством юстиции": who did it
        if piece.rule.value in ("state_media", "control") and piece.end < end <= target[0]:
            end = piece.end  # a noun that only says what it is stays outside: "state-run | outlet"
        return (start, end), target

    def _may_modify(self, start: int, end: int, piece: CueMatch) -> bool:
        """Whether a run can stand before a name: no list, no statute, no act, no preposition at its end."""
        before = self.text[max(0, start - 30) : start]
        if wordings.REGISTER.search(before[-15:]) or wordings.NO_STATUS.search(before):
            return False
        if self.slavic and wordings.SLAVIC_FINITE.match(self.text, start):
            return False  # "объявила нежелательной деятельность фонда": what was done to it is the news
        if wordings.REGISTER.search(self.text[start : piece.start]):
            return False
        if wordings.STATUTE.match(self.text, piece.end) or self._ends_open(piece.end, end):
            return False
        return self._modifies(start, piece, self._inside(start, end))

    def _name_after_comma(self, end: int) -> Span | None:
        """Name that is apposed to its own label: "the terrorist group banned in Russia, the Taliban,"."""
        found = wordings.APPOSED_NAME.match(self.text, end)
        return found.span(1) if found else None

    def _shorter(self, piece: CueMatch, end: int, *, media: bool) -> tuple[int, Span | None]:
        """Give up the last parts of a run where they are themselves the name: "state-run Russia 24"."""
        last = list(WORD.finditer(self.text, piece.end, end))[-1]
        if last.group()[0].isupper():
            capitals = list(WORD.finditer(self.text, piece.end, end))
            while len(capitals) > 1 and capitals[-2].group()[0].isupper():
                capitals.pop()
            begin = max(piece.end, capitals[-1].start() - 1)
            if self._ends_open(piece.end, begin):
                return end, None
            return begin, name_after(self.text, begin, media=False)
        noun = MEDIA.match(self.text, piece.end) if media else None
        before = self.text[max(0, piece.start - 8) : piece.start]
        if noun is None or noun.end() > end or wordings.PREDICATE.search(before):
            return end, None
        return piece.end, (noun.end() - len(noun.group().split()[-1]), noun.end())

    def _name_beyond(self, end: int) -> Span | None:
        """Name after one noun that says what it is: "the US-blacklisted chipmaker SMIC"."""
        forms = (wordings.NOUN_SLAVIC, wordings.NOUN_PERSON) if self.slavic else (wordings.NOUN,)
        noun = next(filter(None, (form.match(self.text, end) for form in forms)), None)
        if (
            noun is None
            or self.roles.get(noun.start(1)) in ("function", "verdict")
            or wordings.THING.match(noun.group(1))
        ):
            return None
        return name_after(self.text, noun.end(1), media=False)

    def _run(self, piece: CueMatch) -> Span:
        """Return the unbroken run of label parts before a name: to the left as far as an act or a designation."""
        end = piece.end
        while end - piece.end < wordings.MAX_SEGMENT and (word := WORD.match(self.text, end + 1)):
            if self.text[end : end + 1] not in (" ", "\n"):
                break
            role = self.roles.get(word.start())
            weighty = role == "authority" or (self.german and role == "head")  # German nouns are capitalised
            acts = role == "verdict" and not (self.german or self.turkish)  # these put the participle last
            if role is None or acts or (word.group()[0].isupper() and not weighty):
                break
            end = word.end()
        start = piece.start
        left = [w for w in WORD.finditer(self.text, max(0, start - 60), start) if w.start() in self.roles]
        for word in reversed(left):
            role = self.roles[word.start()]
            acts = role in ("designation", "verdict") or (role == "authority" and "-" in word.group())
            if self.text[word.end() : start].strip(" ,-") or not acts:
                break
            start = word.start()
        while start > 1 and self.text[start - 1] == "-" and self.text[start - 2].isalpha():
            start = word_start(self.text, start - 2)
        return start, end

    def _ends_open(self, start: int, end: int) -> bool:
        """Whether the run ends in a preposition, so that the name after it belongs to it: "outlawed in Scotland"."""
        found = list(WORD.finditer(self.text, start, end))
        words = [w for w in found if w.group().lower() not in wordings.ARTICLES]
        if words:
            return self.roles.get(words[-1].start()) == "function"
        return wordings.BY.search(self.text[start - 4 : start]) is not None

    def _modifies(  # noqa: PLR0911 - one return per designation
        self, start: int, piece: CueMatch, inner: Sequence[CueMatch]
    ) -> bool:
        roles = {p.rule.role for p in inner}
        if (
            piece.rule.value in ("banned", "sanctioned")
            and self.english
            and "-" not in self.text[piece.start : piece.end]
        ):
            return wordings.BEFORE_BANNED.search(self.text[max(0, start - 12) : start]) is not None
        if piece.rule.value in ("banned", "state_media") and not self.slavic and not self.english:
            before = [w.end() - 1 for w in WORD.finditer(self.text, max(0, start - 40), start)][-2:]
            if "head" in roles or any(self.roles.get(at) == "head" for at in before):
                return True
            if piece.rule.value == "state_media" and not wordings.BARE_STATE.fullmatch(
                self.text[piece.start : piece.end]
            ):
                return True
            if self.german and wordings.GERMAN_BODY.match(self.text, piece.end):
                return True
            led = wordings.DEFINITE.search(self.text[max(0, start - 8) : start]) is not None
            return led and not self.german and self.text[piece.end : piece.end + 2].strip()[:1].isupper()
        if piece.rule.value == "separatist" and not roles & {"verdict", "authority"}:
            return False  # the reporter's usual noun
        if piece.rule.value in ("foreign_agent", "banned", "sanctioned", "state_media", "control"):
            return True
        if piece.rule.value == "undesirable" and self.slavic:
            return True
        claims = {p.rule.value for p in inner if p.rule.role == "designation"}
        words = self.text[piece.start : piece.end]
        body = words.rpartition(" ")[2].lower() in wordings.BODIES or wordings.BODY_END.search(words) is not None
        return body or "head" in roles or "verdict" in roles or "banned" in claims


def _passive_part(word: str) -> bool:
    return word.lower() in {
        "designated",
        "recognised",
        "recognized",
        "a",
        "an",
        "terrorist",
        "extremist",
        "organization",
    }


def _pieces(text: str, language: str, lexicon: Lexicon) -> Iterator[CueMatch]:
    """Parts of labels around designations: where nothing is designated, no other part is sought."""
    designated = lexicon.matches(text, language, roles=("designation",))
    stretches: list[list[int]] = []
    for match in designated:
        start, end = max(0, match.start - wordings.AROUND), min(len(text), match.end + wordings.AROUND)
        if stretches and start <= stretches[-1][1]:
            stretches[-1][1] = end
        else:
            stretches.append([start, end])
    for start, end in stretches:
        low = text.rfind(" ", 0, start) + 1 if start else 0
        high = text.find(" ", end)
        yield from lexicon.matches(text, language, roles=_GRAMMAR, within=(low, high if high >= 0 else len(text)))


_GRAMMAR = ("designation", "verdict", "authority", "head", "function")
