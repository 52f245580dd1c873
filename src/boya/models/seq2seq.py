"""The seq2seq model as its users meet it: phrases to vectors and back, on NumPy and ONNX Runtime.

Conventions: a phrase is `[shape=(tracks, steps)]` of window tokens (0 rest, 1 hold, 2-49 pitches; drums a 9-bit set), a vector
`[shape=(latent,)]`. `UNKNOWN` in a phrase stands for what the model shall imagine: a role to accompany with, bars to answer with.
Directions of attributes, the map of the training phrases' vectors and other statistics stand beside the weights in `<name>.npz`.
Source: Roberts et al. 2018 (MusicVAE) for vectors, morphing and attribute directions; Ghosh et al. 2020 for drawing from the
distribution of encoded phrases rather than from the prior.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.errors import ModelError, RequestError
from boya.models.runtime import graphs, read_card, weights_folder

__all__ = ["UNKNOWN", "Seq2Seq", "morph"]

UNKNOWN = -1
Tokens = NDArray[np.int64]
Vectors = NDArray[np.float32]


class Seq2Seq:
    """Recurrent encoder to a fixed-length vector, recurrent decoder.

    Attributes
    ----------
    tracks
        roles of the phrases, in order
    n_steps
        sixteenths of a phrase
    attributes
        names of the directions that `change` knows
    """

    def __init__(self, name: str = "seq2seq-melody-2", folder: Path | None = None) -> None:
        self.card = read_card(name, folder)
        if self.card.get("family") != "seq2seq":
            raise ModelError(f"{name!r} is a {self.card.get('family')} model, not a seq2seq")
        self._graphs = graphs(name, folder, parts=("encode", "conductor", "write"))
        settings = self.card["settings"]
        if not {"tracks", "vocabulary", "segments", "segment_steps", "latent"} <= set(settings):
            raise ModelError(f"the card of {name!r} must name tracks and segments; install Boya again or export the model again")
        self.tracks: tuple[str, ...] = tuple(settings["tracks"])
        self.vocabulary: tuple[int, ...] = tuple(settings["vocabulary"])
        self._segments, self._segment_steps = int(settings["segments"]), int(settings["segment_steps"])
        self.n_steps, self._latent = self._segments * self._segment_steps, int(settings["latent"])
        self._statistics = _statistics((folder or weights_folder()) / f"{name}.npz", self._latent)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attributes that can be changed."""
        return tuple(sorted(key.removeprefix("attribute_") for key in self._statistics if key.startswith("attribute_")))

    def encode(self, phrases: Tokens) -> Vectors:
        """Return the vector of each phrase. [shape=(phrases, tracks, steps)] -> [shape=(phrases, latent)]

        Raises
        ------
        RequestError
            if the shape is another one, or a token is outside its track's vocabulary.
        """
        expected = (len(self.tracks), self.n_steps)
        if phrases.ndim != 3 or phrases.shape[1:] != expected or not len(phrases):
            raise RequestError(f"phrases must be shaped (phrases, {expected[0]}, {expected[1]}); got {phrases.shape}")
        unknown = np.array(self.vocabulary)[:, None]
        if (phrases < UNKNOWN).any() or (phrases >= unknown).any():
            raise RequestError(
                f"tokens must be {UNKNOWN} or more and below {self.vocabulary}; got {phrases.min()}-{phrases.max()}"
            )
        mean, _ = self._graphs["encode"](phrase=np.where(phrases == UNKNOWN, unknown, phrases).astype(np.int64))
        return np.asarray(mean)

    def decode(
        self,
        vectors: Vectors,
        rng: np.random.Generator | None = None,
        *,
        temperature: float = 0.0,
        mask: Mapping[str, NDArray[np.bool_]] | None = None,
    ) -> Tokens:
        """Write the phrase of each vector.

        Parameters
        ----------
        vectors
            `[shape=(phrases, latent)]`
        temperature
            0 writes the likeliest token at every step; more needs `rng`
        mask
            tokens that may be written, for the tracks that are limited: `[shape=(phrases or 1, steps, vocabulary)]`

        Raises
        ------
        RequestError
            if a shape is another one, a mask forbids everything somewhere, or something is to be drawn without `rng`.
        """
        self._check(vectors, rng, temperature, mask or {})
        conductor, state = self._graphs["conductor"](latent=vectors.astype(np.float32))
        rows = len(vectors) * self._segments
        token = np.tile(np.array(self.vocabulary, dtype=np.int64), (rows, 1))
        limits = {track: self._by_segment(allowed, len(vectors)) for track, allowed in (mask or {}).items()}
        written = []
        for step in range(self._segment_steps):
            *logits, state = self._graphs["write"](
                token=token, place=np.full(rows, step, dtype=np.int64), vector=conductor[:, step], state=state
            )
            for track, values in zip(self.tracks, logits, strict=True):
                if track in limits:
                    values[~limits[track][:, step]] = -np.inf
            token = np.stack([_drawn(values, rng, temperature) for values in logits], axis=-1)
            written.append(token)
        tokens = np.stack(written, axis=-1).reshape(len(vectors), self._segments, len(self.tracks), self._segment_steps)
        return tokens.transpose(0, 2, 1, 3).reshape(len(vectors), len(self.tracks), self.n_steps)

    def _check(
        self,
        vectors: Vectors,
        rng: np.random.Generator | None,
        temperature: float,
        mask: Mapping[str, NDArray[np.bool_]],
    ) -> None:
        """Raise unless phrases can be written."""
        if vectors.ndim != 2 or vectors.shape[1] != self._latent or not len(vectors):
            raise RequestError(f"vectors must be shaped (phrases, {self._latent}); got {vectors.shape}")
        if temperature > 0 and rng is None:
            raise RequestError(f"a temperature of {temperature:g} draws tokens and needs rng; pass one, or temperature=0")
        for track, allowed in mask.items():
            if track not in self.tracks:
                raise RequestError(f"a mask must be of one of the tracks {', '.join(self.tracks)}; got {track!r}")
            shape = (self.n_steps, self.vocabulary[self.tracks.index(track)])
            if allowed.shape not in ((1, *shape), (len(vectors), *shape)):
                raise RequestError(
                    f"the mask of {track} must be ({len(vectors)} or 1, {shape[0]}, {shape[1]}); got {allowed.shape}"
                )
            if not allowed.any(axis=-1).all():
                raise RequestError(f"the mask of {track} must allow a token at every step; one step has none")

    def imagine(self, n: int, rng: np.random.Generator, *, spread: float = 1.0) -> Vectors:
        """Draw vectors of new phrases, as the encoded training phrases are distributed. [shape=(n, latent)]"""
        around = rng.standard_normal((n, len(self._statistics["mean"])), dtype=np.float32)
        return np.asarray(self._statistics["mean"] + spread * around @ self._statistics["factor"].T)

    def vary(self, vectors: Vectors, amount: float, rng: np.random.Generator) -> Vectors:
        """Move vectors by `amount`: 0 keeps the phrase, 1 forgets it."""
        if not 0 <= amount <= 1:
            raise RequestError(f"amount must be 0-1; got {amount:g}")
        fresh = self.imagine(len(vectors), rng)
        mean = self._statistics["mean"]
        kept = np.sqrt(1 - amount**2)
        return np.asarray(mean + kept * (vectors - mean) + amount * (fresh - mean))

    def change(self, vectors: Vectors, attribute: str, amount: float) -> Vectors:
        """Move vectors along an attribute; 1 is the distance from the low to the high quarter of the training phrases."""
        if attribute not in self.attributes:
            raise RequestError(f"attribute must be one of {', '.join(self.attributes)}; got {attribute!r}")
        return np.asarray(vectors + amount * self._statistics[f"attribute_{attribute}"])

    def _by_segment(self, allowed: NDArray[np.bool_], n: int) -> NDArray[np.bool_]:
        """Cut a mask into segments. [shape=(phrases * segments, segment steps, vocabulary)]"""
        full = np.broadcast_to(allowed, (n, *allowed.shape[1:]))
        return full.reshape(n * self._segments, self._segment_steps, -1)


