"""Folders of music become clean, split, packed data: sources, cleaning, roles, near-duplicates, splits, memory-mapped arrays."""
