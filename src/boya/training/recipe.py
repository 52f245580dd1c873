"""Recipes: TOML files that say everything a training run needs, read into frozen settings.

Conventions: `family` names the kind of model, tables hold the fields of one dataclass each: `[network]`, `[discriminator]`,
`[data]`, `[loop]`, `[objective]`, `[adversarial]`. `extends = "name"` begins with another recipe, `[gpu.<table>]` changes
fields where a GPU is used. Shipped recipes lie in `recipes/` and are known by their name.
"""

import difflib
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any

from boya.errors import ModelError
from boya.models.networks.composer import ComposerSettings
from boya.models.networks.ddsp import DdspSettings
from boya.models.networks.encoder import EncoderSettings
from boya.models.networks.gan_discriminator import DenseSettings, DiscriminatorSettings
from boya.models.networks.gan_generator import GeneratorSettings
from boya.models.networks.seq2seq import Seq2SeqSettings
from boya.models.networks.wavenet import WaveNetSettings
from boya.training.settings import (
    AdversarialSettings,
    DataSettings,
    HidingSettings,
    LikelihoodSettings,
    LoopSettings,
    Seq2SeqObjective,
    SpectralSettings,
    ToneSettings,
    WaveSettings,
    WindowSettings,
)

__all__ = ["FAMILIES", "Recipe", "read_recipe", "recipe_of", "shipped_recipes"]

_COMMON = {"data": DataSettings, "loop": LoopSettings}
_GAME = {"discriminator": DiscriminatorSettings, "adversarial": AdversarialSettings}
FAMILIES: dict[str, dict[str, type]] = {
    "seq2seq": {"network": Seq2SeqSettings, "objective": Seq2SeqObjective, **_COMMON},
    "gan-likelihood": {"network": GeneratorSettings, "objective": LikelihoodSettings, **_COMMON},
    "gan": {"network": GeneratorSettings, "objective": LikelihoodSettings, **_GAME, **_COMMON},
    "gan-dense": {"network": DenseSettings, **_GAME, **_COMMON},
    "composer": {"network": ComposerSettings, "objective": WindowSettings, **_COMMON},
    "encoder": {"network": EncoderSettings, "objective": HidingSettings, **_COMMON},
    "wavenet": {"network": WaveNetSettings, "objective": WaveSettings, "data": ToneSettings, "loop": LoopSettings},
    "ddsp": {"network": DdspSettings, "objective": SpectralSettings, "data": ToneSettings, "loop": LoopSettings},
}
_MOST_PARENTS = 8


@dataclass(frozen=True)
class Recipe:
    """A recipe as read: its name, family, and one settings object per table."""

    name: str
    family: str
    tables: Mapping[str, Any]

    @property
    def data(self) -> DataSettings:
        """What to learn from."""
        data: DataSettings = self.tables["data"]
        return data

    @property
    def loop(self) -> LoopSettings:
        """How the weights are updated."""
        loop: LoopSettings = self.tables["loop"]
        return loop

    def as_dict(self) -> dict[str, Any]:
        """Return the recipe as plain values, for cards and checkpoints."""
        return {"name": self.name, "family": self.family} | {key: asdict(table) for key, table in self.tables.items()}

    @property
    def fingerprint(self) -> str:
        """Hash of all that decides the weights: two runs with the same one and the same data give the same weights."""
        plain = self.as_dict()
        for free in ("checkpoint_minutes", "log_every"):
            del plain["loop"][free]
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


def shipped_recipes() -> tuple[str, ...]:
    """Return the names of the shipped recipes.

    >>> "gan" in shipped_recipes()
    True
    """
    return tuple(sorted(p.name.removesuffix(".toml") for p in _folder().iterdir() if p.name.endswith(".toml")))


