"""Write docs/listening.md: a picture and a short clip of every family of sound, rendered now by the instruments of this checkout.

    python scripts/listening_page.py [--out docs]

Each picture has the waveform above and the spectrogram below (logarithmic frequency, 90 dB). Needs matplotlib beside Boya and its
extra `sound`. The tunes are our own.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from boya.score import Score, Tempo, Timeline, Track, note_array
from boya.sound import effect, render, save_audio

RATE = 32000
QUARTER = 480
TUNE = ((62, 1), (65, 0.5), (67, 0.5), (69, 1.5), (67, 0.5), (62, 2))  # pitch, quarters
CHORDS = (((50, 57, 62, 65), 2), ((48, 55, 60, 64), 2), ((50, 57, 62, 65), 2))


@dataclass(frozen=True)
class Clip:
    """One sound of the page: who plays what."""

    name: str
    title: str
    words: str
    tracks: tuple[Track, ...] = ()
    voices: str = "live"
    kind: str = ""  # of a sound effect
    qpm: float = 132.0


def tune(program: int, name: str = "", up: int = 0) -> Track:
    """The tune, one note after the other."""
    notes, at = [], 0.0
    for pitch, length in TUNE:
        notes.append((round(at * QUARTER), round(length * QUARTER * 0.95), pitch + up, 92))
        at += length
    return Track(note_array(notes), program, name=name)


def chords(program: int, up: int = 0) -> Track:
    """Three chords, one after the other."""
    notes, at = [], 0
    for pitches, length in CHORDS:
        notes += [(at * QUARTER, round(length * QUARTER * 0.95), pitch + up, 84) for pitch in pitches]
        at += length
    return Track(note_array(notes), program)


def beat() -> Track:
    """A bar and a half of rock, twice."""
    rows = [(eighth * 240, 120, 42, 70 + 20 * (eighth % 2 == 0)) for eighth in range(14)]
    rows += [(at * QUARTER, 120, 36, 110) for at in (0, 1.5, 2, 4, 5.5)] + [(at * QUARTER, 120, 38, 105) for at in (1, 3, 5)]
    return Track(note_array([(round(a), b, c, d) for a, b, c, d in [*rows, (6 * QUARTER, 240, 49, 100)]]), is_drum=True)


CLIPS = (
    Clip("piano", "Acoustic: piano", "Stiff strings struck by a hammer, two to a note, in a body.", (chords(0),)),
    Clip("guitar", "Acoustic: plucked string", "A string with pick position, stiffness, losses and a body.", (tune(24, up=-2),)),
    Clip("violin", "Acoustic: bowed string", "Friction of a bow on two lines of a waveguide.", (tune(40, up=12),)),
    Clip("flute", "Acoustic: flute", "A jet that blows across the end of a tube.", (tune(73, up=12),)),
    Clip("clarinet", "Acoustic: reed", "A reed at the end of a cylinder: odd partials first.", (tune(71),)),
    Clip("trumpet", "Acoustic: brass", "Lips, a bore and a bell; louder is brighter.", (tune(56),)),
    Clip("marimba", "Acoustic: mallet", "A few modes of a bar that ring by themselves.", (tune(12),)),
    Clip("drums", "Acoustic: membranes and plates", "Modes of skins, clouds of modes for cymbals.", (beat(),)),
    Clip("erhu", "Chinese: erhu", "The bow again, on a python-skin body.", (tune(110, "Erhu", 12),)),
    Clip("guzheng", "Chinese: guzheng", "A plucked string over a movable bridge.", (tune(107, "Guzheng"),)),
    Clip("lead", "Analogue: lead", "Band-limited oscillators through a ladder filter, with drift.", (tune(81),)),
    Clip("pad", "Analogue: pad", "Several oscillators in unison, slowly opened.", (chords(89, 12),)),
    Clip("electric-piano", "Additive and hybrid: FM", "Sines that move the phases of sines.", (chords(5, 12),)),
    Clip("organ", "Additive and hybrid: organ", "Partials added up, as drawbars do.", (chords(16, 12),)),
    Clip("neural-violin", "Neural: harmonics and noise", "A network that the bowed string taught.", (tune(40, up=12),), "neural"),
    Clip("neural-guitar", "Neural: WaveNet", "Sample by sample, taught by the plucked string.", (tune(24, up=-2),), "neural"),
    Clip("effect", "Sound effect: power-up", "One of 25 kinds, from a seed.", kind="power-up"),
)


def sound_of(clip: Clip) -> np.ndarray:
    """The clip's audio. [shape=(frames, 2)]"""
    if clip.kind:
        return effect(clip.kind, seed=3, sample_rate=RATE)
    score = Score(clip.tracks, Timeline.of([Tempo(0, clip.qpm)], [], []))
    return render(score, sample_rate=RATE, voices=clip.voices, tail=0.8)


def draw(audio: np.ndarray, path: Path) -> None:
    """Waveform above, spectrogram below."""
    mono = audio.mean(axis=1)
    figure = Figure(figsize=(7.2, 3.4), layout="constrained", dpi=80)
    wave, spectrum = figure.subplots(2, 1, sharex=True, height_ratios=(1, 3))
    wave.plot(np.arange(len(mono)) / RATE, mono, linewidth=0.3, color="#30507a")
    wave.set(ylim=(-1, 1), yticks=[])
    size = 2048
    spectrum.specgram(mono + 1e-9, NFFT=size, Fs=RATE, noverlap=size * 7 // 8, cmap="magma", vmin=-140, vmax=-50, scale="dB")
    spectrum.set(yscale="log", ylim=(50, RATE / 2), xlabel="s", ylabel="Hz", xlim=(0, len(mono) / RATE))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
    picture.quantize(48, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    out = parser.parse_args().out
    folder = out / "listening"
    folder.mkdir(parents=True, exist_ok=True)
    page = [HEAD]
    for clip in CLIPS:
        audio = sound_of(clip)
        save_audio(audio, folder / f"{clip.name}.ogg", RATE)
        draw(audio, folder / f"{clip.name}.png")
        print(clip.name, f"{len(audio) / RATE:.1f} s")
        page.append(f"## {clip.title}\n\n{clip.words} [Listen](listening/{clip.name}.ogg)\n")
        page.append(f"![Waveform and spectrogram of {clip.name}](listening/{clip.name}.png)\n")
    (out / "listening.md").write_text("\n".join(page), encoding="utf-8")


HEAD = """# Listening

Every family of Boya's synthesis: a short clip, its waveform and its spectrogram (logarithmic frequency, 90 dB from black
to bright). All of it is made by `python scripts/listening_page.py`; no recording of a real instrument is in it. What is measured
of the sounds (pitch, clicks, loudness, speed) is in the [scoreboard](scoreboard.md), area `sound`.
"""

if __name__ == "__main__":
    main()
