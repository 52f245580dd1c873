"""The task file, imported as a module."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tasks():
    spec = importlib.util.spec_from_file_location("boya_tasks", Path(__file__).resolve().parents[2] / "tasks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
