"""Converters of public corpora: the files as their authors publish them, turned into articles and gold tables."""

from collections.abc import Callable, Mapping
from pathlib import Path

from framing.reading.public.allsides import convert_allsides
from framing.reading.public.babe import convert_babe
from framing.reading.public.basil import convert_basil
from framing.reading.public.converted import Converted
from framing.reading.public.ecb_plus import convert_ecb_plus
from framing.reading.public.giveme5w1h import convert_giveme5w1h
from framing.reading.public.polnear import convert_polnear

__all__ = ["CONVERTERS", "Converted"]

CONVERTERS: Mapping[str, Callable[[Path], Converted]] = {
    "allsides": convert_allsides,
    "babe": convert_babe,
    "basil": convert_basil,
    "ecb_plus": convert_ecb_plus,
    "giveme5w1h": convert_giveme5w1h,
    "polnear": convert_polnear,
}
"""What ``[fetch] converter`` of a ``corpus.toml`` names. Each takes the folder of the raw files."""
