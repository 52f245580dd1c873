"""How a score shows itself in a notebook: its piano roll and a player, in one piece of HTML that needs no network."""

from base64 import b64encode

from boya.engraving.piano_roll import piano_roll_svg
from boya.errors import InputError
from boya.score import Score

__all__ = ["notebook_html"]


def notebook_html(score: Score, wav: bytes | None = None, *, width: float = 1100) -> str:
    """Return HTML with the piano roll and, when given, a player for the sound.

    Parameters
    ----------
    score
        What to show.
    wav
        A WAV file's bytes, as `boya.sound.wav_bytes` returns them; they travel inside the HTML as base64.
    width
        Pixels of the piano roll; it shrinks with the page.

    Raises
    ------
    InputError
        if `wav` is not a WAV file.

    Examples
    --------
    >>> "<audio" in notebook_html(Score(), b"RIFF....WAVE")
    True
    """
    picture = piano_roll_svg(score, width=width)
    parts = [f'<div style="max-width:{width:g}px">', picture.replace("<svg ", '<svg style="max-width:100%;height:auto" ', 1)]
    if wav is not None:
        if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
            raise InputError("wav must be the bytes of a WAV file, as boya.sound.wav_bytes returns them")
        source = "data:audio/wav;base64," + b64encode(wav).decode("ascii")
        parts.append(f'<audio controls preload="metadata" style="width:100%;margin-top:6px" src="{source}"></audio>')
    return "\n".join([*parts, "</div>"])
