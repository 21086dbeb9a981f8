"""Planted derivatives of real sentences: edits, paraphrases by rule, merges, splits, near-misses.

All word lists are the project's own. Every function takes the random generator, so that a seed fixes the set.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from framing.text import split_sentences

__all__ = ["Pair", "Story", "edited", "make_pair", "paraphrased", "read_stories", "swapped"]

SOURCES = ("g5.jsonl", "basil.jsonl")
MIN_WORDS, MAX_SENTENCES = 7, 30
NAME = re.compile(r"(?<![.!?\"“] )(?<=[\w,”\"’'] )(?:[A-Z][\w.’'-]*\w)(?: [A-Z][\w.’'-]*\w)*")
NUMBER = re.compile(r"\b\d[\d.,]*\d\b|\b\d\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundreds)\b")
CLAUSE = re.compile(
    r", (?=(?:and|but|while|because|after|before|as|when|who|which|where|although|since|with)\b)|; | — "
)
SAID = re.compile(
    r"^(.{25,}?),? ((?:[A-Z][\w.’'-]+ ){1,3}|he |she |they |officials )(said|told reporters)(?: on \w+)?\.$"
)
LABELS = (
    "(a group on the country's list of banned organizations)",
    ", outlawed since last year,",
    "(designated as extremist)",
    "(banned in the country)",
    ", a far-right party,",
    "[recognized as undesirable]",
    "so-called",
)
FILLERS = ("reportedly", "also", "later", "again", "earlier this week", "officially", "in part", "by then", "at first")
DROPPABLE = frozenset(
    [
        "the",
        "a",
        "an",
        "very",
        "also",
        "just",
        "still",
        "now",
        "then",
        "already",
        "even",
        "only",
        "that",
        "which",
        "who",
        "really",
        "quite",
        "rather",
        "more",
        "most",
        "some",
        "any",
        "all",
        "recently",
        "quickly",
        "largely",
        "reportedly",
        "immediately",
        "finally",
        "clearly",
        "directly",
        "apparently",
        "previously",
        "currently",
    ]
)
_TABLE = """say:state says:states said:stated told:informed asked:requested called:termed announced:declared
show:reveal showed:revealed shows:reveals began:started begin:start begins:starts ended:finished killed:slain
died:perished left:departed help:assist helped:assisted helping:assisting need:require needs:requires needed:required
want:wish wants:wishes wanted:wished get:obtain got:obtained try:attempt tried:attempted trying:attempting
buy:purchase bought:purchased use:employ used:employed using:employing give:grant gave:granted made:produced
make:produce making:producing keep:retain kept:retained allow:permit allowed:permitted big:large large:sizeable
small:minor new:fresh old:former bad:poor good:positive many:numerous several:various about:around around:roughly
near:close over:above more:additional people:persons children:youngsters man:male woman:female police:officers
officials:authorities official:functionary government:administration president:leader lawmakers:legislators
law:statute bill:measure plan:scheme plans:schemes attack:assault attacks:assaults war:conflict money:funds
country:nation countries:nations city:town home:house house:residence company:firm companies:firms job:post jobs:posts
reporters:journalists leaders:chiefs leader:chief issue:matter issues:matters problem:difficulty talks:negotiations
meeting:session vote:ballot votes:ballots win:victory rule:regulation rules:regulations fight:battle strong:firm
against:opposed support:backing supported:backed supporters:backers critics:opponents change:alter changed:altered
increase:rise increased:rose cut:reduce decision:ruling statement:declaration report:account reports:accounts
because:since although:though while:whereas however:yet but:yet before:prior after:following during:throughout
including:among likely:probably also:too often:frequently quickly:rapidly nearly:almost almost:nearly year:twelvemonth
week:seven-day month:period today:now important:key major:main hard:difficult clear:plain early:first last:previous
next:coming night:evening morning:dawn death:demise deaths:fatalities accused:blamed arrested:detained charged:indicted
released:freed launched:fired test:trial missile:rocket missiles:rockets weapons:arms troops:soldiers soldiers:troops
military:army threat:danger warned:cautioned urged:pressed agreed:consented refused:declined rejected:dismissed
denied:disputed claimed:maintained added:continued noted:remarked believe:think believed:thought think:believe
thought:believed expected:anticipated hoped:wanted won:gained lost:forfeited spoke:talked went:travelled came:arrived"""
SYNONYMS = dict(entry.split(":") for entry in _TABLE.split())
NUMERALS = {
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    "10": "ten",
}
NUMERALS |= {word: digit for digit, word in NUMERALS.items()}
Rng = random.Random


@dataclass(frozen=True)
class Story:
    """A real article cut into sentences, with the sentences of the other articles of its event."""

    name: str
    event: str
    outlet: str
    sentences: list[str]
    sisters: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Pair:
    """Two planted articles, their gold links and what each link was made as."""

    ours: list[str]
    theirs: list[str]
    links: dict[tuple[int, int], str]


def read_stories(folder: Path) -> list[Story]:
    """Articles of at least twelve usable sentences, with those of their event that share no run of five words."""
    rows = []
    for source in SOURCES:
        for k, line in enumerate((folder / source).read_text("utf-8").splitlines()):
            row = json.loads(line)
            cut = [row["text"][a:b].strip() for a, b in split_sentences(row["text"])]
            usable = [s for s in dict.fromkeys(cut) if len(s.split()) >= MIN_WORDS and s[-1] in '.?!"”']
            rows.append((f"{source}:{k}", f"{source}:{row['event']}", str(row["outlet"]), usable))
    stories = []
    for name, event, outlet, sentences in rows:
        if len(sentences) < 12:
            continue
        own = {gram for s in sentences for gram in _grams(s)}
        sisters = [s for n, e, _, other in rows if e == event and n != name for s in other if not own & _grams(s)]
        stories.append(Story(name, event, outlet, sentences, sisters))
    return stories


def _grams(sentence: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", sentence.lower())
    return {tuple(words[k : k + 5]) for k in range(len(words) - 4)}


def edited(sentence: str, rng: Rng, rate: float | None = None) -> str:
    """Change 5 to 30 % of the words (replace, drop, insert); one in three gets a label, one in six another number."""
    rate = rng.uniform(0.05, 0.30) if rate is None else rate
    words = sentence.split()
    body = list(range(1, len(words) - 1))
    for k in sorted(rng.sample(body, min(len(body), max(1, round(rate * len(words))))), reverse=True):
        choice = rng.random()
        bare = words[k].strip(",.;").lower()
        if choice < 0.5:
            words[k] = SYNONYMS.get(bare, rng.choice(FILLERS).split()[0]) if not words[k][0].isupper() else words[k]
        elif choice < 0.75:
            del words[k]
        else:
            words.insert(k, rng.choice(FILLERS))
    text = " ".join(words)
    if rng.random() < 1 / 3:
        names = list(NAME.finditer(text))
        at = rng.choice(names).end() if names else len(" ".join(words[: len(words) // 2]))
        text = f"{text[:at]} {rng.choice(LABELS)}{text[at:]}".replace(" ,", ",")
    if rng.random() < 1 / 6:
        text = NUMBER.sub(lambda m: _other_number(m[0], rng), text, count=1)
    return text


def paraphrased(sentence: str, rng: Rng) -> str:
    """Reorder clauses, move the attribution, replace words by the table, drop words, shorten names."""
    text = sentence
    said = SAID.match(text)
    if said and rng.random() < 0.8:
        who = said[2].strip()
        claim = _lower(said[1].strip('“”"'))
        text = f"According to {who}, {claim}."
    else:
        parts = CLAUSE.split(text.rstrip("."))
        if len(parts) > 1 and rng.random() < 0.8:
            cut = rng.randrange(1, len(parts))
            text = f"{_upper(', '.join(parts[cut:]))}, {_lower(', '.join(parts[:cut]))}."
        else:
            words = text.rstrip(".").split()
            cut = rng.randrange(len(words) // 3, max(len(words) // 3 + 1, 2 * len(words) // 3))
            starts = [
                k for k in range(cut, len(words)) if words[k] in ("in", "on", "at", "for", "to", "after", "with", "by")
            ]
            if starts:
                text = f"{_upper(' '.join(words[starts[0] :]))}, {_lower(' '.join(words[: starts[0]]))}."
    drop = rng.uniform(0.1, 0.4)
    replace = rng.uniform(0.4, 1.0)
    words = []
    for word in text.split():
        bare = word.strip(',.;:"“”()').lower()
        if bare in NUMERALS and rng.random() < replace:
            words.append(NUMERALS[bare])
        elif bare in SYNONYMS and rng.random() < replace:
            words.append(word.lower().replace(bare, SYNONYMS[bare]))
        elif (bare in DROPPABLE and rng.random() < 0.7) or (
            not (word[0].isupper() or word[0].isdigit()) and rng.random() < drop
        ):
            continue
        elif word[0].isupper() and len(words) > 1 and words[-1][0].isupper() and rng.random() < 0.3:
            words[-1] = word
        else:
            words.append(word)
    return _upper(" ".join(words).strip(" ,")).rstrip(".") + "."


def swapped(sentence: str, rng: Rng, names: list[str]) -> str | None:
    """Return the same sentence with other names and other numbers, or None where it has fewer than two of them."""
    n_names, n_numbers = len(NAME.findall(sentence)), len(NUMBER.findall(sentence))
    if n_names < 1 or n_names + n_numbers < 2 or not names:
        return None
    text = NAME.sub(lambda _: rng.choice(names), sentence)
    text = NUMBER.sub(lambda m: _other_number(m[0], rng), text)
    first = text.split(" ", 1)
    return f"{rng.choice(names)} {first[1]}" if len(first) > 1 and sentence[0].isupper() and n_names == 1 else text


def _other_number(number: str, rng: Rng) -> str:
    if number[0].isdigit():
        return "".join(rng.choice([d for d in "123456789" if d != c]) if c.isdigit() else c for c in number)
    return rng.choice([w for w in ("two", "three", "four", "five", "six", "seven", "eight", "nine") if w != number])


def _split(sentence: str) -> tuple[str, str] | None:
    for match in CLAUSE.finditer(sentence):
        one, two = sentence[: match.start()], sentence[match.end() :]
        if min(len(one.split()), len(two.split())) >= MIN_WORDS:
            return f"{one}.", _upper(two)
    return None


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first.lower() in DROPPABLE | {"he", "she", "it", "they", "in", "on"} else text


def make_pair(  # noqa: C901, PLR0912 - one branch for each kind of derivative
    story: Story, rng: Rng, names: list[str], *, moved: float
) -> Pair:
    """Build an article and its derivative: what answers what is known by construction.

    A fifth of the article's sentences goes only into the derivative, so that both hold unique sentences of the same
    story; one in ten of the derivative is a sentence of the event's other articles, one in seven a near-miss, half of
    them beside the true answer. ``moved`` is the share of the derivative's sentences that is put elsewhere.
    """
    start = rng.randrange(max(1, len(story.sentences) - MAX_SENTENCES + 1))
    window = story.sentences[start : start + MAX_SENTENCES]
    held = set(rng.sample(range(len(window)), len(window) // 5))
    ours: list[str] = []
    theirs: list[tuple[str, list[tuple[int, str]]]] = []
    waiting: tuple[int, str] | None = None
    for k, sentence in enumerate(window):
        if k in held:
            theirs.append((sentence, []))
            continue
        i = len(ours)
        ours.append(sentence)
        if waiting is not None:
            joined = waiting[1].rstrip(".") + rng.choice([", and ", ", while ", "; "]) + _lower(sentence)
            theirs.append((joined, [(waiting[0], "merged"), (i, "merged")]))
            waiting = None
            continue
        fate = rng.random()
        if fate < 0.27:
            near = swapped(sentence, rng, names) if rng.random() < 0.35 else None
            if near:
                theirs.append((near, []))
            continue
        if fate < 0.42:
            theirs.append((sentence, [(i, "verbatim")]))
        elif fate < 0.62:
            theirs.append((edited(sentence, rng), [(i, "edited")]))
        elif fate < 0.92:
            theirs.append((paraphrased(sentence, rng), [(i, "paraphrase")]))
        elif fate < 0.96:
            parts = _split(sentence)
            theirs += [(part, [(i, "split")]) for part in parts or ()]
            theirs += [] if parts else [(paraphrased(sentence, rng), [(i, "paraphrase")])]
        else:
            waiting = (i, sentence)
        near = swapped(sentence, rng, names) if rng.random() < 0.1 else None
        if near and waiting is None:
            theirs.insert(rng.randrange(len(theirs) + 1), (near, []))
    for sentence in rng.sample(story.sisters, min(len(story.sisters), len(window) // 10)):
        theirs.insert(rng.randrange(len(theirs) + 1), (sentence, []))
    for k in rng.sample(range(len(theirs)), round(moved * len(theirs))):
        theirs.insert(rng.randrange(len(theirs)), theirs.pop(k))
    links = {(i, j): made for j, (_, sources) in enumerate(theirs) for i, made in sources}
    return Pair(ours, [sentence for sentence, _ in theirs], links)
