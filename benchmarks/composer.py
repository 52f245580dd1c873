"""How fast the composer writes, against Hugging Face's `generate` of the same checkpoint in the same run of this program.

    python benchmarks/composer.py [--hf FOLDER] [--sizes small base] [--kinds float32 int8 int8-m8 int4] [--tokens 500]
                                  [--rows 1 4 8] [--repeats 3] [--clock wall|cpu] [--packed FOLDER] [--json]

The checkpoint is a folder that `LlamaForCausalLM` reads, or has fresh weights in the shape of a size: time does not depend on
what they learnt, but notes a token do. Everything runs on one thread; the best of the repeats counts. A kind is the precision of
the weights, `-m8` with an 8-bit memory. On a machine that does other things, `--clock cpu` counts only the time this program ran.

Columns, in tokens a second of all rows together: `read` is a prompt of `--tokens`; `step` the network alone; `write` the whole
loop with the stream's grammar as a mask and a draw for each token; the last two from the first token of a piece on. `notes` are
those in what was written, a second, if the weights were given. Two ways of `generate` stand against `write`, in a batch of as
many rows: `greedy` takes the likeliest token without any mask; `masked` does what `write` does, it draws under the same grammar,
which it gets as `prefix_allowed_tokens_fn`. The tokens that both take greedily from the same float32 weights are compared too.
Without transformers only our own times are printed. With `--packed` and given weights there is also `nats`, of a token of real
music that was held out, and an 8-bit memory is fitted to real music.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch

from boya.corpus import open_packed
from boya.models.composer import Composer, write
from boya.models.networks.composer import ComposerNetwork
from boya.proof.passages import costs
from boya.representation.stream import VOCABULARY, Grammar, encode
from boya.training.composer_export import export_composer, read_llama
from boya.training.pretrained import save_pretrained
from boya.training.recipe import read_recipe

try:
    import transformers
except ImportError:
    transformers = None

SIZES = {size: read_recipe(f"composer-{size}").tables["network"] for size in ("small", "base")}
KINDS = ("float32", "int8", "int8-m8", "int4", "int4-m8")
PROMPT = VOCABULARY.read(
    "piece home:0 style:pop mode:major slot:0 program:0 role:melody slot:1 program:33 role:bass slot:2 drums role:drums "
    "bar:0 metre:4/4 tempo:120"
)
TOP_P = 0.98
BARS = VOCABULARY.span("bar")
SOUNDS = (VOCABULARY.span("pitch"), VOCABULARY.span("drum"))


START = Grammar()
for token in PROMPT.tolist():
    START.take(token)


class Free:
    """Writes a stream of a number of tokens; where a window is full, another begins."""

    def __init__(self, n: int) -> None:
        self.grammar, self.left = START.copy(), n

    @property
    def is_done(self) -> bool:
        return self.left <= 0

    def allowed(self) -> np.ndarray:
        mask = self.grammar.allowed()
        mask[VOCABULARY.id("end")] = False
        if not mask.any():
            self.grammar = START.copy()
            return self.allowed()
        return mask

    def forced(self) -> None:
        return None

    def take(self, token: int) -> None:
        self.grammar.take(token)
        self.left -= 1


def best(action: Callable[[], object], options: argparse.Namespace) -> float:
    """Return the shortest time of several runs after one that warms up, in seconds."""
    clock, times = {"wall": time.perf_counter, "cpu": time.process_time}[options.clock], []
    for _ in range(options.repeats + 1):
        start = clock()
        action()
        times.append(clock() - start)
    return min(times[1:])


def some_tokens(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, len(VOCABULARY), shape)


def stepping(composer: Composer, rows: int, n: int) -> Callable[[], object]:
    tokens = some_tokens(n, rows, 1)

    def run() -> None:
        session, _ = composer.read(PROMPT, rows)
        for token in tokens:
            session.feed(token)

    return run


def writing(composer: Composer, rows: int, n: int) -> Callable[[], list[np.ndarray]]:
    return lambda: write(composer, PROMPT, [Free(n) for _ in range(rows)], np.random.default_rng(0), top_p=TOP_P)


def reading(composer: Composer, n: int) -> Callable[[], object]:
    tokens = some_tokens(1, n)
    return lambda: composer.session().feed(tokens)


def n_notes(rows: list[np.ndarray]) -> int:
    return sum(int(((row >= span.start) & (row < span.stop)).sum()) for row in rows for span in SOUNDS)


def music(packed: Path, split: str, n: int, length: int) -> np.ndarray:
    """The beginnings of some pieces that are long enough. [shape=(n, length)]"""
    corpus, found = open_packed(packed), []
    for piece in np.random.default_rng(0).permutation(corpus.split(split)).tolist():
        tokens = encode(corpus.score(piece)).whole()
        if len(tokens) >= length:
            found.append(tokens[:length])
        if len(found) == n:
            break
    return np.array(found)


def nats(composer: Composer, windows: np.ndarray) -> float:
    """Of a token after the head, on average."""
    found = []
    for window in windows:
        head = int(np.argmax((window >= BARS.start) & (window < BARS.stop)))
        found.append(costs(composer.session().score(window[None, :-1])[0], window[1:])[head:])
    return float(np.concatenate(found).mean())


def generated(network: Any, rows: int, n: int, *, is_masked: bool) -> Callable[[], torch.Tensor]:
    """Hugging Face's loop, told to write exactly `n` tokens."""
    prompt = torch.from_numpy(PROMPT.astype(np.int64)).repeat(rows, 1)
    settings = {"min_new_tokens": n, "max_new_tokens": n, "use_cache": True, "pad_token_id": 0, "eos_token_id": None}

    def run() -> torch.Tensor:
        guides = [Free(n) for _ in range(rows)]

        def allowed(row: int, written: torch.Tensor) -> list[int]:
            if len(written) > len(PROMPT):
                guides[row].take(int(written[-1]))
            return np.flatnonzero(guides[row].allowed()).tolist()

        way = (
            {"do_sample": True, "top_k": 0, "top_p": TOP_P, "prefix_allowed_tokens_fn": allowed}
            if is_masked
            else {"do_sample": False}
        )
        with torch.no_grad():
            return network.generate(prompt, attention_mask=torch.ones_like(prompt), **settings, **way)

    return run


