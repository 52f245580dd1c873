"""Compressed MusicXML (`.mxl`): a zip archive with one score inside, named by META-INF/container.xml.

Only the score is ever unpacked, in memory, and only as far as the limits allow; its name in the archive is never used as a path.

Source: "MusicXML 4.0", chapter "Compressed .MXL files".
"""

import io
import re
import zipfile
import zlib

from boya.errors import FormatError, LimitError
from boya.files import musicxml
from boya.files.limits import Limits
from boya.files.sniff import looks_like
from boya.score import Score

__all__ = ["decode", "encode"]

_CONTAINER = "META-INF/container.xml"
_MAX_MEMBERS = 1000
_CHUNK = 2**16
_ROOTFILE = """<?xml version="1.0" encoding="UTF-8"?>
<container><rootfiles>
<rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/>
</rootfiles></container>
"""


def decode(data: bytes, limits: Limits) -> Score:
    """Read a compressed MusicXML file.

    Raises
    ------
    FormatError
        if it is no zip archive with a score inside.
    LimitError
        if it unpacks to too much.
    """
    if not data.startswith(b"PK"):
        raise FormatError(f"an .mxl file is a zip archive; this looks like {looks_like(data)}. Check the suffix.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return musicxml.decode(_member(archive, _score_name(archive, limits), limits), limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError) as error:
        raise FormatError(f"the zip archive is damaged, encrypted or of an unknown kind: {error}. Get it again.") from error


def encode(score: Score) -> bytes:
    """Write a compressed MusicXML file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ((_CONTAINER, _ROOTFILE.encode()), ("score.musicxml", musicxml.encode(score))):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _score_name(archive: zipfile.ZipFile, limits: Limits) -> str:
    """The name of the score in the archive."""
    names = [info.filename for info in archive.infolist()]
    if len(names) > _MAX_MEMBERS:
        raise LimitError(f"an .mxl file may hold {_MAX_MEMBERS} files; it holds {len(names)}")
    if _CONTAINER in names:
        container = _member(archive, _CONTAINER, limits)
        found = re.search(rb"""<rootfile\s[^>]*?full-path\s*=\s*["']([^"']+)["']""", container)
        if found and found[1].decode("utf-8", "replace") in names:
            return found[1].decode()
    scores = [name for name in names if name.lower().endswith((".musicxml", ".xml")) and not name.startswith("META-INF")]
    if not scores:
        raise FormatError(f"an .mxl file holds a .musicxml or .xml file; this one holds {', '.join(names[:5]) or 'nothing'}")
    return scores[0]


def _member(archive: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """Unpack one file of the archive, within the limits whatever its header says."""
    info = archive.getinfo(name)
    allowed = int(min(limits.unpacked_bytes, limits.ratio * max(info.compress_size, 1024)))
    out = bytearray()
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            out += chunk
            if len(out) > allowed:
                raise LimitError(f"{name[:40]} may unpack to {allowed} bytes; it goes on. It may be a zip bomb: do not open it.")
    return bytes(out)
