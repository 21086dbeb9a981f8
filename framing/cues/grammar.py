"""The grammar of labels: which stretch beside a name is a label, by its structure and not by its keywords.

A stretch qualifies when it stands in one of six forms and consists of hardly anything but the parts of a label:
designation, act (designated, banned), authority, head noun, function words and names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from framing.cues.lexicon import CueMatch, Lexicon

__all__ = ["Label", "Reading", "brackets", "name_before"]

Span = tuple[int, int]
_WORD = re.compile(r"[^\W_][\w'’.-]{0,60}(?<![.'’-])|[^\W_]")
_PAIRS = {")": "(", "]": "["}
_MAX_BRACKET = 400
_SHORT_BRACKET = 60  # code points; a negation anywhere in a shorter one negates its status
_LEAST_NAME = 2  # letters
_MAX_NOTICE, _NOTICE_SHARE = 300, 0.4  # of a paragraph in which the outlet speaks of itself
_MAX_SEGMENT = 180
_BRACKET_SHARE, _PREFIX_SHARE, _SEGMENT_SHARE, _NOTE_SHARE = 0.6, 0.8, 0.75, 0.65
_CALLED_SHARE = 0.4  # of a note to which a mark in the text leads
_MOST_MARKS = 5  # delimiters before a designation that are tried
_NEAR_MARKS = 3  # delimiters before a designation that may open its phrase
_CLOSED_SHARE = 0.6  # of a phrase that stands between two delimiters behind a name
_DELIMITER = re.compile(r",\s{1,3}|\s[—–]\s|\s-{1,2}\s|\s–(?=\w)|—")
_CLOSE = {
    ",": re.compile(r",\s|,?[»”\"]|\.(?:\s|$)"),
    "—": re.compile(r"\s?—|\.(?:\s|$)"),
    "–": re.compile(r"\s?–|\.(?:\s|$)"),
    "-": re.compile(r"\s-{1,2}\s|\.(?:\s|$)"),
    "--": re.compile(r"\s-{1,2}\s|\.(?:\s|$)"),
}
_CLAUSE = re.compile(  # a clause of its own, no phrase that describes the name
    r"\b(?:said|says|told|would|will|could|may|might|must|should|wants?|urged|asked|sagte|will|soll|sollte|könnte|wollen|"
    r"dijo|podría|debe|quiere|pidió|a dit|pourrait|devrait|veut|demande|söyledi|istedi|istiyor)\b",
    re.IGNORECASE,
)
_JOINING = re.compile(  # words that open a clause, no apposition
    r"(?:and|but|or|because|as|when|while|if|including|whom|so|und|aber|weil|dass|wonach|wobei|sodass|wenn|obwohl|y|pero|"
    r"porque|cuando|mientras|si|et|mais|car|quand|lorsque|tandis|parce|ve|ama|ancak|çünkü)\s",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no longer|neither|\w{2,6}n[’']t|не|ні|no (?:country|government|court|state)|kein\w{0,2}|nicht|nie|ningun\w|ningún|"
    r"nunca|jamais|aucun\w{0,2}|değil\w{0,4}|hiçbir)\b|\bn[’']est\b|\bno (?:es|está|ha|considera)\b",
    re.IGNORECASE,
)
# What may come, what was taken back, what is dated to a day: news or hypothesis, no standing status.
_UNSETTLED = re.compile(
    r"\b(?:if|unless|whether|should it|si|falls|wenn|ob|eğer|если|якщо|коли б|чи)\b|"
    r"\b(?:remov(?:e|ed|es|ing)|delist\w{0,3}|de-listed|unbanned|lifted|struck off|исключ\w{1,5}|вычеркн\w{1,5}|снят\w?|снял\w?|"
    r"викресл\w{1,5}|вилучи\w{1,4}|виключ\w{1,5}|gestrichen|aufgehoben|retir[éó]|eliminad[oa]|levé[e]?|çıkar\w{1,6})\b|"
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:[’']s)?|yesterday|today|tomorrow|вчера|завтра|вчора|"
    r"во? (?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)|у (?:понеділок|вівторок|середу|четвер|п['’]ятницу|"
    r"суботу|неділю)|(?:am )?(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)|gestern|heute|"
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)|hier|(?:el )?(?:lunes|martes|miércoles|jueves|viernes|sábado|"
    r"domingo)|ayer|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|dün|bugün)\b",
    re.IGNORECASE,
)
# "which the bloc does not recognise" is still a label's word; so is "not allowed".
_LISTED_NOT = re.compile(r"\b(?:not (?:only|just)|не только|не лише|не тільки)\b", re.IGNORECASE)
_TURKISH_FINITE = re.compile(r"m[ıiuü]yor|(?:[dt][ıiuü]|yor|[ae]ca[kğ])(?:l[ae]r)?\W{0,2}$", re.IGNORECASE)
_SLAVIC_FINITE = re.compile(
    r"(?:объявил|признал|внес|внёс|внесл|включил|назвал|занес|занёс|запретил|причислил|отн[её]с|визна[влю]|оголосил|вн[іе]с|"
    r"включи[вл]|назва[вл]|заборони[вл]|записа[вл]|считает|считают|вважа|назыв|називa)\w{0,3}\s",
    re.IGNORECASE,
)
_STATUTE = re.compile(
    r"[\s-]?(?:register|registry|list|law|bill|act|status|unit|regime|legislation|designation|listing|rules?|financing|gesetz|liste|ley|loi|registre|registro|yasası)\b",
    re.IGNORECASE,
)
_STATUTE_STRICT = re.compile(r"[\s-](?:law|bill|act|unit|regime|legislation|rules?|financing|gesetz|yasası)\b", re.IGNORECASE)
_LAW = re.compile(
    r"\b(?:Acts?|Laws?|Bill|Code|Convention|Treaty|Decree|Gesetz|Loi|Ley|Yasası|Закон\w{0,3}|Кодекс\w{0,2})$|Registration"
)
_ARTICLES = frozenset(["the", "a", "an", "der", "die", "das", "den", "dem", "le", "la", "les", "el", "los", "las"])
_DEFINITE = re.compile(r"\b(?:la|el|al|del|los|las|le|les|du|des|au)\s$|\b[ld][’']$", re.IGNORECASE)
_STOP = re.compile(r"(?<!\b[A-Z])[.!?;:]\s|\n\s{0,3}\n|[()«»“”]")
_RELATIVE = re.compile(r"(?:which|whose|who|котор\w{2,3}|яка|який|яке|які|qui|que|die|der|das)\b", re.IGNORECASE)
_FINITE = re.compile(r"\b(?:has|have|had|is|are|was|were|will|would)\b|\bdesignate[ds]?\s(?:the\b|[A-ZА-Я])")
_FUTURE = re.compile(r"\b(?:would|will|could|may|might)\b")
_PARTS = ("designation", "verdict", "authority", "function")
_BODIES = frozenset(["group", "organization", "organisation", "cult", "network", "movement", "outfit", "gang", "cell"])
_BODY = re.compile(rf" (?:{'|'.join(sorted(_BODIES))})\b(?! [A-Z])")
_QUOTES = '«»„“"'
_CLOSING = re.compile(r"[«»“”\"]")
_MAX_NOTE = 600  # code points of a footnote's line
_ARTICLE = re.compile(r"(?:an?|the|eine?|une?|una?|un)\s", re.IGNORECASE)
_LISTED = re.compile(
    r"(?:on|under|в|во|под|у|під|auf|unter|sur|sous|en|bajo)\s[^,.;]{0,40}(?:lists?|blacklist|register|sanctions|реестр\w?|реєстр\w?|"
    r"спис\w{1,4}|перечн\w|перелік\w?|liste|lista|sanktionen|sanciones)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"(?:its|their|his|her|его|её|ее|их|його|її|їх|їхня|seine|ihre|ses|sa|su|sus)\s", re.IGNORECASE)
_PASSIVE = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "and",
        "also",
        "both",
        "has",
        "officially",
        "formally",
        "now",
        "currently",
    ]
)
_CASE_OPENER = re.compile(r"\w{2,20}(?:ая|ое|ый|ий|ой|ого|ому|ым|ую|ые|ых|щий|щая|вший|вшая|на|не|ий|ної|ного|ному|ним|на)\b")
_ASCRIBING = re.compile(
    r"\b(?:consider\w{0,4}|regard\w{0,3}|deem\w{0,3}|view\w{0,3}|label\w{0,4}|call\w{0,3}|describ\w{0,3}|treats|"
    r"list as|brand\w{0,3}|считает\w{0,2}|считают|называ\w{0,4}|вважа\w{0,3}|betracht\w{0,3}|consid[eé]r\w{0,5})\b|"
    r"\b(?:by|von|por|par)\s",
    re.IGNORECASE,
)
_PREDICATE = re.compile(r"\b(?:is|are|was|were|be|not|kein\w{0,2}|ist|sei)\s$", re.IGNORECASE)
_TAGS = frozenset(["control", "state_media", "banned", "sanctioned"])
_NOUN = re.compile(r" ((?!\w{0,20}(?:ed|ing|s) )[a-zà-ÿ][\w-]{2,20})(?= [A-ZÀ-Þ«“\"„])")
_NOUN_SLAVIC = re.compile(r" ((?:[а-яёіїєґ]{3,20} ){0,2}[а-яёіїєґ]{3,20})(?= [«“\"„]|\s[A-Z]{2})")
_REGISTER = re.compile(r"(?:реестр|списк|список|переч|list|register|registry)\w{0,4}\s{0,3}$", re.IGNORECASE)
_BEFORE_BANNED = re.compile(
    r"(?:\b(?:the|an?|its|their|of|by|to|with|from|for|and|as)|['’]s|^|[\n.,])\s{0,3}$", re.IGNORECASE
)
STAR_LINE = re.compile(
    r"(?m)(?:^[\s_>•]{0,6}|(?<=\s)|(?<=[.»\"])|(?<=>))(\*{1,3}|[¹²³⁴†‡])[_\s*]{0,4}(?:&nbsp;)?[-—–]?\s{0,2}(?=[\w«»„“\"])"
)
STARRED = re.compile(r"(?<=[\w»«\"”“)*_])(\*{1,3}|[¹²³⁴†‡])(?![\w*])")
# Marks that are notes only where a name bears the same one: digits, digits in brackets, #.
_NUMBER_LINE = re.compile(r"(?m)(?:^[ \t_>]{0,6}|(?<=<br>)|(?<=<br/>))(\(\d\)|\[\d\]|\d|#)[ \t]{0,3}(?=[\w«„“\"])")
_NOTICE = re.compile(
    r"(?:настоящий материал|данное сообщение|данный материал|цей матеріал|this (?:material|message|article|content)|"
    r"(?:ce|cet|cette|le présent) (?:contenu|message|article|matériel|texte)|"
    r"dies\w{0,2} (?:beitrag|text|material|artikel)|"
    r"(?:este|el presente) (?:material|mensaje|contenido|artículo|texto)|bu (?:içerik|haber|metin|yazı|materyal))"
    r"[^.\n]{0,200}(?:иностранн\w{2,3} агент\w{0,3}|іноземн\w{2,3} агент\w{0,3}|foreign agent|"
    r"agent (?:de l['’]étranger|étranger)|auslandsagent|ausländisch\w{0,2} agent|agente extranjer|yabancı ajan)"
    r"[^.\n]{0,120}",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\S(?:[^\n]|\n(?!\s*\n)){0,2000}")
# The outlet speaks of itself, of this text, or to its readers.
_OWN_VOICE = re.compile(
    r"\b(?:we|us|our|readers?|this (?:material|article|content|post|page|story|text|message|interview|publication)|subscribing|"
    r"мы|нас|нам|наш\w{0,3}|вы|вас|вам|читател\w{1,3}|редакци\w{1,3}|не ссылайтесь|не ставим|подписк\w|подписыва\w{1,5}|"
    r"(?:этот|данный|настоящий) (?:материал|текст)|(?:эта|данная) публикаци\w|в тексте|упомянут\w{1,3}|напоминаем|внимание|"
    r"ми|нашого|наш\w|читач\w{0,3}|редакці\w{1,3}|нагадує\w?|зверніть увагу|ця публікація|цей (?:запис|матеріал|текст|допис)|"
    r"wir|uns|unser\w{0,2}|leser\w{0,5}|dieser? (?:text|beitrag|artikel|material)|nous|notre|lecteurs|ce texte|cet article|"
    r"nosotros|nuestr\w{1,2}|lectores|este (?:texto|artículo|material)|okur\w{0,6}|bu (?:haber|metin|içerik|yazı))\b",
    re.IGNORECASE,
)
_QUOTED_NAME = re.compile(r"[«“„»][^«»“”„\n]{2,60}[»”“«]|\"[^\"\n]{2,60}\"")
_NAME_LED = re.compile(
    r"(?:\bby |: |, |\s)((?!(?:THE|A|AN|OR|AND|This|The)\b)[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w.&-]{1,30}(?: [A-ZÀ-ÞА-ЯЁІЇЄҐ][\w.&-]{0,30}){0,4})"
)
_CORRECTION = re.compile(r"(?:correct|clarif|уточн|исправ|виправл|korrektur|corre[cç]|düzeltme)", re.IGNORECASE)
_LIST_HEAD = re.compile(
    r"(?:организаци\w|організаці\w|organi[sz]ations?|organisationen|organizaciones|örgütler)[^.\n:]{0,120}:\s", re.IGNORECASE
)
_LINE_END = re.compile(r"\n|<br\s?/?>|</p>")
_NOTE_HEAD = re.compile(
    r"(?m)(?:^|(?<=>))[\s\[(_*]{0,6}(?:hinweis|anmerkung|note|nota|aviso|advertencia|okura not|not|uyarı|"
    r"editor[’']s note|disclosure|notice|примечание|внимание|від редакції|от редакции|avertissement|remarque)"
    r"\b[^:\n]{0,40}:\s(?=\S)",
    re.IGNORECASE,
)
_FUNDED = re.compile(
    r"(?:^|\n\s{0,3})([A-Z][\w ]{0,40} is (?:wholly |partly )?(?:funded|controlled|owned)\b"
    r"[^.\n]{0,60}\bby the\b[^.\n]{0,80})"
)
_LINK_END = re.compile(r"\]\([^()\s]{0,300}\)$")
_CONNECTOR = frozenset(
    ["of", "al", "al-", "for", "de", "la", "el", "du", "del", "bin", "ibn", "von", "van", "аш", "ан", "аль"]
)
_OPENERS = {"«": "»", "»": "«", "”": "“", "’": "‘", '"': '"', "“": "„", "'": "'"}
_MEDIA = re.compile(
    r"\s{1,2}(?:\w{1,20}\s){0,3}?(?:tv|television|media|news|newspaper|network|channel|broadcaster|agency|outlet|press|"
    r"company|companies|radio|daily|tabloid|nachrichtenagentur|agentur|medien|sender)s?\b",
    re.IGNORECASE,
)


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
        found = (match for match in lexicon.matches(text, language) if match.rule.role != "cue")
        self.pieces = sorted(found, key=lambda match: (match.start, match.end))
        self.starts = [piece.start for piece in self.pieces]
        self.designations = [piece for piece in self.pieces if piece.rule.role == "designation"]
        self.english, self.german, self.turkish = (language == code for code in ("en", "de", "tr"))
        self.slavic = language in ("ru", "uk")
        self.roles: dict[int, str] = {}  # role of every code point that a part covers
        self.ends: dict[int, int] = {}  # end of the first part that covers a code point
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
                if not any(label.start < other.end and other.start < label.end for other in found):
                    found.append(label)
        return sorted(found, key=lambda label: (label.start, label.end))

    def _inside(self, start: int, end: int) -> tuple[CueMatch, ...]:
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return tuple(piece for piece in self.pieces[low:high] if piece.end <= end)

    def _share(self, start: int, end: int) -> float:
        """Share of the words that are parts of a label or names."""
        words = list(_WORD.finditer(self.text, start, end))
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
        return bool(claims) and bool(roles & {"verdict", "authority", "head"} or "banned" in claims)

    def _label(self, start: int, end: int, form: str, target: Span | None) -> Label | None:
        pieces = self._inside(start, end)
        if not any(piece.rule.role == "designation" for piece in pieces):
            return None
        attributed = form in ("appositive", "dash", "parenthetical") and bool(_ASCRIBING.search(self.text[start:end]))
        return Label(start, end, form, target, pieces, attributed)

    def _parentheticals(self) -> Iterator[Label]:
        for start, end in brackets(self.text):
            inner = self._inside(start + 1, end - 1)
            if self._bare_media(start + 1, end - 1, inner) or (
                self._valid(inner) and self._only_label(start + 1, end - 1, inner)
            ):
                target = name_before(self.text, start, self.roles)
                if not self._bears(target, inner):
                    continue
                label = self._label(start, end, "parenthetical", target)
                if label is not None:
                    yield label

    def _bears(self, target: Span | None, inner: Sequence[CueMatch]) -> bool:
        """Whether a word can bear a status: a name or a head noun; not a statute, nor a substance that is banned."""
        if target is None:
            return True
        if _is_name(self.text, target):
            return not _is_statute(self.text[slice(*target)])
        return self.roles.get(target[0]) == "head" or "foreign_agent" in {p.rule.value for p in inner}

    def _bare_media(self, start: int, end: int, inner: Sequence[CueMatch]) -> bool:
        """Whether a bracket says "state media" and nothing else."""
        return {p.rule.value for p in inner} == {"state_media"} and self._share(start, end) == 1.0

    def _only_label(self, start: int, end: int, inner: Sequence[CueMatch]) -> bool:
        first = next(piece for piece in inner if piece.rule.role == "designation")
        stop = end if end - start <= _SHORT_BRACKET else first.start
        if _NEGATED.search(self.text, start, stop) and not _LISTED_NOT.search(self.text, start, stop):
            return False
        if _UNSETTLED.search(self.text, start, end):
            return False
        if self._share(start, end) >= _BRACKET_SHARE:
            return True
        led = self._inside(start, first.end)
        return self._valid(led) and self._share(start, first.end) >= _PREFIX_SHARE

    def _notices(self) -> Iterator[Label]:
        for found in _NOTICE.finditer(self.text):
            label = self._label(found.start(), found.end(), "notice", self._agent_named(*found.span()))
            if label is not None:
                yield label
        for start, end in self._headed_notices():
            inner = self._inside(start, end)
            if self._valid(inner) and (label := self._label(start, end, "notice", self._first_name(start, end))):
                yield label

    def _agent_named(self, start: int, end: int) -> Span | None:
        """Return the name in a notice on a foreign agent: in quotation marks, after a colon, or after "by"."""
        quoted = _QUOTED_NAME.search(self.text, start, end)
        if quoted is not None:
            return quoted.span()
        shout = sum(c.isupper() for c in self.text[start:end]) > (end - start) / 2
        after = max((p.end for p in self._inside(start, end) if p.rule.role == "designation"), default=start)
        led = _NAME_LED.search(self.text, after if shout else start, end)
        return led.span(1) if led else None

    def _headed_notices(self) -> Iterator[Span]:
        """Lines that call themselves a note, and opening lines that say who pays for the outlet."""
        for head in _NOTE_HEAD.finditer(self.text):
            if _CORRECTION.search(self.text, head.start(), head.end() + 40):
                continue
            stop = self.text.find("\n", head.end())
            end = min(len(self.text) if stop < 0 else stop, head.end() + _MAX_NOTE)
            yield head.start() + len(head.group()) - len(head.group().lstrip(" \n\t[(_*")), end
        for said in _FUNDED.finditer(self.text):
            yield said.span(1)
        yield from self._own_paragraphs()

    def _own_paragraphs(self) -> Iterator[Span]:
        """First and last paragraphs in which the outlet speaks of itself or to its readers about a status."""
        blocks = [m.span() for m in _BLOCK.finditer(self.text)]
        for start, end in sorted({*blocks[:1], *blocks[-1:]}) if len(blocks) > 1 else ():
            if end - start > _MAX_NOTICE or self.text[start] in "*¹²³†#" or _CORRECTION.match(self.text, start):
                continue
            if self._share(start, end) < _NOTICE_SHARE or "**" in self.text[start:end]:
                continue
            if _OWN_VOICE.search(self.text, start, end) or _LIST_HEAD.match(self.text, start):
                yield start, end

    def _first_name(self, start: int, end: int) -> Span | None:
        """Return the first name of a note that is no part of the label itself; quoted ones go first."""
        quoted = _QUOTED_NAME.search(self.text, start, end)
        if quoted is not None and self.text[quoted.start() + 1].isupper():
            return quoted.span()
        colon = self.text.find(":", start, min(end, start + 60))
        words = [w for w in _WORD.finditer(self.text, max(start, colon + 1), end) if self._named(w)]
        words = [w for w in words if w.start() not in self.roles]
        single = len(words) > 1 and self.text[words[0].end() : words[1].start()] != " " and colon < start
        first = words[1] if single and words[0].start() == start else next(iter(words), None)
        if first is None:
            return None
        last = first
        for word in _WORD.finditer(self.text, first.end(), end):
            if self.text[last.end() : word.start()] != " " or not word.group()[0].isupper():
                break
            last = word
        return first.start(), last.end()

    def _footnotes(self) -> Iterator[Label]:
        for mark in self._note_marks():
            stop = _LINE_END.search(self.text, mark.end())
            line_end = stop.start() if stop else len(self.text)
            if line_end - mark.end() > _MAX_NOTE:
                continue
            end = mark.end() + len(self.text[mark.end() : line_end].rstrip(" _*\",'"))
            inner = self._inside(mark.end(), end)
            bold = mark.group(1) == "**" and "**" in self.text[mark.end() : line_end + 4]
            called = self._called(mark)
            least = _CALLED_SHARE if called else _NOTE_SHARE
            if bold or not self._valid(inner) or self._share(mark.end(), end) < least:
                continue
            label = self._label(mark.start(1), end, "footnote", self._starred(called, mark.end(), end))
            if label is not None:
                yield label

    def _note_marks(self) -> Iterator[re.Match[str]]:
        yield from STAR_LINE.finditer(self.text)
        for mark in _NUMBER_LINE.finditer(self.text):
            if self._called(mark):
                yield mark

    def _called(self, mark: re.Match[str]) -> list[Span]:
        """Names before a note that bear a mark; those with the note's own mark, where there are any."""
        if mark.re is _NUMBER_LINE:
            sign = re.compile(rf"(?<=[\w»”\")]) ?({re.escape(mark.group(1))})(?!\w)")
            names = (name_before(self.text, m.start(), self.roles) for m in sign.finditer(self.text, 0, mark.start()))
            return [name for name in names if name is not None and _is_name(self.text, name)]
        marks = [m for m in STARRED.finditer(self.text, 0, mark.start()) if not self._closes_bold(m)]
        own = [m for m in marks if m.group(1) == mark.group(1)]
        names = (name_before(self.text, m.start(), self.roles) for m in own or marks)
        return [name for name in names if name is not None]

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
        words = [w for w in _WORD.finditer(self.text, start, end) if self._named(w) and w.start() not in self.roles]
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
        floor = max(0, piece.start - _MAX_SEGMENT)
        marks = list(_DELIMITER.finditer(self.text, floor, piece.start))
        for mark in reversed(marks[-_NEAR_MARKS:]):
            close = _CLOSE[mark.group().strip()].search(self.text, piece.end, piece.end + _MAX_SEGMENT)
            if close is None:
                continue
            start, end = mark.end(), close.start()
            target = name_before(self.text, mark.start(), self.roles)
            if target is None or not _is_name(self.text, target) or self._is_clause(start, end):
                continue
            if piece.rule.value in ("state_media", "control") and _name_after(self.text, piece.end, media=False):
                continue  # it stands before a name of its own
            if self.slavic and self.roles.get(start) is None and not _CASE_OPENER.match(self.text, start):
                continue  # another subject: "флаги движения запрещены"
            inner = self._inside(start, end)
            roles = {p.rule.role for p in inner}
            telling = {"verdict", "head"} | ({"authority"} if piece.rule.value in ("state_media", "control") else set())
            if not self._valid(inner) or not roles & telling or self._share(start, end) < _CLOSED_SHARE:
                continue
            return self._label(start, end, "appositive" if mark.group().startswith(",") else "dash", target)
        return None

    def _postposed(self, piece: CueMatch) -> Label | None:
        """Return a status right behind a name: "the PKK/YPG terrorist group"."""
        if not self.english or piece.rule.value not in ("terrorist", "extremist"):
            return None
        if self.text[piece.start - 1 : piece.start] != " ":
            return None
        last = self.text[piece.start : piece.end].rpartition(" ")[2].lower()
        body = _BODY.match(self.text, piece.end)
        if body is None and last not in _BODIES:
            return None
        end = body.end() if body else piece.end
        target = name_before(self.text, piece.start, self.roles)
        if target is None or not _is_name(self.text, target) or target[1] - target[0] < _LEAST_NAME:
            return None
        if self.roles.get(target[0]) in ("authority", "designation"):
            return None
        return self._label(piece.start, end, "appositive", target)

    def _segment(self, piece: CueMatch) -> Label | None:
        floor = max(0, piece.start - _MAX_SEGMENT)
        for stop in _STOP.finditer(self.text, floor, piece.start):
            floor = stop.end() if stop.group()[0] not in "«“”»" else floor
        best: Label | None = None
        end = self._extend(piece.end)
        for mark in list(_DELIMITER.finditer(self.text, floor, piece.start))[-_MOST_MARKS:]:
            if self._share(mark.end(), end) < _SEGMENT_SHARE or not self._opens(mark.end(), end, piece):
                continue
            if any(p.search(self.text, mark.end(), end) for p in (_NEGATED, _UNSETTLED)):
                continue
            if _JOINING.match(self.text, mark.end()) or _STATUTE_STRICT.match(self.text, piece.end):
                continue
            relative = _RELATIVE.match(self.text, mark.end()) is not None
            target = name_before(self.text, mark.start(), self.roles)
            if target is None or not (relative or _is_name(self.text, target)):
                continue
            form = "appositive" if mark.group().startswith(",") else "dash"
            start = mark.start() + len(mark.group()) - len(mark.group().lstrip())
            best = best or self._label(start, end, form, target)
        return best

    def _opens(self, start: int, end: int, piece: CueMatch) -> bool:  # noqa: PLR0911 - one return per form
        """Whether a segment begins as a relative clause, a participle, a status or an apposed noun phrase."""
        inner = self._inside(start, end)
        if not self._valid(inner):
            return False
        roles = {p.rule.role for p in inner}
        if piece.rule.value == "banned" and self.english:
            before = _WORD.findall(self.text[start : piece.start])
            return all(w.lower() in _PASSIVE or _RELATIVE.match(w) or _ends_in_role(w) for w in before)
        if _RELATIVE.match(self.text, start):
            if _FUTURE.search(self.text, start, piece.start):
                return False  # a status that may come is none
            values = {p.rule.value for p in inner}
            return "verdict" in roles or bool(values & {"banned", "sanctioned", "control", "state_media"})
        first = self.roles.get(start)
        if _LISTED.match(self.text, start):
            return not _FINITE.search(self.text, start, end)
        if _POSSESSIVE.match(self.text, start) and not self.text[start - 2 : start].startswith(","):
            return bool(roles & {"verdict", "authority"})
        if _ARTICLE.match(self.text, start):
            if _FINITE.search(self.text, start, piece.start):
                return False  # a sentence of its own: "the ministry has designated …"
            closed = self.text[end : end + 1] in ("", ",", ".", ";", ")", "\n", " ") and "head" in roles
            return closed and bool(roles & {"verdict", "authority"} or self.text[end : end + 1] != " ")
        return first in ("designation", "verdict") and bool(roles & {"verdict", "authority", "head"})

    def _extend(self, end: int) -> int:
        """Move an end over the following parts of a label, as far as a weighty one."""
        best = at = end
        while at - end <= _MAX_SEGMENT:
            word = _WORD.match(self.text, at + len(self.text[at : at + 3]) - len(self.text[at : at + 3].lstrip(" \n,")))
            if word is None or (word.start() not in self.roles and not (self._named(word) and best != end)):
                return best
            if "," in self.text[at : word.start()] and self.roles.get(word.start()) not in ("designation", "verdict"):
                return best
            at = word.end()
            if self.roles.get(word.start()) in ("designation", "authority", "head"):
                at = best = max(at, self.ends[word.start()])
        return best

    def _is_clause(self, start: int, end: int) -> bool:
        """Whether a stretch says something of its own in place of describing the name before it."""
        if any(p.search(self.text, start, end) for p in (_STOP, _CLAUSE, _NEGATED, _UNSETTLED)) or _JOINING.match(self.text, start):
            return True
        if self.turkish and _TURKISH_FINITE.search(self.text, start, end):
            return True
        relative = _RELATIVE.match(self.text, start) is not None
        return self.english and not relative and _FINITE.search(self.text, start, end) is not None

    def _prenominal(self) -> Iterator[Label]:
        for piece in self.designations:
            found = self._modified(piece)
            if found is not None:
                label = self._label(*found[0], "prenominal", found[1])
                if label is not None:
                    yield label

    def _modified(self, piece: CueMatch) -> tuple[Span, Span] | None:
        """Return the run of parts that modifies the name right after it, and the name."""
        start, end = self._run(piece)
        if _REGISTER.search(self.text[max(0, start - 15) : start]):
            return None
        if not self._modifies(start, piece, self._inside(start, end)):
            return None
        if self.slavic and _SLAVIC_FINITE.match(self.text, start):
            return None  # "объявила нежелательной деятельность фонда": what was done to it is the news
        if _STATUTE.match(self.text, piece.end) or self._ends_open(piece.end, end):
            return None
        media = piece.rule.value == "state_media"
        target = _name_after(self.text, end, media=media)
        if target is None and end > piece.end:
            end, target = self._shorter(piece, end, media=media)
        if target is None and piece.rule.value in _TAGS and " " not in self.text[piece.start : piece.end].strip():
            target = self._name_beyond(end)
        if target is None or _is_statute(self.text[slice(*target)]):
            return None
        acts = piece.rule.value in ("banned", "foreign_agent") and self.slavic
        if acts and self.roles.get(target[0]) == "authority":
            return None  # "признан иноагентом Министерством юстиции": who did it
        return (start, end), target

    def _shorter(self, piece: CueMatch, end: int, *, media: bool) -> tuple[int, Span | None]:
        """Give up the last parts of a run where they are themselves the name: "state-run Russia 24"."""
        last = list(_WORD.finditer(self.text, piece.end, end))[-1]
        if last.group()[0].isupper():
            begin = max(piece.end, last.start() - 1)
            if self._ends_open(piece.end, begin):
                return end, None
            return begin, _name_after(self.text, begin, media=False)
        noun = _MEDIA.match(self.text, piece.end) if media else None
        before = self.text[max(0, piece.start - 8) : piece.start]
        if noun is None or noun.end() > end or _PREDICATE.search(before):
            return end, None
        return piece.end, (noun.end() - len(noun.group().split()[-1]), noun.end())

    def _name_beyond(self, end: int) -> Span | None:
        """Name after one noun that says what it is: "the US-blacklisted chipmaker SMIC"."""
        noun = _NOUN_SLAVIC.match(self.text, end) if self.slavic else _NOUN.match(self.text, end)
        if noun is None or self.roles.get(noun.start(1)) in ("function", "verdict"):
            return None
        return _name_after(self.text, noun.end(1), media=False)

    def _run(self, piece: CueMatch) -> Span:
        """Return the unbroken run of label parts before a name: to the left as far as an act or a designation."""
        end = piece.end
        while end - piece.end < _MAX_SEGMENT and (word := _WORD.match(self.text, end + 1)):
            if self.text[end : end + 1] not in (" ", "\n"):
                break
            role = self.roles.get(word.start())
            weighty = role == "authority" or (self.german and role == "head")  # German nouns are capitalised
            if role in (None, "verdict") or (word.group()[0].isupper() and not weighty):
                break
            end = word.end()
        start = piece.start
        left = [w for w in _WORD.finditer(self.text, max(0, start - 60), start) if w.start() in self.roles]
        for word in reversed(left):
            if self.text[word.end() : start].strip(" ,-") or self.roles[word.start()] not in ("designation", "verdict"):
                break
            start = word.start()
        while start > 1 and self.text[start - 1] == "-" and self.text[start - 2].isalpha():
            start = _word_start(self.text, start - 2)
        return start, end

    def _ends_open(self, start: int, end: int) -> bool:
        """Whether the run ends in a preposition, so that the name after it belongs to it: "outlawed in Scotland"."""
        found = list(_WORD.finditer(self.text, start, end))
        words = [w for w in found if w.group().lower() not in _ARTICLES]
        if words:
            return self.roles.get(words[-1].start()) == "function"
        return self.text[start - 3 : start].lower() == " by"

    def _modifies(self, start: int, piece: CueMatch, inner: Sequence[CueMatch]) -> bool:
        roles = {p.rule.role for p in inner}
        if piece.rule.value == "banned" and self.english:
            return _BEFORE_BANNED.search(self.text[max(0, start - 12) : start]) is not None
        if piece.rule.value in ("banned", "state_media") and not self.slavic and not self.english:
            before = [w.start() for w in _WORD.finditer(self.text, max(0, start - 40), start)][-2:]
            if "head" in roles or any(self.roles.get(at) == "head" for at in before):
                return True
            led = _DEFINITE.search(self.text[max(0, start - 8) : start]) is not None
            return led and not self.german and self.text[piece.end : piece.end + 2].strip()[:1].isupper()
        if piece.rule.value == "separatist" and not roles & {"verdict", "authority"}:
            return False  # the reporter's usual noun
        if piece.rule.value in ("foreign_agent", "banned", "sanctioned", "state_media", "control"):
            return True
        if piece.rule.value == "undesirable" and self.slavic:
            return True
        claims = {p.rule.value for p in inner if p.rule.role == "designation"}
        body = self.text[piece.start : piece.end].rpartition(" ")[2].lower() in _BODIES
        return body or "head" in roles or "verdict" in roles or "banned" in claims


