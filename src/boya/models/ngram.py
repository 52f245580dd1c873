"""The n-gram family: the baseline that every network of this package must beat. NumPy only, no training loop, no weights to ship.

`NGram` models one sequence of integer tokens by its last `order - 1` tokens. `PhraseNgram` writes phrases of a whole band: a
token per sixteenth and role (`frame_tokens`), each drawn given what the role did just before, half a bar and a bar ago, the
place in the bar, and what the roles written before it do at that step. Both are interpolated back-off tables (`backoff`); see
there for the smoothing.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import FileError, FormatError, InputError, ModelError
from boya.models.backoff import BackoffTable
from boya.models.frame_contexts import COLUMNS, context_at, contexts
from boya.models.frame_tokens import FrameAlphabet
from boya.score import ROLES

__all__ = ["NGram", "PhraseNgram"]

Tokens = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = Callable[[Tokens], NDArray[np.bool_]]

_STRENGTH = 6.0
_READINGS = {"melody": "highest", "chords": "all", "bass": "lowest", "pad": "all", "drums": "onsets"}


@dataclass(frozen=True, eq=False)
class NGram:
    """p(token | the `order - 1` tokens before), smoothed.

    Examples
    --------
    >>> model = NGram.fit([[0, 1, 2, 0, 1, 2, 0, 1, 2]], order=3, n_tokens=3)
    >>> model.generate(np.random.default_rng(0), n=1, length=6, temperature=0.01).tolist()
    [[0, 1, 2, 0, 1, 2]]
    >>> round(model.nats_per_token([[0, 1, 2, 0, 1, 2]]), 2)
    0.54
    """

    order: int
    table: BackoffTable
    period: int = 0

    @classmethod
    def fit(
        cls,
        sequences: Sequence[Any] | Tokens,
        order: int = 5,
        *,
        n_tokens: int | None = None,
        period: int = 0,
        strength: float = 8.0,
    ) -> "NGram":
        """Count all n-grams up to `order`.

        Parameters
        ----------
        sequences
            integer tokens >= 0, an array `[shape=(n, length)]` or a list of sequences of any length.
        order
            longest n-gram, 1 or more.
        n_tokens
            size of the vocabulary; by default the largest token + 1.
        period
            when positive, the place in a cycle of so many tokens (16 sixteenths: the place in the bar) is known too.
        strength
            see `BackoffTable.fit`.

        Raises
        ------
        InputError
            if there is no token, or one is outside the vocabulary.
        """
        rows = [np.asarray(row, dtype=np.int64) for row in sequences]
        if order < 1 or not sum(len(row) for row in rows):
            raise InputError(f"an n-gram needs order >= 1 and at least one token; got order {order}, {len(rows)} sequences")
        size = int(max(row.max(initial=0) for row in rows)) + 1 if n_tokens is None else n_tokens
        table = np.concatenate([_lagged(row, order, size, period) for row in rows])
        return cls(order, BackoffTable.fit(table, np.concatenate(rows), size, strength), period)

    @property
    def n_tokens(self) -> int:
        """Size of the vocabulary."""
        return self.table.n_tokens

    def log_prob(self, sequence: Sequence[int] | Tokens) -> Floats:
        """Return the log-probability of every token of one sequence given those before, in nats. `[shape=(length,)]`"""
        row = np.asarray(sequence, dtype=np.int64)
        return self.table.log_prob(_lagged(row, self.order, self.n_tokens, self.period), row)

    def nats_per_token(self, sequences: Sequence[Any] | Tokens) -> float:
        """Return the mean of -log p over all tokens of all sequences."""
        rows = [self.log_prob(row) for row in sequences]
        return -float(np.concatenate(rows).mean())

    def generate(
        self, rng: np.random.Generator, n: int, length: int, temperature: float = 1.0, mask: Mask | None = None
    ) -> Tokens:
        """Draw `n` sequences. `[shape=(n, length)]`

        Parameters
        ----------
        temperature
            1 draws from the model, towards 0 the likeliest token wins.
        mask
            called with the tokens so far `[shape=(n, t)]`, returns what is allowed next `[shape=(n, n_tokens)]`.

        Raises
        ------
        InputError
            if the temperature is not positive or a mask forbids everything.
        """
        if not temperature > 0:
            raise InputError(f"temperature must be positive; got {temperature:g}")
        width = self.order - 1
        past = np.full((n, width + length), self.n_tokens, dtype=np.int64)
        for step in range(length):
            context = past[:, step : step + width][:, ::-1]
            if self.period:
                context = np.column_stack([context, np.full(n, step % self.period)])
            if temperature == 1 and mask is None:
                past[:, step + width] = self.table.draw(context, rng)
            else:
                logits = np.log(self.table.probabilities(context)) / temperature
                allowed = None if mask is None else mask(past[:, width : step + width])
                past[:, step + width] = _draw(logits, allowed, rng)
        return past[:, width:]

    def save(self, path: str | Path) -> None:
        """Write the counts to an `.npz`."""
        _write(path, {"kind": np.array("ngram"), "period": np.array(self.period), **self.table.arrays()})

    @classmethod
    def load(cls, path: str | Path) -> "NGram":
        """Read what `save` wrote.

        Raises
        ------
        FileError, ModelError
            if the file is missing or no `.npz` (FormatError), or of another kind.
        """
        saved = _read(path, "ngram")
        table = BackoffTable.from_arrays(saved)
        period = int(saved.get("period", np.array(0)))
        return cls(table.n_columns + 1 - (period > 0), table, period)


@dataclass(frozen=True, eq=False)
class PhraseNgram:
    """Phrases of a band, one table per role.

    Examples
    --------
    >>> rolls = np.zeros((4, 5, 64, 128), np.uint8)
    >>> rolls[:, 2, ::4, 36] = 2
    >>> model = PhraseNgram.fit(rolls)
    >>> model.generate(2, np.random.default_rng(0)).shape
    (2, 5, 64, 128)
    """

    alphabets: Mapping[str, FrameAlphabet]
    tables: Mapping[str, BackoffTable]

    @classmethod
    def fit(cls, rolls: NDArray[np.uint8], size: int = 2000) -> "PhraseNgram":
        """Learn from phrase rolls `[shape=(phrases, 5, steps, 128)]`; chords and pads keep their `size` most frequent frames."""
        _check_rolls(rolls)
        alphabets = {role: FrameAlphabet.learn(rolls[:, ROLES.index(role)], _READINGS[role], size) for role in COLUMNS}
        tokens = {role: alphabets[role].encode(rolls[:, ROLES.index(role)]) for role in COLUMNS}
        tables = {}
        for role in COLUMNS:
            rows, targets = contexts(role, tokens), tokens[role].reshape(-1)
            tables[role] = BackoffTable.fit(rows, targets, alphabets[role].n_tokens, _STRENGTH)
        return cls(alphabets, tables)

    def generate(self, n: int, rng: np.random.Generator, n_steps: int = 64) -> NDArray[np.uint8]:
        """Draw `n` phrases `[shape=(n, 5, n_steps, 128)]`, all roles of a step before the next step."""
        tokens = {role: np.zeros((n, n_steps), dtype=np.int64) for role in COLUMNS}
        for step in range(n_steps):
            for role, table in self.tables.items():
                tokens[role][:, step] = table.draw(context_at(role, tokens, step), rng)
        return np.stack([self.alphabets[role].decode(tokens[role]) for role in ROLES], axis=1)

    def nats_per_step(self, rolls: NDArray[np.uint8]) -> dict[str, float]:
        """Return the mean of -log p of a step for each role, and their sum as "all"; unknown frames count as the nearest."""
        _check_rolls(rolls)
        tokens = {role: self.alphabets[role].encode(rolls[:, ROLES.index(role)]) for role in COLUMNS}
        nats = {r: -float(self.tables[r].log_prob(contexts(r, tokens), tokens[r].reshape(-1)).mean()) for r in ROLES}
        return nats | {"all": sum(nats.values())}

    def save(self, path: str | Path) -> None:
        """Write alphabets and counts to an `.npz`."""
        arrays: dict[str, NDArray[Any]] = {"kind": np.array("phrase-ngram")}
        for role in COLUMNS:
            arrays[f"{role}/frames"] = self.alphabets[role].frames
            arrays |= self.tables[role].arrays(f"{role}/")
        _write(path, arrays)

    @classmethod
    def load(cls, path: str | Path) -> "PhraseNgram":
        """Read what `save` wrote; errors as for `NGram.load`."""
        saved = _read(path, "phrase-ngram")
        tables = {role: BackoffTable.from_arrays(saved, f"{role}/") for role in COLUMNS}
        alphabets = {r: FrameAlphabet(_READINGS[r], saved.get(f"{r}/frames", np.empty(0))) for r in COLUMNS}
        for role, columns in COLUMNS.items():
            if tables[role].n_columns != len(columns) or tables[role].n_tokens != alphabets[role].n_tokens:
                raise ModelError(f"{path}: the {role} table does not fit this version's columns. Fit it again")
        return cls(alphabets, tables)


def _lagged(row: Tokens, order: int, begin: int, period: int) -> Tokens:
    """The tokens 1, 2, ... places before each token (`begin` before the first), then the place in the period."""
    padded = np.concatenate([np.full(order - 1, begin, dtype=np.int64), row])
    columns = [padded[order - 1 - k : len(padded) - k] for k in range(1, order)]
    if period:
        columns.append(np.arange(len(row)) % period)
    return np.stack(columns, axis=1) if columns else np.zeros((len(row), 0), dtype=np.int64)


def _draw(logits: Floats, allowed: NDArray[np.bool_] | None, rng: np.random.Generator) -> Tokens:
    """Draw one token per row among those allowed (Gumbel-max)."""
    if allowed is not None:
        if allowed.shape != logits.shape or not allowed.any(axis=1).all():
            raise InputError(f"a mask must be {logits.shape} and allow a token in every row")
        logits = np.where(allowed, logits, -np.inf)
    return np.asarray((logits + rng.gumbel(size=logits.shape)).argmax(axis=1))


def _check_rolls(rolls: NDArray[np.uint8]) -> None:
    """Raise unless these are phrase rolls."""
    if rolls.ndim != 4 or rolls.shape[1] != len(ROLES) or rolls.shape[3] != 128 or not len(rolls):
        raise InputError(f"phrase rolls must be (phrases, 5, steps, 128) with at least one phrase; got {rolls.shape}")


def _write(path: str | Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an `.npz` at exactly `path`."""
    try:
        with Path(path).open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}") from error


def _read(path: str | Path, kind: str) -> dict[str, NDArray[Any]]:
    """Read an `.npz` of one kind, without pickles."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from error
    try:
        file = np.load(io.BytesIO(content), allow_pickle=False)
        saved = {name: file[name] for name in file.files}
    except (ValueError, EOFError, KeyError, OSError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise FormatError(f"{path} must be an .npz of plain arrays; it is not ({type(error).__name__}). Save it again") from error
    if str(saved.get("kind")) != kind:
        raise ModelError(f"{path} must hold a model of kind {kind}; got {saved.get('kind')}")
    return saved
