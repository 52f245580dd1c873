"""Reading a SoundFont 2.04: tables are checked so that whoever uses the font need not.

After reading, every zone of a preset points to an instrument that is there, every zone of an instrument to a recording that is
there, and every recording and loop lies inside the samples. Layout in `font`. What is not a table of the format is skipped. A
loop outside its own recording is left to the player (fonts in use have such headers at recordings that never loop).
"""

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.errors import FileError, FormatError, LimitError
from boya.sound.soundfont.font import HEADER, Generator, Layer, Modulator, Preset, SoundFont, Zone
from boya.sound.soundfont.riff import AGAIN, chunks, riff

__all__ = ["parse_soundfont", "read_soundfont"]

MOST_BYTES = 2**31
COMPRESSED = 0x10  # bit of a recording's kind: Ogg Vorbis inside (.sf3)
FROM_ROM = 0x8000
PHDR = np.dtype([("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("rest", "V12")])
INST = np.dtype([("name", "S20"), ("bag", "<u2")])
BAG = np.dtype([("generator", "<u2"), ("modulator", "<u2")])
GEN = np.dtype([("number", "<u2"), ("amount", "<u2")])
MOD = np.dtype([("source", "<u2"), ("generator", "<u2"), ("amount", "<i2"), ("amount_source", "<u2"), ("transform", "<u2")])
TABLES = {
    "phdr": PHDR,
    "pbag": BAG,
    "pmod": MOD,
    "pgen": GEN,
    "inst": INST,
    "ibag": BAG,
    "imod": MOD,
    "igen": GEN,
    "shdr": HEADER,
}

Table = NDArray[np.void]


def read_soundfont(path: str | os.PathLike[str]) -> SoundFont:
    """Read a `.sf2` file.

    Raises
    ------
    FileError
        if it cannot be read.
    FormatError
        if its bytes are not those of a SoundFont 2, or its samples are compressed (.sf3).
    LimitError
        if it is larger than 2 GB.
    """
    try:
        size = os.stat(path).st_size
        if size > MOST_BYTES:
            raise LimitError(f"a SoundFont may have at most {MOST_BYTES} bytes; {path} has {size}")
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read the SoundFont {path}: {error}. Give the path of an .sf2 or .sf3 file.") from error
    try:
        return parse_soundfont(data)
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from error


def parse_soundfont(data: bytes) -> SoundFont:
    """Return the font that bytes hold; see `read_soundfont`."""
    lists = chunks(riff(memoryview(data), b"sfbk"), "the file")
    for name in (b"INFO", b"sdta", b"pdta"):
        if name not in lists:
            raise FormatError(f"a SoundFont must have the lists INFO, sdta and pdta; {name.decode()} is missing. {AGAIN}")
    tables = _tables(lists[b"pdta"])
    samples = _samples(lists[b"sdta"])
    headers = _headers(tables["shdr"], len(samples))
    instruments = tuple(
        Layer(_text(row["name"]), zones)
        for row, zones in zip(tables["inst"], _zones(tables, "inst", "ibag", "imod", "igen"), strict=False)
    )
    presets = tuple(
        Preset(_text(row["name"]), int(row["bank"]), int(row["program"]), zones)
        for row, zones in zip(tables["phdr"], _zones(tables, "phdr", "pbag", "pmod", "pgen"), strict=False)
    )
    _check_links("instrument", instruments, Generator.SAMPLE, len(headers))
    _check_links("preset", presets, Generator.INSTRUMENT, len(instruments))
    return SoundFont(_info(lists[b"INFO"]), samples, headers, instruments, presets)


def _info(data: memoryview) -> dict[str, str]:
    """Return the texts of the INFO list; versions are numbers and left out."""
    found = chunks(data, "INFO")
    return {name.decode("latin-1"): _text(bytes(body)) for name, body in found.items() if name not in (b"ifil", b"iver")}


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("latin-1").strip()


def _samples(data: memoryview) -> NDArray[np.int16]:
    """Return the 16-bit samples; the finer bits of `sm24` are not used."""
    body = chunks(data, "sdta").get(b"smpl", memoryview(b""))
    return np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2")


def _tables(data: memoryview) -> dict[str, Table]:
    """Return the nine tables of pdta, each at least its end mark."""
    found = chunks(data, "pdta")
    tables = {}
    for name, kind in TABLES.items():
        body = found.get(name.encode())
        if body is None:
            raise FormatError(f"pdta must have the table {name}; it is missing. {AGAIN}")
        if not len(body) or len(body) % kind.itemsize:
            raise FormatError(f"table {name} must be rows of {kind.itemsize} bytes; it has {len(body)} bytes. {AGAIN}")
        tables[name] = np.frombuffer(body, dtype=kind)
    return tables


def _zones(tables: dict[str, Table], owner: str, bag: str, mod: str, gen: str) -> list[tuple[Zone, ...]]:
    """Return the zones of each preset or instrument; the last row of a table only marks its end."""
    bags = tables[bag]
    firsts = _rising(tables[owner]["bag"], len(bags) - 1, f"zones in {owner}")
    gens = _rising(bags["generator"], len(tables[gen]), f"generators in {bag}")
    mods = _rising(bags["modulator"], len(tables[mod]), f"modulators in {bag}")
    pairs: list[tuple[int, int]] = tables[gen].tolist()
    moves = [Modulator(*row) for row in tables[mod].tolist()]
    zones = [Zone(tuple(pairs[gens[i] : gens[i + 1]]), tuple(moves[mods[i] : mods[i + 1]])) for i in range(firsts[0], firsts[-1])]
    return [tuple(zones[a - firsts[0] : b - firsts[0]]) for a, b in pairwise(firsts)]


def _rising(places: NDArray[np.uint16], top: int, what: str) -> list[int]:
    """Return places that never fall and never pass the end of their table."""
    found: list[int] = places.astype(int).tolist()
    if found[-1] > top or any(a > b for a, b in pairwise(found)):
        raise FormatError(f"the places of {what} must rise to at most {top}; they do not. {AGAIN}")
    return found


def _headers(table: Table, n_frames: int) -> Table:
    """Return the headers of the recordings, without the end mark; each lies inside the samples."""
    headers = table[:-1]
    if (headers["kind"] & COMPRESSED).any():
        raise FormatError("its recordings are compressed (.sf3); our own player reads .sf2. Install FluidSynth for this one.")
    kept = (headers["kind"] & FROM_ROM) == 0
    start, end = headers["start"].astype(np.int64), headers["end"].astype(np.int64)
    first, last = headers["loop_start"].astype(np.int64), headers["loop_end"].astype(np.int64)
    wrong = {
        f"must lie inside the {n_frames} samples": (start > end) | (end > n_frames),
        f"must have a loop that does not end before it begins and lies inside the {n_frames} samples": (first > last)
        | (last > n_frames),
        "must have a rate of 400-192000": (headers["rate"] < 400) | (headers["rate"] > 192000),
    }
    for words, rows in wrong.items():
        for number in np.flatnonzero(rows & kept)[:1].tolist():
            row = headers[number]
            found = ", ".join(f"{name} {row[name]}" for name in ("start", "end", "loop_start", "loop_end", "rate"))
            raise FormatError(f"recording {number} ({_text(row['name'])!r}) {words}; it has {found}. {AGAIN}")
    return headers


def _check_links(what: str, owners: tuple[Layer, ...] | tuple[Preset, ...], link: Generator, count: int) -> None:
    """Refuse a zone that points to what is not there."""
    for owner in owners:
        for zone in owner.zones:
            number = zone.get(link)
            if number is not None and number >= count:
                raise FormatError(f"{what} {owner.name!r} points to number {number}; there are {count}. {AGAIN}")
