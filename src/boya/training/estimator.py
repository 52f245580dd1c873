"""Models to fit in two lines, in scikit-learn's manner: `Seq2Seq(recipe).fit(packed).generate(8, rng)`.

Conventions: `fit` trains a recipe, exports the result and returns the model itself; what was given to the constructor keeps
its name and never changes. Data is a packed folder, or a folder of music files, which is packed first (that needs the MIDI
reader).
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.corpus.manifest import MANIFEST
from boya.errors import ModelError
from boya.models import gan, seq2seq
from boya.representation.phrases import Phrases
from boya.training.recipe import read_recipe
from boya.training.shipping import export_run
from boya.training.start import train

__all__ = ["Gan", "Seq2Seq"]


class _Estimator:
    """What both families share."""

    families: tuple[str, ...] = ()

    def __init__(
        self, recipe: str | Path, out: str | Path | None = None, *, steps: int | None = None, seed: int | None = None
    ) -> None:
        self.recipe, self.out, self.steps, self.seed = recipe, out, steps, seed
        self.model_: Any = None

    def _fit(self, data: str | Path) -> Path:
        """Train and export; return the folder of the exported model, which is called "model"."""
        family = read_recipe(self.recipe).family
        if family not in self.families:
            raise ModelError(f"this estimator fits recipes of {' or '.join(self.families)}; {self.recipe} is of {family}")
        out = Path(tempfile.mkdtemp(prefix="boya-")) if self.out is None else Path(self.out)
        packed = _packed(Path(data), out)
        weights = train(self.recipe, packed, out, steps=self.steps, seed=self.seed)
        export_run(weights, packed, out / "model", "model")
        return out / "model"

    def _fitted(self) -> Any:
        """The model, if there is one."""
        if self.model_ is None:
            raise ModelError("this model has not been fitted; call fit first")
        return self.model_


class Seq2Seq(_Estimator):
    """A sequence-to-vector-to-sequence model to fit.

    Parameters
    ----------
    recipe
        a shipped recipe's name or a `.toml` file.
    out
        folder for the run and the model; a temporary one if none is given.
    steps, seed
        in place of the recipe's.
    """

    families = ("seq2seq",)

    def __init__(
        self,
        recipe: str | Path = "seq2seq-melody-2",
        out: str | Path | None = None,
        *,
        steps: int | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(recipe, out, steps=steps, seed=seed)

    def fit(self, data: str | Path) -> "Seq2Seq":
        """Learn from a packed folder or a folder of music; `model_` is then a `boya.models.seq2seq.Seq2Seq`."""
        self.model_ = seq2seq.Seq2Seq("model", self._fit(data))
        return self

    def generate(self, n: int, rng: np.random.Generator, *, temperature: float = 0.0) -> NDArray[np.int64]:
        """Write new phrases of tokens. [shape=(n, tracks, steps)]

        Raises
        ------
        ModelError
            before `fit`.
        """
        model: seq2seq.Seq2Seq = self._fitted()
        return model.decode(model.imagine(n, rng), rng, temperature=temperature)


class Gan(_Estimator):
    """A band's generator to fit: by likelihood, or then against a discriminator.

    Parameters
    ----------
    recipe
        a shipped recipe's name or a `.toml` file.
    out
        folder for the run and the model; a temporary one if none is given.
    steps, seed
        in place of the recipe's.
    """

    families = ("gan", "gan-likelihood")

    def __init__(
        self,
        recipe: str | Path = "gan-likelihood",
        out: str | Path | None = None,
        *,
        steps: int | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(recipe, out, steps=steps, seed=seed)

    def fit(self, data: str | Path) -> "Gan":
        """Learn from a packed folder or a folder of music; `model_` is then a `boya.models.gan.Gan`."""
        self.model_ = gan.Gan("model", self._fit(data))
        return self

    def generate(
        self, harmony: Phrases, settings: list[gan.Setting], rng: np.random.Generator, *, temperature: float = 1.0
    ) -> Phrases:
        """Write phrases over chords, see `boya.models.gan.Gan.write`.

        Raises
        ------
        ModelError
            before `fit`.
        """
        model: gan.Gan = self._fitted()
        return model.write(harmony, settings, rng, temperature=temperature)


def _packed(data: Path, out: Path) -> Path:
    """Pack a folder of music, unless it is packed already."""
    if (data / MANIFEST).is_file():
        return data
    from boya.corpus.build import build  # noqa: PLC0415  (reads music files, which training from packed arrays must not need)
    from boya.corpus.sources import open_source  # noqa: PLC0415

    build([open_source("folder", data)], out / "packed")
    return out / "packed"
