"""The network of ../digits/digits.js in Keras, on the same recordings in batches of the same size.

    python digits.py FOLDER [epochs]

Recordings are padded to the longest of all, and masked, as Keras' guide to masking does it.
"""
import os
import sys
import wave

from common import fit_timed, say_accuracy
import keras
import numpy as np
from keras import layers

folder, epochs, BATCH, BANDS = sys.argv[1], int((sys.argv[2:] or [20])[0]), 32, 40
RATE, WINDOW, HOP = 8000, 256, 80


def bands():
    """[129, 40]: triangles of equal width in mel."""
    mel = lambda hertz: 1125 * np.log(1 + hertz / 700)
    edges = 700 * (np.exp(np.linspace(0, mel(RATE / 2), BANDS + 2) / 1125) - 1)
    f = np.linspace(0, RATE / 2, WINDOW // 2 + 1)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    return np.maximum(0, np.minimum((f - low) / (middle - low), (high - f) / (high - middle)))


def hear(file, filters=bands()):
    with wave.open(os.path.join(folder, file)) as sound:
        samples = np.frombuffer(sound.readframes(-1), "<i2") / 2**15
    T = max(1, (len(samples) - WINDOW) // HOP + 1)
    samples = np.pad(samples, (0, WINDOW))
    frames = np.stack([samples[t * HOP : t * HOP + WINDOW] for t in range(T)]) * np.hanning(WINDOW)
    return np.log(np.abs(np.fft.rfft(frames)) ** 2 @ filters + 1e-6)


files = sorted(file for file in os.listdir(folder) if file.endswith(".wav"))
heard = [hear(file) for file in files]
digits = np.array([int(file[0]) for file in files])
late = np.array([int(file[:-4].split("_")[2]) >= 5 for file in files])
all_frames = np.concatenate([frames for frames, trains in zip(heard, late) if trains])
mean, deviation = all_frames.mean(0), all_frames.std(0)
x = np.zeros((len(files), max(map(len, heard)), BANDS), "float32")
for n, frames in enumerate(heard):
    x[n, : len(frames)] = (frames - mean) / deviation
net = keras.Sequential(
    [
        layers.Input([x.shape[1], BANDS]),
        layers.Masking(),
        layers.GaussianNoise(0.3),
        layers.Bidirectional(layers.LSTM(64, return_sequences=True)),
        layers.GlobalAveragePooling1D(),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ]
)
rate = keras.optimizers.schedules.CosineDecay(0.004, epochs * -(-int(late.sum()) // BATCH))
net.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
fit_timed(net, x[late], digits[late], BATCH, epochs)
say_accuracy(net, x[~late], digits[~late])
