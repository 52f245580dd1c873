"""Scales, chords, keys, instruments, drums, styles: what musicians know, as tables and pure functions."""
