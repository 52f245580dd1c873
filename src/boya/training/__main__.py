"""`python -m boya.training RECIPE PACKED OUT`: training where the command line's parts are not installed, and with `torchrun`."""

import argparse
import sys

from boya.errors import BoyaError
from boya.training.start import train


def main() -> int:
    """Read the arguments and train; print where the weights are."""
    parser = argparse.ArgumentParser(prog="python -m boya.training", description="Train a recipe on a packed corpus.")
    parser.add_argument("recipe", help="name of a shipped recipe, or a .toml file")
    parser.add_argument("packed", help="packed folder; see: boya corpus build")
    parser.add_argument("out", help="folder for checkpoints, logs and weights")
    parser.add_argument("--fresh", action="store_true", help="begin anew, even if there is a checkpoint")
    parser.add_argument("--steps", type=int, help="number of updates in place of the recipe's")
    parser.add_argument("--seed", type=int, help="seed in place of the recipe's")
    given = parser.parse_args()
    try:
        print(train(given.recipe, given.packed, given.out, resume=not given.fresh, steps=given.steps, seed=given.seed))
    except BoyaError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
