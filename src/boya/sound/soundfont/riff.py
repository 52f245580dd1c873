"""RIFF, the nested chunks of a SoundFont file: name, size, data. Every size is checked against what is really there.

Source: Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0, 1991, chapter 2.
"""

from boya.errors import FormatError

__all__ = ["chunks", "riff"]

AGAIN = "Download it again, or take another one."


def riff(data: memoryview, kind: bytes) -> memoryview:
    """Return what is inside a RIFF file of a kind.

    Raises
    ------
    FormatError
        if it is not one, or cut short.

    Examples
    --------
    >>> bytes(riff(memoryview(b"RIFF" + bytes([6, 0, 0, 0]) + b"sfbkab"), b"sfbk"))
    b'ab'
    """
    word = kind.decode()
    if len(data) < 12 or bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != kind:
        raise FormatError(f"this is not a SoundFont: it must begin with a RIFF header of type {word}. Give an .sf2 or .sf3 file.")
    size = int.from_bytes(data[4:8], "little")
    if not 4 <= size <= len(data) - 8:
        raise FormatError(f"the file is cut short: its header promises {size + 8} bytes, it has {len(data)}. {AGAIN}")
    return data[12 : 8 + size]


def chunks(data: memoryview, where: str) -> dict[bytes, memoryview]:
    """Return the chunks of a list by name, the first of each; a LIST by the name of its kind.

    Raises
    ------
    FormatError
        if a chunk is larger than what holds it.
    """
    found: dict[bytes, memoryview] = {}
    at = 0
    while at + 8 <= len(data):
        name, size = bytes(data[at : at + 4]), int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if size > len(data) - at:
            raise FormatError(f"chunk {_shown(name)} in {where} promises {size} bytes; {len(data) - at} are left. {AGAIN}")
        body = data[at : at + size]
        if name == b"LIST":
            if size < 4:
                raise FormatError(f"a LIST in {where} must name its kind; it has {size} bytes. {AGAIN}")
            name, body = bytes(body[:4]), body[4:]
        found.setdefault(name, body)
        at += size + size % 2
    if at < len(data):
        raise FormatError(f"{where} ends inside the head of a chunk. {AGAIN}")
    return found


def _shown(name: bytes) -> str:
    return repr(name.decode("latin-1"))