def morph(first: Vectors, second: Vectors, steps: int) -> Vectors:
    """Return `steps` vectors from one phrase to another, both ends included, along the sphere. [shape=(steps, latent)]

    >>> morph(np.array([1.0, 0.0]), np.array([0.0, 1.0]), 3).round(3).tolist()
    [[1.0, 0.0], [0.707, 0.707], [0.0, 1.0]]
    """
    if steps < 2:
        raise RequestError(f"a morph needs at least 2 steps; got {steps}")
    cosine = np.dot(first, second) / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-9)
    angle = np.arccos(np.clip(cosine, -1, 1))
    share = np.linspace(0, 1, steps)[:, None]
    if np.sin(angle) < 1e-4:
        return np.asarray((1 - share) * first + share * second)
    return np.asarray((np.sin((1 - share) * angle) * first + np.sin(share * angle) * second) / np.sin(angle))


def _statistics(path: Path, latent: int) -> dict[str, Vectors]:
    """What was measured on the training phrases' vectors."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            found = {key: file[key].astype(np.float32) for key in file.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"{path.name} is missing or damaged; install Boya again or export the model again") from error
    if "mean" not in found or "factor" not in found or any(value.shape[-1:] != (latent,) for value in found.values()):
        raise ModelError(f"{path.name} belongs to another model; install Boya again or export the model again")
    return found


def _drawn(logits: Vectors, rng: np.random.Generator | None, temperature: float) -> NDArray[np.int64]:
    """Take the likeliest token, or draw."""
    if temperature > 0 and rng is not None:
        return np.asarray((logits + temperature * rng.gumbel(size=logits.shape)).argmax(-1))
    return np.asarray(logits.argmax(-1))
