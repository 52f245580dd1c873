"""One file for each kind of exercise.

A kind has `PLAYERS`, its staves, and `items(level, count, rng)`, which draws the questions; its docstring states the measure of
difficulty. It is found by its line in `boya.teaching.exercises.KINDS`.
"""
