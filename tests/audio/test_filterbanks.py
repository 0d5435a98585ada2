"""The filter banks are librosa's, and the K weighting is that of the standard."""

import librosa
import numpy as np
import pytest

from moodstream.audio import filterbanks


@pytest.mark.parametrize("rate", [22_050, 44_100])
def test_mel_bands_are_those_of_librosa(rate: int) -> None:
    theirs = librosa.filters.mel(sr=rate, n_fft=2048)
    np.testing.assert_allclose(filterbanks.mel(rate), theirs, atol=1e-6 * theirs.max())


@pytest.mark.parametrize("rate", [22_050, 44_100])
@pytest.mark.parametrize("classes", [12, 36])
def test_pitch_classes_are_those_of_librosa(rate: int, classes: int) -> None:
    theirs = librosa.filters.chroma(sr=rate, n_fft=2048, n_chroma=classes, tuning=0.0)
    np.testing.assert_allclose(filterbanks.chroma(rate, classes), theirs, atol=1e-6)


def test_the_first_of_36_pitch_classes_is_c_and_the_next_lies_a_third_of_a_semitone_above() -> None:
    weights = filterbanks.chroma(22_050, 36)
    for thirds in (0, 1, 2, 27):
        hertz = 1046.5 * 2 ** (thirds / 36)
        assert weights[:, round(hertz * 2048 / 22_050)].argmax() == pytest.approx(thirds, abs=1)


@pytest.mark.parametrize(("hertz", "decibels"), [(100, -1.1), (1000, 0.7), (10_000, 4.0)])
def test_the_k_weighting_damps_what_is_low_and_stresses_what_is_high(hertz: float, decibels: float) -> None:
    weight = filterbanks.loudness(44_100)[round(hertz * 2048 / 44_100)]
    assert 10 * np.log10(weight) == pytest.approx(decibels, abs=0.15)


def test_a_bank_of_filters_is_a_product_of_matrices() -> None:
    weights = filterbanks.mel(44_100)
    spectra = np.random.default_rng(1).random((5, 1025), dtype=np.float32)
    out = np.empty((5, 128), np.float32)
    filterbanks.FilterBank(weights)(spectra, out)
    np.testing.assert_allclose(out, spectra @ weights.T, rtol=1e-5)