def read_recipe(recipe: str | Path, *, is_gpu: bool = False, changes: Mapping[str, Mapping[str, Any]] | None = None) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    recipe
        the name of a shipped recipe, or the path of a `.toml` file.
    is_gpu
        apply the tables under `[gpu]`.
    changes
        fields to replace, by table.

    Raises
    ------
    ModelError
        if there is no such recipe, it is not valid TOML, or a family, table or field is unknown or has a wrong value.

    Examples
    --------
    >>> read_recipe("seq2seq-melody-2").tables["network"].segment_steps
    32
    """
    name, raw = _merged(recipe)
    family = raw.pop("family", None)
    if family not in FAMILIES:
        raise ModelError(f"family of recipe {name} must be one of {', '.join(FAMILIES)}; got {family!r}")
    gpu = raw.pop("gpu", {})
    for overlay in (gpu if is_gpu else {}, changes or {}):
        raw = _overlaid(raw, overlay)
    return _built(name, family, raw)


def recipe_of(plain: Mapping[str, Any]) -> Recipe:
    """Return the recipe of plain values, the inverse of `Recipe.as_dict`.

    >>> recipe_of(read_recipe("gan").as_dict()) == read_recipe("gan")
    True
    """
    tables = dict(plain)
    return _built(tables.pop("name"), tables.pop("family"), tables)


def _built(name: str, family: str, tables: Mapping[str, Any]) -> Recipe:
    """Check tables and build their settings."""
    known = FAMILIES[family]
    for table in tables:
        if table not in known:
            raise ModelError(f"recipe {name} has an unknown table [{table}]{_nearest(table, known)}")
    return Recipe(name, family, {key: _table(name, key, kind, tables.get(key, {})) for key, kind in known.items()})


def _folder() -> Any:
    """The folder of shipped recipes."""
    return resources.files("boya.training") / "recipes"


def _merged(recipe: str | Path, depth: int = 0) -> tuple[str, dict[str, Any]]:
    """Read a file and what it extends."""
    name, text = _text(recipe)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"recipe {name} must be valid TOML; {error}") from error
    parent = raw.pop("extends", None)
    if parent is None:
        return name, raw
    if depth >= _MOST_PARENTS:
        raise ModelError(f"recipe {name} extends more than {_MOST_PARENTS} others; does one extend itself?")
    return name, _overlaid(_merged(parent, depth + 1)[1], raw)


def _text(recipe: str | Path) -> tuple[str, str]:
    """Name and text of a recipe."""
    if isinstance(recipe, Path) or str(recipe).endswith(".toml"):
        path = Path(recipe)
        try:
            return path.stem, path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"a recipe must be a readable TOML file; {path}: {error}") from error
    if recipe not in shipped_recipes():
        raise ModelError(f"there is no recipe {recipe!r}{_nearest(recipe, shipped_recipes())}")
    return recipe, (_folder() / f"{recipe}.toml").read_text(encoding="utf-8")


def _overlaid(base: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay tables over tables, field by field."""
    merged = dict(base)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _overlaid(old, value) if isinstance(value, Mapping) and isinstance(old, Mapping) else value
    return merged


def _table(recipe: str, table: str, kind: type, raw: Any) -> Any:
    """Build the settings of one table."""
    if not isinstance(raw, Mapping):
        raise ModelError(f"{table} of recipe {recipe} must be a table; got {raw!r}")
    known = {field.name: field.default for field in fields(kind)}
    values = {}
    for key, value in raw.items():
        if key not in known:
            raise ModelError(f"recipe {recipe} has an unknown field {key!r} in [{table}]{_nearest(key, known)}")
        values[key] = _value(f"{key} in [{table}] of recipe {recipe}", value, known[key])
    settings = kind(**values)
    for fault in settings.faults() if hasattr(settings, "faults") else ():
        raise ModelError(f"recipe {recipe}, [{table}]: {fault}")
    return settings


def _value(where: str, value: Any, like: Any) -> Any:
    """Check a value against the default's type; a list becomes a tuple, a whole number may stand for a float."""
    if isinstance(like, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(like, tuple) and isinstance(value, list | tuple):
        return tuple(_value(where, item, like[0] if like else "") for item in value)
    if type(value) is not type(like):
        raise ModelError(f"{where} must be {type(like).__name__}, such as {like!r}; got {value!r}")
    return value


def _nearest(name: str, known: Any) -> str:
    """What may have been meant."""
    close = difflib.get_close_matches(str(name), [str(k) for k in known], n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(map(str, known))}"
