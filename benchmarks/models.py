"""How fast the shipped models write, against the same networks in eager PyTorch: what a user would otherwise run them with.

    python benchmarks/models.py [--models FOLDER] [--phrases 100] [--repeats 5]

Both sides do the whole job in one run of this program, one thread each, the best of the repeats: the GAN writes phrases of 5
tracks and 64 steps, a seq2seq writes new phrases from vectors. The PyTorch networks have the settings of the model's card and
fresh weights: time does not depend on what they learnt. Without torch only our own times are printed. The n-gram stands beside
them as the simplest thing that writes phrases.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from boya.models.gan import Gan, Setting
from boya.models.ngram import PhraseNgram
from boya.models.runtime import available, read_card
from boya.models.seq2seq import Seq2Seq
from boya.representation.frames import FRAME_DTYPE

try:
    import torch
except ImportError:
    torch = None
STEPS = 64


def best(action: Callable[[], object], repeats: int) -> float:
    """Return the shortest time of several runs after one that warms up, in seconds."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times[1:])


def harmony(count: int) -> np.ndarray:
    """Phrases over C, A minor, F and G, a bar each."""
    frames = np.zeros((count, STEPS), dtype=FRAME_DTYPE)
    for bar, (root, pitch_classes) in enumerate([(0, (0, 4, 7)), (9, (9, 0, 4)), (5, (5, 9, 0)), (7, (7, 11, 2))]):
        part = frames[:, 16 * bar : 16 * bar + 16]
        part["root"] = part["root_bass"] = root
        part["chroma"] = sum(1 << pc for pc in pitch_classes)
    return frames


def our_gan(name: str, folder: Path | None, count: int) -> Callable[[], object]:
    model = Gan(name, folder)
    frames, settings = harmony(count), [Setting(model.styles[0])] * count
    return lambda: model.write(frames, settings, np.random.default_rng(0))


def our_seq2seq(name: str, folder: Path | None, count: int) -> Callable[[], object]:
    model = Seq2Seq(name, folder)
    vectors = model.imagine(count, np.random.default_rng(0))
    return lambda: model.decode(vectors)


def torch_gan(card: dict[str, Any], count: int) -> Callable[[], object]:
    from boya.models.networks.gan_generator import HARMONY, MASK_WIDTHS, Generator, GeneratorSettings  # noqa: PLC0415

    torch.manual_seed(0)
    network = Generator(GeneratorSettings(**card["settings"])).eval()
    width, masks, noises = network.frame.in_features, sum(MASK_WIDTHS.values()), sum(network.noise_widths.values())

    @torch.no_grad()
    def write() -> object:
        is_given, zeros = torch.zeros(count, 5), torch.zeros(count, dtype=torch.long)
        given, mask = torch.zeros(count, STEPS, width), torch.zeros(count, masks)
        context = network.context(torch.zeros(count, STEPS, HARMONY), given, is_given)
        condition = network.condition(zeros, zeros, zeros, torch.randn(count, network.settings.noise))
        frame, state = torch.zeros(count, width), network.first_state(count)
        for step in range(STEPS):
            place, noise = torch.full((count,), step), -torch.log(-torch.log(torch.rand(count, noises).clamp(1e-9, 1 - 1e-7)))
            frame, state = network.step(frame, state, context[:, step], condition, place, noise, mask, given[:, step], is_given)
        return frame

    return write


def torch_seq2seq(card: dict[str, Any], count: int) -> Callable[[], object]:
    from boya.models.networks.seq2seq import Seq2SeqNetwork, Seq2SeqSettings  # noqa: PLC0415

    torch.manual_seed(0)
    told = {key: tuple(value) if isinstance(value, list) else value for key, value in card["settings"].items()}
    network = Seq2SeqNetwork(Seq2SeqSettings(**told)).eval()
    vectors = torch.randn(count, network.settings.latent)
    return lambda: network.rewrite(vectors)


FAMILIES = {"gan": (our_gan, torch_gan), "seq2seq": (our_seq2seq, torch_seq2seq)}


def ngram(count: int) -> Callable[[], object]:
    rolls = (np.random.default_rng(0).random((50, 5, STEPS, 128)) < 0.005).astype(np.uint8) * 2
    model = PhraseNgram.fit(rolls)
    return lambda: model.generate(count, np.random.default_rng(0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, help="a folder of exported models; the shipped ones by default")
    parser.add_argument("--phrases", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    if torch is not None:
        torch.set_num_threads(1)
    print(f"{'model':<22}{'phrases':>9}{'ONNX Runtime':>15}{'PyTorch eager':>16}{'ratio':>8}")
    for name in available(options.models):
        card = read_card(name, options.models)
        if card.get("family") not in FAMILIES:
            continue
        ours, theirs = FAMILIES[card["family"]]
        for count in sorted({1, options.phrases}):
            mine = best(ours(name, options.models, count), options.repeats)
            if torch is None:
                print(f"{name:<22}{count:>9}{mine:>13.3f} s{'no torch':>16}")
                continue
            other = best(theirs(card, count), options.repeats)
            print(f"{name:<22}{count:>9}{mine:>13.3f} s{other:>14.3f} s{other / mine:>7.1f}x")
    print(f"{'n-gram (NumPy)':<22}{options.phrases:>9}{best(ngram(options.phrases), options.repeats):>13.3f} s")


if __name__ == "__main__":
    main()
