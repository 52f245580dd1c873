"""Which model writes where a person names one, and where nobody does."""

from boya.errors import RequestError
from boya.theory.tables import folded, resolve

__all__ = ["COMPOSING_MODELS", "EITHER", "GRID_MODELS", "HYBRID", "USUAL_MODEL", "is_by_composer", "writer_named"]

GRID_MODELS = ("gan", "seq2seq")
"""what they write lies on sixteenths of 4/4"""
HYBRID = "hybrid"
"""the seq2seq's melody with the GAN's band; jobs that one of the two does are done by that one"""
COMPOSING_MODELS = (*GRID_MODELS, HYBRID, "composer")
EITHER = "either"
USUAL_MODEL = "composer"
"""who writes where no model is named: HYBRID, "composer", or EITHER: the hybrid what it can, the composer the rest"""


def writer_named(model: str | None, needs_composer: bool = False) -> str | None:
    """Return the model of a name, the usual one where there is none; None is the hybrid of seq2seq and GAN.

    Parameters
    ----------
    needs_composer
        whether something is asked for that only the composer does

    Raises
    ------
    RequestError
        if there is no model of that name.

    Examples
    --------
    >>> writer_named("Composer"), writer_named("hybrid"), writer_named("gan", needs_composer=True)
    ('composer', None, 'gan')
    """
    names = {folded(known): known for known in COMPOSING_MODELS}
    named = USUAL_MODEL if model is None else resolve(model, names, "model", RequestError, COMPOSING_MODELS)
    named = ("composer" if needs_composer else HYBRID) if named == EITHER else named
    return None if named == HYBRID else named


def is_by_composer(model: str | None, other: str, needs_composer: bool) -> bool:
    """Whether the composer does a job that another model does as well.

    Parameters
    ----------
    other
        that model
    needs_composer
        whether something is asked for that only the composer does

    Raises
    ------
    RequestError
        if a model is named that does not do the job.

    Examples
    --------
    >>> is_by_composer("composer", "gan", False), is_by_composer("gan", "gan", True)
    (True, False)
    """
    named = writer_named(model, needs_composer)
    if named not in (None, other, "composer"):
        raise RequestError(f"model must be {other} or composer for this; got {named}")
    return named == "composer"
