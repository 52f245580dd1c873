"""Writing a SoundFont 2.04: the same font gives the same bytes. Layout in `font`; nothing in it tells when it was made."""

import os
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from boya.errors import InputError
from boya.files.atomic import write_atomic
from boya.sound.soundfont.font import HEADER, Modulator, SoundFont, Zone

__all__ = ["soundfont_bytes", "write_soundfont"]

MOST = 0xFFFF  # zones, generators and modulators are counted with 16 bits
GENERATOR = np.dtype([("number", "<u2"), ("amount", "<u2")])


def write_soundfont(font: SoundFont, path: str | os.PathLike[str]) -> Path:
    """Write a `.sf2` file whole or not at all.

    Raises
    ------
    InputError
        if the font holds more than the format can count.
    FileError
        if the file cannot be written.
    """
    return write_atomic(path, soundfont_bytes(font))


def soundfont_bytes(font: SoundFont) -> bytes:
    """Return a font as the bytes of a `.sf2` file.

    Raises
    ------
    InputError
        if the font holds more than the format can count.

    Examples
    --------
    >>> soundfont_bytes(SoundFont())[:4]
    b'RIFF'
    """
    info = _chunk(b"ifil", struct.pack("<HH", 2, 4))
    texts = {"isng": "EMU8000", "INAM": "Boya"} | font.info
    info += b"".join(_chunk(name.encode("ascii"), _text(text)) for name, text in texts.items())
    lists = [
        _chunk(b"LIST", b"INFO" + info),
        _chunk(b"LIST", b"sdta" + _chunk(b"smpl", font.samples.astype("<i2").tobytes())),
        _chunk(b"LIST", b"pdta" + _tables(font)),
    ]
    return _chunk(b"RIFF", b"sfbk" + b"".join(lists))


def _chunk(name: bytes, data: bytes) -> bytes:
    """Return a RIFF chunk: name, size, data to an even length."""
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _text(text: str) -> bytes:
    """Return ASCII that ends with one or two zeros, so that its length is even; at most 256 bytes."""
    plain = text.encode("ascii", "replace")[:254]
    return plain + bytes(2 - len(plain) % 2)


def _name(text: str) -> bytes:
    return text.encode("ascii", "replace")[:19]


def _tables(font: SoundFont) -> bytes:
    """Return the nine tables that tell what is where."""
    pbag, pmod, pgen, firsts = _bags("preset", [preset.zones for preset in font.presets])
    heads = [
        struct.pack("<20sHHHIII", _name(preset.name), preset.program, preset.bank, first, 0, 0, 0)
        for preset, first in zip(font.presets, firsts, strict=False)
    ]
    heads.append(struct.pack("<20sHHHIII", b"EOP", 0, 0, firsts[-1], 0, 0, 0))
    ibag, imod, igen, starts = _bags("instrument", [layer.zones for layer in font.instruments])
    inst = [struct.pack("<20sH", _name(layer.name), start) for layer, start in zip(font.instruments, starts, strict=False)]
    inst.append(struct.pack("<20sH", b"EOI", starts[-1]))
    shdr = font.headers.astype(HEADER).tobytes() + struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0)
    parts = {b"phdr": b"".join(heads), b"pbag": pbag, b"pmod": pmod, b"pgen": pgen}
    parts |= {b"inst": b"".join(inst), b"ibag": ibag, b"imod": imod, b"igen": igen, b"shdr": shdr}
    return b"".join(_chunk(name, data) for name, data in parts.items())


def _bags(what: str, owners: Sequence[Iterable[Zone]]) -> tuple[bytes, bytes, bytes, list[int]]:
    """Return the bytes of zones, modulators and generators, each with its end mark, and the first zone of each owner."""
    bags: list[tuple[int, int]] = []
    generators: list[tuple[int, int]] = []
    modulators: list[Modulator] = []
    firsts = []
    for zones in owners:
        firsts.append(len(bags))
        for zone in zones:
            bags.append((len(generators), len(modulators)))
            generators += zone.generators
            modulators += zone.modulators
    firsts.append(len(bags))
    bags.append((len(generators), len(modulators)))
    for name, count in (("zones", len(bags)), ("generators", len(generators)), ("modulators", len(modulators))):
        if count > MOST:
            raise InputError(f"a SoundFont holds at most {MOST} {name} of {what}s; got {count}. Build a smaller one.")
    mods = [struct.pack("<HHhHH", m.source, m.generator, m.amount, m.amount_source, m.transform) for m in modulators]
    gens = np.array([*generators, (0, 0)], dtype=GENERATOR)
    return np.array(bags, dtype="<u2").tobytes(), b"".join(mods) + bytes(10), gens.tobytes(), firsts
