"""Measures of music, generated beside real: pure functions on phrase rolls, tokens and scores."""
