"""The regency as a map of tiles: one of equal size for each place, near its neighbours.

Where kecamatan lie stands in ``data/tile_grid.csv``; a regency that is not in it, and villages,
stand in the order of their codes. The shade says how many of a kecamatan's villages have somebody;
of a village, how many people are recorded.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "data" / "tile_grid.csv"
COLUMNS = 6
SHADES = 5
STEPS = (1, 10, 50, 200)  # people of a village from which the next shade begins


@dataclass(frozen=True, slots=True)
class Place:
    """What a tile tells: ``reached`` of ``villages`` have somebody; both are 0 for a village."""

    code: str
    name: str
    count: int
    reached: int = 0
    villages: int = 0


@dataclass(frozen=True, slots=True)
class Tile:
    """A place in its row and column, from 1; ``shade`` from 0, nobody, to 4."""

    place: Place
    row: int
    column: int
    shade: int


@cache
def positions() -> Mapping[str, tuple[int, int]]:
    """(row, column) of each kecamatan that the file knows, from 1."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: (int(row["row"]), int(row["column"])) for row in csv.DictReader(lines)}


def tiles_of(places: Sequence[Place]) -> list[Tile]:
    """The tiles of these places, row by row; where one has no position, all stand in the order of
    their codes."""
    known = positions()
    if not all(one.code in known for one in places):
        ordered = sorted(places, key=lambda one: one.code)
        known = {one.code: in_order(index) for index, one in enumerate(ordered)}
    tiles = [Tile(one, *known[one.code], shade(one)) for one in places]
    return sorted(tiles, key=lambda tile: (tile.row, tile.column))


def in_order(index: int) -> tuple[int, int]:
    """Row and column of the tile with this number, from 0."""
    row, column = divmod(index, COLUMNS)
    return row + 1, column + 1


def shade(place: Place) -> int:
    """0 for nobody. A kecamatan is as dark as its share of villages with somebody, and darkest only
    where that is all of them; a village by its people."""
    if place.villages:
        if place.reached >= place.villages:
            return SHADES - 1
        return min(SHADES - 2, -(-place.reached * (SHADES - 1) // place.villages))
    return sum(place.count >= step for step in STEPS)
