"""One process or many: who takes which rows of a batch, and how gradients meet.

Conventions: started by `torchrun`, which sets RANK, WORLD_SIZE and LOCAL_RANK; alone without them. Every process holds the
whole network and the same share of each batch; gradients are averaged after each backward pass, so the network needs no
wrapper.
"""

import importlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch import distributed as dist

from boya.errors import ModelError

__all__ = ["World", "join_world"]


@dataclass(frozen=True)
class World:
    """This process among all of them, and the device it computes on."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and speaks."""
        return self.rank == 0

    def rows(self, batch: int) -> slice:
        """Return this process's rows of a batch.

        Raises
        ------
        ModelError
            if the batch cannot be shared equally.

        Examples
        --------
        >>> World(rank=1, size=2).rows(8)
        slice(4, 8, None)
        """
        if batch % self.size:
            raise ModelError(f"batch must be a multiple of the number of processes, {self.size}; got {batch}")
        share = batch // self.size
        return slice(self.rank * share, (self.rank + 1) * share)

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replace tensors by their mean over all processes."""
        listed = list(tensors)
        if self.size == 1 or not listed:
            return
        joined = torch.cat([t.detach().flatten().float() for t in listed])
        dist.all_reduce(joined)
        joined /= self.size
        for tensor, mean in zip(listed, torch.split(joined, [t.numel() for t in listed]), strict=True):
            tensor.detach().copy_(mean.reshape(tensor.shape))

    def any(self, flag: bool) -> bool:
        """Whether the flag is up in any process."""
        if self.size == 1:
            return flag
        flags = torch.tensor(int(flag), device=self.device)
        dist.all_reduce(flags, dist.ReduceOp.MAX)
        return bool(flags.item())


@contextmanager
def join_world() -> Iterator[World]:
    """Join the processes that `torchrun` started, and leave them at the end."""
    size, rank, local = (
        int(os.environ.get(name, default)) for name, default in (("WORLD_SIZE", 1), ("RANK", 0), ("LOCAL_RANK", 0))
    )
    is_gpu = torch.cuda.is_available()
    device = torch.device("cuda", local) if is_gpu else torch.device("cpu")
    if is_gpu:
        torch.cuda.set_device(device)
    if size == 1:
        yield World(device=device)
        return
    # An optimizer opens torch._dynamo, which keeps a group that is there already. Gloo's threads would then outlive the group,
    # and one that lets go of a tensor while Python ends aborts the process.
    importlib.import_module("torch._dynamo")
    dist.init_process_group("nccl" if is_gpu else "gloo")
    try:
        yield World(rank, size, device)
    finally:
        dist.destroy_process_group()
