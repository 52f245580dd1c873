"""Matrices as whole numbers with a scale for every 32 weights of an output, as ONNX Runtime's `MatMulNBits` reads them.

Blocks of 32 and no others: with them ONNX Runtime gives a row the same bits whatever rows stand beside it. Longer blocks take
another kernel for an odd row, and `DynamicQuantizeMatMul` rounds the inputs of all rows with one scale.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCK", "quantised"]

BLOCK = 32
CLIPPED = tuple(np.linspace(0.7, 1.1, 17))  # shares of a block's largest weight that are tried as its range, for 4 bits


def quantised(matrix: NDArray[np.float32], bits: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Round a matrix to whole numbers with a scale for every block of 32 inputs.

    A weight is `(level - 2 ** (bits - 1)) * scale`; the largest of a block, whatever its sign, takes the level 0, and for few
    bits the range is the one that leaves the least error.

    Parameters
    ----------
    matrix
        `[shape=(outputs, inputs)]`
    bits
        8 or 4

    Returns
    -------
    levels, scales
        `[shape=(outputs, blocks, 32)]` and `[shape=(outputs, blocks)]`

    Examples
    --------
    >>> levels, scales = quantised(np.array([[-1.0, 0.5, 0.25]], dtype=np.float32), 8)
    >>> ((levels[0, 0, :3].astype(int) - 128) * scales[0, 0]).tolist()
    [-1.0, 0.5, 0.25]
    """
    outputs, inputs = matrix.shape
    blocks = np.zeros((outputs, -(-inputs // BLOCK) * BLOCK), dtype=np.float32)
    blocks[:, :inputs] = matrix
    blocks = blocks.reshape(outputs, -1, BLOCK)
    half = 2 ** (bits - 1)
    extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(-1, keepdims=True), -1)
    best = np.full(blocks.shape[:2], np.inf, dtype=np.float32)
    levels, scales = np.zeros(blocks.shape, dtype=np.uint8), np.ones(best.shape, dtype=np.float16)
    for share in CLIPPED if bits < 8 else (1.0,):
        scale = (-share / half * extreme).astype(np.float16)
        scale[scale == 0] = 1
        level = np.clip(np.rint(blocks / scale.astype(np.float32)) + half, 0, 2 * half - 1)
        error = (((level - half) * scale.astype(np.float32) - blocks) ** 2).sum(-1)
        is_better = error < best
        best[is_better], levels[is_better], scales[is_better] = error[is_better], level[is_better], scale[is_better, 0]
    return levels, scales