def agreement(composer: Composer, wanted: np.ndarray) -> int:
    """How many tokens our float32 graph takes greedily as `generate` did, before the first other one."""
    session, logits = composer.read(PROMPT)
    for count, token in enumerate(wanted):
        if int(logits[0].argmax()) != token:
            return count
        logits = session.feed([[token]])
    return len(wanted)


def compare(checkpoint: Path, name: str, options: argparse.Namespace) -> dict[str, float]:
    """Print a table for one checkpoint; return tokens a second by kind and rows, and of `generate`."""
    weights, settings = read_llama(checkpoint)
    n = min(options.tokens, settings.context - len(PROMPT))
    print(
        f"\n{name}: {sum(value.size for value in weights.values()) / 1e6:.1f} M weights, {n} tokens a row, {options.clock} clock"
    )
    held_out = np.zeros((0, 0)) if options.packed is None else music(options.packed, "valid", 40, 400)
    theirs: dict[tuple[int, bool], float] = {}
    found: dict[str, float] = {}
    if transformers is not None:
        network = transformers.LlamaForCausalLM.from_pretrained(checkpoint, dtype=torch.float32).eval()
        for rows, is_masked in product(options.rows, (False, True)):
            theirs[rows, is_masked] = rows * n / best(generated(network, rows, n, is_masked=is_masked), options)
            found[f"generate {'masked' if is_masked else 'greedy'} {rows}"] = theirs[rows, is_masked]
            print(
                f"generate, {rows} rows, {'masked' if is_masked else 'greedy'}: {theirs[rows, is_masked]:.0f} tokens/s",
                flush=True,
            )
        taken = generated(network, 1, n, is_masked=False)()[0, len(PROMPT) :].numpy()
    print(f"{'kind':<10}{'MB':>6}{'read':>8}{'rows':>6}{'step':>8}{'write':>8}{'notes':>8}{'against greedy':>16}{'masked':>8}")
    for kind in options.kinds:
        precision, _, memory = kind.partition("-")
        heard = None
        if memory:
            is_real = options.packed is not None
            heard = music(options.packed, "train", 16, 256) if is_real else some_tokens(8, 256)
        with tempfile.TemporaryDirectory() as folder:
            export_composer(weights, settings, folder, kind, {}, precision=precision, heard=heard)
            size = (Path(folder) / f"{kind}.decoder.onnx").stat().st_size / 1e6
            composer = Composer(kind, Path(folder))
        if options.packed is not None:
            print(f"{kind}: {nats(composer, held_out):.4f} nats a token")
        if kind == "float32" and theirs:
            print(f"the same {agreement(composer, taken)} of {n} tokens taken greedily by generate and by us")
        speed = n / best(reading(composer, n), options)
        for rows in options.rows:
            steps = rows * n / best(stepping(composer, rows, n), options)
            seconds = best(writing(composer, rows, n), options)
            found[f"{kind} {rows}"] = rows * n / seconds
            notes = f"{n_notes(writing(composer, rows, n)()) / seconds:.0f}" if options.hf else "-"
            ratios = [f"{rows * n / seconds / theirs[rows, is_masked]:.1f}x" if theirs else "-" for is_masked in (False, True)]
            line = f"{kind:<10}{size:>6.1f}{speed:>8.0f}{rows:>6}{steps:>8.0f}{rows * n / seconds:>8.0f}{notes:>8}"
            print(f"{line}{ratios[0]:>16}{ratios[1]:>8}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hf", type=Path, help="a folder of LlamaForCausalLM; fresh weights by default")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--tokens", type=int, default=500)
    parser.add_argument("--rows", nargs="+", type=int, default=[1, 4, 8])
    parser.add_argument("--packed", type=Path, help="a packed corpus, to measure what rounding costs")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--json", action="store_true", help="after the tables, all figures as one line of JSON")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found: dict[str, dict[str, float]] = {}
    if options.hf:
        found[options.hf.name] = compare(options.hf, options.hf.name, options)
    for size in () if options.hf else options.sizes:
        torch.manual_seed(0)
        with tempfile.TemporaryDirectory() as folder:
            found[size] = compare(save_pretrained(ComposerNetwork(SIZES[size]), folder), size, options)
    if options.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
