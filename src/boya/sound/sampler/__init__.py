"""Our own sampler: the recordings of a SoundFont as instruments, in NumPy alone.

`regions` finds what sounds for a key, `tone` reads it at its pitch, `playing` plays any SoundFont, `source` is the shipped one as
a source of tones for the renderer.
"""
