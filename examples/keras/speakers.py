"""The network of ../speakers.js in Keras, on the same data in batches of the same size.

    python speakers.py FOLDER [epochs]

Sequences of 7 to 29 steps are padded to the longest of all, and masked, as Keras' guide to masking does it.
"""
import os
import sys

from common import fit_timed, say_accuracy
import keras
import numpy as np
from keras import layers

folder, epochs, BATCH, LONGEST = sys.argv[1], int((sys.argv[2:] or [60])[0]), 16, 29


def read(file):
    with open(os.path.join(folder, file)) as lines:
        rows = lines.read().split("@data\n")[1].split()
    x = np.zeros((len(rows), LONGEST, 12), "float32")
    for n, row in enumerate(rows):
        series = np.array([channel.split(",") for channel in row.split(":")[:-1]], "float32").T
        x[n, : len(series)] = series
    return x, np.array([int(row.split(":")[-1]) - 1 for row in rows])


(x, y), (test_x, test_y) = read("JapaneseVowels_TRAIN.ts"), read("JapaneseVowels_TEST.ts")
real = x.any(axis=2)
mean, deviation = x[real].mean(0), x[real].std(0)
scaled = lambda x: np.where(x.any(axis=2, keepdims=True), (x - mean) / deviation, 0).astype("float32")
net = keras.Sequential(
    [
        layers.Input([LONGEST, 12]),
        layers.Masking(),
        layers.GaussianNoise(0.4),
        layers.Bidirectional(layers.LSTM(64, return_sequences=True)),
        layers.GlobalAveragePooling1D(),
        layers.Dropout(0.5),
        layers.Dense(9, activation="softmax"),
    ]
)
rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * -(-len(x) // BATCH))
net.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
fit_timed(net, scaled(x), y, BATCH, epochs)
say_accuracy(net, scaled(test_x), test_y)
