"""The works of the composer: what a person can have written, one file each, on top of `boya.composing.filling`.

Every work is a sheet with a selection of bars and tracks to be written: `composing` (a piece of a form from nothing),
`continuing`, `rewriting`, `adding`, `arranging`, `varying`; `harmonising` finds chords for a melody by theory alone. Beside them
stand the readers of wishes (`bands`, `controls`, `limits`, `selection`, `lengths`) and what all works share (`given_score`,
`engine`).

Conventions: bars and tracks are counted from 1 where a person names them, from 0 everywhere else.
"""
