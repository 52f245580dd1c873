"""The rows of the sampler, on small numbers."""

from boya.proof.setup import Setup
from boya.proof.sound_sampler import sampler


def test_the_shipped_font_keeps_its_bars():
    rows = {(row.metric, row.model): row for row in sampler(Setup("sound", quick=True))}
    assert rows["SoundFont in the package, size", "boya"].holds
    assert rows["pitch error, worst of all programs and ranges", "sampler"].holds
    assert rows["recorded again, different bytes", "SoundFont"].holds
    assert any("loop seam" in metric and row.holds for (metric, _), row in rows.items())
