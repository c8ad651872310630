"""The Free Spoken Digit Dataset as ../digits/recordings.js hears it: the loudness of 40 bands of pitch, 100 times a second."""
import os
import wave

import numpy as np

RATE, WINDOW, HOP, BANDS = 8000, 256, 80, 40


def mel_bands():
    """[129, 40]: triangles of equal width in mel."""
    mel = lambda hertz: 1125 * np.log(1 + hertz / 700)
    edges = 700 * (np.exp(np.linspace(0, mel(RATE / 2), BANDS + 2) / 1125) - 1)
    f = np.linspace(0, RATE / 2, WINDOW // 2 + 1)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    return np.maximum(0, np.minimum((f - low) / (middle - low), (high - f) / (high - middle)))


def recordings(folder):
    """(digit, speaker, index, samples) of every recording. The first five of each speaker and digit are for the test, officially."""
    found = []
    for file in sorted(file for file in os.listdir(folder) if file.endswith(".wav")):
        digit, speaker, index = file[:-4].split("_")
        with wave.open(os.path.join(folder, file)) as sound:
            samples = np.frombuffer(sound.readframes(-1), "<i2") / 2**15
        found.append((int(digit), speaker, int(index), samples))
    return found


def hear(samples, filters=mel_bands()):
    """[T, 40]: the log of the loudness of each band."""
    T = max(1, (len(samples) - WINDOW) // HOP + 1)
    samples = np.pad(samples, (0, WINDOW))
    frames = np.stack([samples[t * HOP : t * HOP + WINDOW] for t in range(T)]) * np.hanning(WINDOW)
    return np.log(np.abs(np.fft.rfft(frames)) ** 2 @ filters + 1e-6)


def padded(heard, mean, deviation):
    """[N, longest, 40] in scaled numbers, zeros behind the end of each."""
    x = np.zeros((len(heard), max(map(len, heard)), BANDS), "float32")
    for n, frames in enumerate(heard):
        x[n, : len(frames)] = (frames - mean) / deviation
    return x
