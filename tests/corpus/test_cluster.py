"""A real Dask cluster on loopback, a worker killed in the middle: the same bytes."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from boya.corpus import open_packed, open_source
from boya.corpus.build import build
from boya.errors import CorpusError

pytest.importorskip("distributed", reason="needs boya[cluster]")


# Dask leaves sockets to the garbage collector when a worker is lost
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def dask(*words, log):
    """Start a dask command in its own group; its noise goes to a file."""
    with log.open("ab") as out:
        return subprocess.Popen([sys.executable, "-m", "dask", *words], stdout=out, stderr=out, start_new_session=True)


def end(process):
    """End a dask command with all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


@pytest.fixture
def cluster(tmp_path):
    """Address of a scheduler, and its two workers."""
    port, log = free_port(), tmp_path / "dask.log"
    address = f"tcp://127.0.0.1:{port}"
    started = [dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-jupyter", log=log)]
    try:
        for number in range(2):
            words = ("worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard")
            started.append(dask(*words, "--local-directory", str(tmp_path / f"worker{number}"), log=log))
        wait_for_workers(address, 2, log)
        yield address, started[1:]
    finally:
        for process in started:
            end(process)


def wait_for_workers(address, number, log):
    import distributed

    for _ in range(30):
        try:
            with distributed.Client(address, timeout="2s", set_as_default=False) as client:
                client.wait_for_workers(number, timeout="30s")
            return
        except (OSError, TimeoutError):
            time.sleep(0.3)
    pytest.fail(f"no cluster: {log.read_text()[-2000:]}")


def test_a_cluster_gives_the_same_bytes_though_a_worker_dies(cluster, tmp_path, music, monkeypatch):
    monkeypatch.setattr("boya.corpus.parts._CHUNK_PIECES", 1)
    address, workers = cluster
    midi = music.folder_of(tmp_path / "midi", 24)
    build([open_source("folder", midi)], tmp_path / "here", workers=1)
    killed = []

    def kill(progress):
        if progress.done >= 5 and not killed:
            killed.append(progress.done)
            workers[0].kill()

    build([open_source("folder", midi)], tmp_path / "there", cluster=address, progress=kill)
    assert killed
    assert workers[0].wait(timeout=30) == -signal.SIGKILL
    assert workers[1].poll() is None
    files = sorted(p.name for p in (tmp_path / "here").iterdir())
    assert files == sorted(p.name for p in (tmp_path / "there").iterdir())
    assert all((tmp_path / "here" / f).read_bytes() == (tmp_path / "there" / f).read_bytes() for f in files)
    assert len(open_packed(tmp_path / "there")) == 24


def test_a_cluster_that_is_not_there_is_one_clear_error(tmp_path, music, monkeypatch):
    monkeypatch.setattr("boya.corpus.mapping._CONNECT_SECOND", 1.0)
    midi = music.folder_of(tmp_path / "midi", 1)
    with pytest.raises(CorpusError, match="must be a running Dask scheduler"):
        build([open_source("folder", midi)], tmp_path / "out", cluster=f"tcp://127.0.0.1:{free_port()}")
