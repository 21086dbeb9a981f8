"""Steps that group mentions by their names."""

from __future__ import annotations

import re
from collections import defaultdict

from rapidfuzz.distance import Levenshtein

from framing.cues.nouns import Nouns, singular
from framing.cues.partition import Event, Mention

__all__ = ["STEPS", "is_place", "is_placed"]

Key = tuple[str, ...]

_PLACED = re.compile(r"\b(?:in|near|from|at|to|outside|around|across|into|of|for|over|through)\s+$")
_ACTS = re.compile(
    r"\s(?:also |has |had |have |will |would )?(?!(?:is|was|this|its|his|as|police)\b)"
    r"(?:[a-z]{2,}(?:s|ed)|said|told|went|took|made|gave|sent)\b"
)
_PARTICLES = frozenset(("of", "the", "and", "for", "de", "la", "al", "von", "van", "bin"))
_UNLIKE_PERSONS = _PARTICLES - {"al", "bin"}
_BRACKETED = ({"name", "acronym"}, {"acronym"})


def same_names(event: Event) -> None:
    """Join equal names; a surname that several bear only within one report."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for key in event.by_name:
        ends_in_name = any(key[-size:] in event.by_name for size in range(2, len(key)))
        if len(key) > 1 and _is_person(event, key) and not ends_in_name:
            bearers[key[-1]].add(key[0])
    for key, found in event.by_name.items():
        shared = len(key) == 1 and len(bearers[key[0]]) > 1  # whose surname it is, the report must say
        if shared:
            event.shared.add(key)
        parts: dict[str, list[int]] = defaultdict(list)
        for i in found:
            parts[event.mentions[i].article_id if shared else ""].append(i)
        for part in parts.values():
            first = _plainest(event, part)
            for i in part:
                event.groups.join(first, i, "same name")


def aliases(event: Event) -> None:
    """Join names that are listed as names of one thing."""
    known: dict[str, int] = {}
    for key, found in event.by_name.items():
        whole = event.nouns.aliases.get(key)
        if whole is not None:
            event.groups.join(known.setdefault(whole, found[0]), found[0], "alias", f"listed as a name of {whole}")


def longer_names(event: Event) -> None:
    """Join surnames, given names, institutions without their class noun, names without the country before them."""
    ends: dict[Key, list[Key]] = defaultdict(list)
    for key in event.by_name:
        for size in range(1, len(key)):
            ends[key[-size:]].append(key)
            ends[key[:size]].append(key)
    for key in sorted(ends.keys() & event.by_name.keys() | event.shared, key=lambda k: (-len(k), k)):
        for reason in ("surname", "longer name", "given name"):
            longer = [k for k in ends.get(key, ()) if _shortens(event, key, k, reason)]
            if _joined_to(event, key, longer, reason):
                break
        else:
            for i in event.by_name[key] if key in event.shared else ():
                event.groups.join(event.by_name[key][0], i, "same name")


def _shortens(event: Event, key: Key, longer: Key, reason: str) -> bool:
    rest = longer[: -len(key)] if longer[-len(key) :] == key else longer[len(key) :]
    behind = longer[-len(key) :] == key
    nouns = event.nouns
    if reason == "longer name":
        if behind:
            abroad = " ".join(rest) in nouns.countries or all(w in nouns.countries or w[0].isdigit() for w in rest)
            return abroad and not is_place(key, nouns)
        institution = all(word in nouns.empty_behind or word in ("university", "act") for word in rest)
        return not is_place(key, nouns) and (institution or rest[0] == "of")
    if not _is_person(event, longer) or is_place(key, nouns):
        return False
    return len(key) < 3 and (behind if reason == "surname" else not behind and len(key) == 1)


def _is_person(event: Event, key: Key) -> bool:
    """Whether a name has a title somewhere, or two to four words none of which is a country's or a body's."""
    known = event.people.get(key)
    if known is None:
        titled = any(event.mentions[i].phrase.kind == "titled" for i in event.by_name[key])
        plain = 1 < len(key) < 5 and not any(
            word in event.nouns.bodies or word in event.nouns.countries or word in _UNLIKE_PERSONS for word in key
        )
        event.people[key] = known = titled or plain
    return known


def _joined_to(event: Event, key: Key, longer: list[Key], reason: str) -> bool:
    roots = sorted({event.groups.root(event.by_name[k][0]) for k in longer})
    if not roots:
        return False
    found = event.by_name[key]
    if len(roots) == 1 and reason != "given name":
        target = event.by_name[longer[0]][0]
        return event.groups.join(target, found[0], reason, " ".join(event.mentions[target].phrase.name))
    widest = _widest(event, longer) if reason == "surname" else None
    for i in found:  # several bear the name, or a given name: what the article itself says
        article = event.mentions[i].article_id
        near = [j for k in longer for j in event.by_name[k] if event.mentions[j].article_id == article]
        if len({event.groups.root(j) for j in near}) == 1:
            event.groups.join(near[0], i, reason, f"{' '.join(event.mentions[near[0]].phrase.name)} in the same report")
        elif widest is not None:
            event.groups.join(widest, i, reason, f"{' '.join(event.mentions[widest].phrase.name)} in most reports")
        elif reason == "surname":
            event.groups.join(found[0], i, "same name")
    return True


def _widest(event: Event, keys: list[Key]) -> int | None:
    """Return a mention of the bearer whom most reports name; None of several that as many do."""
    reports: dict[int, set[str]] = defaultdict(set)
    for i in (i for key in keys for i in event.by_name[key]):
        reports[event.groups.root(i)].add(event.mentions[i].article_id)
    ordered = sorted(reports, key=lambda root: (-len(reports[root]), root))
    tied = len(ordered) > 1 and len(reports[ordered[0]]) == len(reports[ordered[1]])
    return None if tied else ordered[0]


def spellings(event: Event) -> None:
    """Join full names whose last words differ in one letter, or of which one leaves out a middle name."""
    middle: dict[tuple[str, str], int] = {}
    for key in sorted(event.by_name, key=lambda k: (len(k), k)):
        if len(key) in (2, 3) and _is_person(event, key):
            first = middle.setdefault((key[0], key[-1]), event.by_name[key][0])
            event.groups.join(first, event.by_name[key][0], "longer name", " ".join(event.mentions[first].phrase.name))
    alike: dict[Key, list[Key]] = defaultdict(list)
    for key in sorted(event.by_name):
        if len(key) > 1 and len(key[-1]) > 4 and _is_person(event, key):
            for other in alike[key[:-1]]:
                if Levenshtein.distance(key[-1], other[-1]) == 1:
                    a, b = event.by_name[other][0], event.by_name[key][0]
                    event.groups.join(a, b, "spelling", f"one letter from {' '.join(event.mentions[a].phrase.name)}")
            alike[key[:-1]].append(key)


def acronyms(event: Event) -> None:
    """Join an acronym to the one name with its initials, and what stands in brackets behind a name."""
    initials: dict[str, list[Key]] = defaultdict(list)
    for key in event.by_name:
        if len(key) > 1:
            initials["".join(w[0] for w in key if w not in _PARTICLES)].append(key)
            initials["".join(w[0] for w in key)].append(key)
    for key, found in sorted(event.by_name.items()):
        if event.mentions[found[0]].phrase.kind != "acronym":
            continue
        longer = sorted(set(initials.get(key[0], ())))
        if len(longer) == 1:
            event.groups.join(event.by_name[longer[0]][0], found[0], "acronym", f"initials of {' '.join(longer[0])}")
    for i, j, gap in event.neighbours:
        a, b = event.mentions[i], event.mentions[j]
        if gap == " (" and b.after.startswith(")") and {a.phrase.kind, b.phrase.kind} in _BRACKETED:
            event.groups.join(i, j, "acronym", f"in brackets behind {a.surface}", b.article_id)


def countries(event: Event) -> None:
    """Join a capital that acts, and a government, to their country."""
    by_country: dict[str, list[int]] = defaultdict(list)
    for key, found in event.by_name.items():
        country = event.nouns.countries.get(" ".join(key))
        if country is not None and " ".join(key) not in event.nouns.capitals:
            by_country[country] += found
    for key, found in sorted(event.by_name.items()):
        word = " ".join(key)
        country = event.nouns.countries.get(word)
        if word in event.nouns.capitals and country in by_country and _acts(event, found):
            event.groups.join(by_country[country][0], found[0], "country", f"capital of {country}")
    for i in event.common:
        phrase = event.mentions[i].phrase
        if singular(phrase.head) in ("government", "administration", "authority"):
            named = [c for w in (*phrase.words, phrase.owner) if (c := event.nouns.countries.get(w)) in by_country]
            if named:
                event.groups.join(by_country[named[0]][0], i, "country", f"government of {named[0]}")


def _acts(event: Event, found: list[int]) -> bool:
    acting = sum(_ACTS.match(event.mentions[i].after) is not None for i in found)
    placed = sum(is_placed(event.mentions[i]) for i in found)
    return acting > placed


def fighters(event: Event) -> None:
    """Join fighters of a named group who are not counted: "Taliban fighters", "militants of the Brigade"."""
    for i in event.common:
        phrase = event.mentions[i].phrase
        if phrase.head not in event.nouns.fighters or phrase.number:
            continue
        ends = [phrase.words[-size:] for size in (3, 2, 1)] + [tuple(phrase.owner.split())]
        named = next((key for key in ends if key in event.by_name), None)
        if named:
            whole = event.by_name[named][0]
            event.groups.join(whole, i, "longer name", f"{event.mentions[whole].surface!r} within it")


def parts_of_names(event: Event) -> None:
    """Join "the brigade" to the one name of the report, else of the event, that holds the word: "Dawn Brigade"."""
    here: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)  # by report and word: groups, with a mention
    for i, mention in enumerate(event.mentions):
        if mention.phrase.kind == "name":
            for word in mention.surface.lower().split()[1:]:
                for place in (mention.article_id, ""):
                    here[place, word].setdefault(event.groups.root(i), i)
    for i in event.common:
        mention = event.mentions[i]
        phrase = mention.phrase
        bare = not (phrase.words or phrase.number or phrase.owner)
        if phrase.determiner != "the" or not bare or phrase.head in event.nouns.loose:
            continue
        holders = here.get((mention.article_id, phrase.head)) or here.get(("", phrase.head), {})
        if len({event.groups.root(root) for root in holders}) == 1:
            whole = next(iter(holders.values()))
            source = event.mentions[whole]
            event.groups.join(whole, i, "part of name", f"word of {source.surface!r}", source.article_id)


def _plainest(event: Event, found: list[int]) -> int:
    return min(found, key=lambda i: (event.mentions[i].phrase.kind == "titled", i))


def is_placed(mention: Mention) -> bool:
    """Whether a preposition before a mention makes it the place where something happens."""
    return _PLACED.search(mention.before) is not None


def is_place(key: Key, nouns: Nouns) -> bool:
    """Whether a name is a country's or a capital's."""
    return " ".join(key) in nouns.countries


STEPS = (same_names, aliases, longer_names, spellings, acronyms, countries, fighters, parts_of_names)
