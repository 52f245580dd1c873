"""Boya composes; Ziqi listens."""
