"""The one place that says how a score is described for recommendation; another vector is one line here."""

from boya.listening.content import Content
from boya.listening.facets import facets_of
from boya.listening.recognition import vector_of
from boya.score import Score

__all__ = ["content_of"]


def content_of(score: Score, style: str = "", substyle: str = "") -> Content:
    """Return what a score is like.

    Parameters
    ----------
    style, substyle
        where they are known, in English or Chinese

    Raises
    ------
    RequestError
        if there are no notes.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> scale = Score((Track(note_array([(n * 480, 480, 60 + n, 80) for n in range(8)])),))
    >>> content = content_of(scale, "pop")
    >>> content.facets[0], round(float(content.vector @ content.vector), 3)
    ('style:pop', 1.0)
    """
    return Content(facets_of(score, style, substyle), vector_of(score))
