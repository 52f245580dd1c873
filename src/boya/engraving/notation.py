"""Sheet music as SVG, engraved by verovio (the extra `scores`) from the MusicXML that `boya.files` writes.

Pages are A4-like by default; lengths are verovio's units, tenths of a millimetre. Source: L. Pugin et al., "Verovio: A library
for engraving MEI music notation into SVG", ISMIR 2014.
"""

from boya.errors import FormatError, InputError, MissingExtraError
from boya.files import write_bytes
from boya.score import Score

__all__ = ["sheet_music_svg"]


def sheet_music_svg(score: Score, *, width: int = 2100, height: int = 2970, scale: int = 40) -> tuple[str, ...]:
    """Return the pages of a score as notation, one SVG text each.

    Parameters
    ----------
    score
        Any score; it is written as MusicXML first, so its rhythms must fit that format's grid.
    width, height
        Of a page, in tenths of a millimetre, 400-10000.
    scale
        Size of the staves in percent, 10-200.

    Raises
    ------
    MissingExtraError
        if verovio or the MusicXML writer is not installed.
    InputError
        if a length is out of range, or the score has no notes.
    FormatError
        if verovio cannot engrave the MusicXML.
    """
    if not (400 <= width <= 10000 and 400 <= height <= 10000 and 10 <= scale <= 200):
        raise InputError(f"a page must be 400-10000 wide and high at scale 10-200; got {width}, {height}, {scale}")
    if not score.n_notes:
        raise InputError("sheet music needs at least one note; the score has none")
    return _engraved(write_bytes(score, ".musicxml").decode("utf-8"), width, height, scale)


def _engraved(musicxml: str, width: int, height: int, scale: int) -> tuple[str, ...]:
    """Return the pages that verovio makes of MusicXML text."""
    try:
        import verovio  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("engraving sheet music", "scores") from error
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    options = {"pageWidth": width, "pageHeight": height, "scale": scale, "footer": "none", "adjustPageHeight": True}
    toolkit.setOptions({**options, "xmlIdSeed": 1, "svgViewBox": True})
    if not toolkit.loadData(musicxml):
        raise FormatError("verovio cannot engrave this score; quantize it first with score.quantize()")
    return tuple(toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1))