def _is_statute(name: str) -> bool:
    return _LAW.search(name) is not None


def _ends_in_role(word: str) -> bool:
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


def _word_start(text: str, at: int) -> int:
    while at > 0 and text[at - 1].isalnum():
        at -= 1
    return at


def _is_name(text: str, span: Span) -> bool:
    words = text[slice(*span)]
    return (any(char.isupper() for char in words) and not words[:1].isdigit()) or words[:1] in '«“"„@'


def brackets(text: str) -> list[Span]:
    """Spans of bracketed stretches of at most 400 code points, marks included, outer before inner."""
    stack: list[tuple[str, int]] = []
    found = []
    for mark in re.finditer(r"[()\[\]]", text):
        char = mark.group()
        if char in "([":
            stack.append((char, mark.start()))
        elif stack and stack[-1][0] == _PAIRS[char]:
            start = stack.pop()[1]
            if mark.end() - start <= _MAX_BRACKET:
                found.append((start, mark.end()))
    return sorted(found, key=lambda span: (span[0], -span[1]))


def name_before(text: str, end: int, roles: dict[int, str] | None = None) -> Span | None:
    """Span of the name or noun phrase that ends before a position, without article, marks of markdown and acronym.

    Parameters
    ----------
    text : str
        Any text.
    end : int
        Where the label begins.
    roles : dict, optional
        Role of each code point; a common noun may close a name only where it is a head noun ("Taliban movement").

    Returns
    -------
    (int, int) or None
        The word before, where it is no name.
    """
    window = max(0, end - 500)
    at = end
    for _ in range(4):  # markdown, link, acronym, in any order
        at = window + len(text[window:at].rstrip(" \n\t_*,~"))
        at -= len("&nbsp;") if text.endswith("&nbsp;", window, at) else 0
        link = _LINK_END.search(text, window, at)
        acronym = re.search(r"\((?:[A-ZА-ЯЁ][\w’/-]{1,10})\)$", text[window:at])
        if link:
            at = link.start()
        elif acronym:
            at = window + acronym.start()
    if at <= window:
        return None
    if text[at - 1] in _OPENERS:
        start = text.rfind(_OPENERS[text[at - 1]], max(window, at - 100), at - 1)
        if start < 0 and text[at - 1] == "“":
            start = text.rfind("“", max(window, at - 100), at - 1)
        return (start, at) if start >= 0 else None
    words = list(_WORD.finditer(text, max(window, at - 120), at))
    return _capital_run(text, words, roles or {}) if words and words[-1].end() == at else None


