"""Neural instruments: networks that were taught by the live voices, and play from a score like them.

Two families. `ddsp` writes the levels of harmonics and noise bands every five milliseconds, which are then added up (J. Engel
et al., "DDSP: Differentiable Digital Signal Processing", ICLR 2020). `wavenet` writes the tone sample by sample at 16 kHz (A. van
den Oord et al., "WaveNet: A Generative Model for Raw Audio", 2016), each sample a draw from a normal distribution (W. Ping et
al., "ClariNet", ICLR 2019). Both hear pitch and loudness; the loudness of a played tone comes from a third, small network, the
*performer*. Networks in torch are `boya.models.networks.ddsp` and `wavenet`; here is NumPy, and one compiled loop.

Conventions: a *frame* here is a place every 5 ms where controls are known, audio is counted in samples. Levels are decibels of
the root mean square.
"""
