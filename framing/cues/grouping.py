"""Which mentions of an event mean one entity: steps of falling certainty, each of which says why it merges.

The order follows the sieves of Raghunathan et al. (2010, EMNLP): names first, then what is written beside a name, then
words. A later step never joins two entities that have names of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from framing.cues import by_name, by_words
from framing.cues.partition import Edge, Event, Group, Mention

__all__ = ["group_mentions"]


def group_mentions(
    mentions: Sequence[Mention],
    *,
    must: Iterable[tuple[int, int]] = (),
    never: Iterable[tuple[int, int]] = (),
    edits: Iterable[tuple[int, int, str]] = (),
) -> list[Group]:
    """Group the mentions of one event.

    Parameters
    ----------
    mentions : sequence of Mention
        Sorted by article and place.
    must, never : iterable of (int, int)
        Pairs of mentions that are one entity, or two, whatever else speaks.
    edits : iterable of (int, int, str)
        Pairs that stand for each other in sibling passages, with the edit.

    Returns
    -------
    list of Group
        In order of their first mention.
    """
    event = Event(mentions, never)
    for left, right in must:
        event.groups.join(left, right, "must-merge")
    for step in (*by_name.STEPS, *by_words.BESIDE_NAMES):
        step(event)
    for left, right, edit in edits:
        if by_words.may_swap(mentions[left].phrase, mentions[right].phrase, event.nouns):
            event.groups.join(left, right, "edit", "stands for it in a sibling passage", edit)
    for step in by_words.WORDS:
        step(event)
    return _grouped(event)


def _grouped(event: Event) -> list[Group]:
    near: dict[int, list[Edge]] = defaultdict(list)
    for edge in event.groups.edges:
        near[edge.left].append(edge)
        near[edge.right].append(edge)
    groups: dict[int, list[int]] = defaultdict(list)
    for i in range(len(event.mentions)):
        groups[event.groups.root(i)].append(i)
    out = [Group(members, _reached(event, members, near) if len(members) > 1 else {}) for members in groups.values()]
    return sorted(out, key=lambda group: group.members[0])


def _reached(event: Event, members: list[int], near: dict[int, list[Edge]]) -> dict[int, Edge | None]:
    """Edge by which each mention is reached from the first name."""
    anchor = next((i for i in members if event.mentions[i].phrase.name), members[0])
    edges: dict[int, Edge | None] = {anchor: None}
    queue = [anchor]
    for i in queue:
        for edge in near[i]:
            j = edge.right if edge.left == i else edge.left
            if j not in edges:
                edges[j] = edge
                queue.append(j)
    return edges
