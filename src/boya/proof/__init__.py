"""Proof: every figure this project claims, measured again and written to the scoreboard.

One file per area, one line in `AREAS`; see docs/evaluation.md for what each figure means.
"""

from boya.proof.evaluate import AREAS, evaluate

__all__ = ["AREAS", "evaluate"]
