"""Which model writes where a person names one, and where nobody does."""

from boya.errors import RequestError
from boya.theory.tables import folded, resolve

__all__ = ["COMPOSING_MODELS", "GRID_MODELS", "HYBRID", "USUAL_MODEL", "is_by_composer", "writer_named"]

GRID_MODELS = ("gan", "seq2seq")
"""what they write lies on sixteenths of 4/4"""
HYBRID = "hybrid"
"""the seq2seq's melody with the GAN's band; jobs that one of the two does are done by that one"""
COMPOSING_MODELS = (*GRID_MODELS, HYBRID, "composer")
USUAL_MODEL = "composer"
"""who writes where no model is named"""


def writer_named(model: str | None) -> str | None:
    """Return the model of a name, the usual one where there is none; None is the hybrid of seq2seq and GAN.

    Raises
    ------
    RequestError
        if there is no model of that name.

    Examples
    --------
    >>> writer_named("GAN"), writer_named("hybrid"), writer_named(None)
    ('gan', None, 'composer')
    """
    names = {folded(known): known for known in COMPOSING_MODELS}
    named = USUAL_MODEL if model is None else resolve(model, names, "model", RequestError, COMPOSING_MODELS)
    return None if named == HYBRID else named


def is_by_composer(model: str | None, other: str) -> bool:
    """Whether the composer does a job that another model does as well.

    Raises
    ------
    RequestError
        if a model is named that does not do the job.

    Examples
    --------
    >>> is_by_composer("composer", "gan"), is_by_composer("gan", "gan")
    (True, False)
    """
    named = writer_named(model)
    if named not in (None, other, "composer"):
        raise RequestError(f"model must be {other} or composer for this; got {named}")
    return named == "composer"
