"""What bytes look like, for messages about files with a wrong suffix."""

__all__ = ["looks_like"]

_MAGIC = (
    (b"MThd", "MIDI"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
    (b"ID3", "MP3"),
    (b"\xff\xfb", "MP3"),
    (b"OggS", "Ogg"),
    (b"fLaC", "FLAC"),
    (b"\x89PNG", "PNG"),
    (b"\x7fELF", "a program"),
    (b"\xfd7zXZ", "an xz archive"),
)
_RIFF = {b"RMID": "MIDI", b"WAVE": "WAV", b"AVI ": "AVI"}
_XML_ROOTS = ((b"<score-partwise", "MusicXML"), (b"<score-timewise", "MusicXML"), (b"<!doctype html", "HTML"), (b"<html", "HTML"))


def looks_like(data: bytes) -> str:
    """Return a word for what the bytes seem to be.

    >>> looks_like(b"MThd..."), looks_like(b""), looks_like(b"X:1\\nK:C\\nCDEF|")
    ('MIDI', 'nothing at all', 'ABC')
    """
    if not data:
        return "nothing at all"
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12], "RIFF")
    return _text_kind(data[:4096])


def _text_kind(head: bytes) -> str:
    """Tell texts apart."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    low = head.lower()
    for root, name in _XML_ROOTS:
        if root in low:
            return name
    if head.startswith(b"<"):
        return "XML"
    if head.startswith((b"{", b"[")):
        return "JSON"
    if b"K:" in head and any(line.startswith((b"X:", b"T:", b"M:", b"L:")) for line in head.splitlines()):
        return "ABC"
    return "text" if b"\0" not in head else "unknown binary data"
