"""Texts that break things: scripts, combining marks, odd white space, quotation marks, brackets."""

from hypothesis import strategies as st

WORDS = [
    "Taliban",
    "the",
    "Kabul",
    "U.S.",
    "Mr.",
    "Азов",
    "İstanbul",
    "東京",
    "cafe\u0301",
    "naïve",
    "😀",
    "don’t",
    "12:30",
    "a.m.",
]
MARKS = [*list(".,;:!?…()[]\"“”„«»‘’'—–-*/\\"), "''", "``", "...", " ", "\n", "\r\n", "\t", "\xa0", "\u2028", "\x85"]

texts = st.lists(st.sampled_from(WORDS + MARKS), max_size=60).map("".join)
spaced_texts = st.lists(st.sampled_from(WORDS + MARKS + [" "] * 10), min_size=1, max_size=80).map("".join)