def _capital_run(text: str, words: list[re.Match[str]], roles: dict[int, str]) -> Span:
    start, end, named = words[-1].start(), words[-1].end(), words[-1].group()[0].isupper()
    head = not named and roles.get(start) == "head"
    for before, word in zip(reversed(words[:-1]), reversed(words[1:]), strict=True):
        gap = text[before.end() : word.start()]
        if gap.strip(" \n_*") or not (named or head):
            break
        if before.group()[0].isupper():
            start, named = before.start(), True
        elif before.group().lower() not in _CONNECTOR:
            break
    first = re.match(r"(?:The|A|An|But|And|In|By|Of)\s", text[start:end])
    return (start + first.end(), end) if first and first.end() < end - start else (start, end)


def _name_after(text: str, end: int, *, media: bool) -> Span | None:
    """Span of the name right after a prenominal label; with ``media`` a noun such as *television* will do."""
    found = re.compile(
        r"[”»\"]?[^\S\n]{1,3}(?:(?:the|news agency|newspaper|network|channel|TV network|broadcaster|outlet)\s){0,2}"
        r"([«“\"„][^«»“”\"\n]{1,80}[»”\"“]|[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w'’-]{0,40}(?:\s(?:of\s)?[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w'’-]{0,40}){0,5})"
    ).match(text, end)
    if found:
        return found.span(1)
    noun = _MEDIA.match(text, end) if media else None
    return (noun.start() + len(noun.group()) - len(noun.group().lstrip()), noun.end()) if noun else None
