"""What a packed corpus says about itself: origin, licence, checksum and split of every piece, and why others were left out.

A manifest is plain JSON without dates or machine paths, so that equal input gives equal bytes.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boya.corpus.schema import FORMAT_VERSION, SPLITS
from boya.errors import CorpusError

__all__ = ["MANIFEST", "Manifest", "read_manifest", "summary", "write_manifest"]

MANIFEST = "manifest.json"
Manifest = dict[str, Any]
_FIELDS = {"format_version": int, "arrays": dict, "words": list, "pieces": list, "rejections": list, "sources": dict}


def read_manifest(folder: str | Path) -> Manifest:
    """Read and check `manifest.json` of a packed folder.

    Raises
    ------
    CorpusError
        if it is missing, not JSON, of another version, or lacks a field.
    """
    path = Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise CorpusError(f"a packed corpus must hold {MANIFEST}; {folder} has none. Build it with: boya corpus build") from None
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} must be readable JSON; {error}. Build the corpus again") from error
    if not isinstance(manifest, dict):
        raise CorpusError(f"{path} must be a JSON object; got {type(manifest).__name__}. Build the corpus again")
    for name, kind in _FIELDS.items():
        if not isinstance(manifest.get(name), kind):
            raise CorpusError(f"{path} must have a {kind.__name__} {name!r}. Build the corpus again")
    if manifest["format_version"] != FORMAT_VERSION:
        found = manifest["format_version"]
        raise CorpusError(f"{path} must have format version {FORMAT_VERSION}; got {found}. Build the corpus again")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest in one step: either the whole file is there or none."""
    temporary = folder / f"{MANIFEST}.part"
    temporary.write_text(json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=0) + "\n", encoding="utf-8")
    temporary.replace(folder / MANIFEST)


def summary(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the counts a person wants to see: pieces, notes and works by split and source, licences, rejections by reason.

    Examples
    --------
    >>> piece = {"source": "folder", "split": "train", "group": "w1", "notes": 20, "licence": "CC0-1.0", "style": "pop"}
    >>> found = summary({"pieces": [piece], "rejections": [{"source": "folder", "reason": "too_few_notes"}]})
    >>> found["pieces"], found["splits"], found["rejected"]
    (1, {'train': 1}, {'too_few_notes': 1})
    """
    pieces, rejections = manifest["pieces"], manifest["rejections"]
    splits = Counter(p["split"] for p in pieces)
    return {
        "pieces": len(pieces),
        "notes": sum(p["notes"] for p in pieces),
        "works": len({p["group"] for p in pieces}),
        "splits": {split: splits[split] for split in SPLITS if splits[split]},
        "sources": _nested(pieces, "source", "split"),
        "styles": _counted(p["style"] or "unknown" for p in pieces),
        "licences": _counted(p["licence"] or "unknown" for p in pieces),
        "rejected": _counted(r["reason"] for r in rejections),
        "rejected_by_source": _nested(rejections, "source", "reason"),
    }


def _counted(values: Any) -> dict[str, int]:
    """Count values, most frequent first, ties by name."""
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))


def _nested(rows: list[dict[str, Any]], outer: str, inner: str) -> dict[str, dict[str, int]]:
    """Count rows by two of their fields."""
    return {name: _counted(r[inner] for r in rows if r[outer] == name) for name in sorted({r[outer] for r in rows})}
