"""The network of ../digits/digits.js in Keras, on the same recordings in batches of the same size.

    python digits.py FOLDER [epochs]

Recordings are padded to the longest of all, and masked, as Keras' guide to masking does it.
"""
import sys

from common import fit_timed, say_accuracy
import keras
import numpy as np
from keras import layers
from recordings import BANDS, hear, padded, recordings

folder, epochs, BATCH = sys.argv[1], int((sys.argv[2:] or [20])[0]), 32
files = recordings(folder)
heard = [hear(samples) for *_, samples in files]
digits = np.array([digit for digit, *_ in files])
late = np.array([index >= 5 for _, _, index, _ in files])
all_frames = np.concatenate([frames for frames, trains in zip(heard, late) if trains])
x = padded(heard, all_frames.mean(0), all_frames.std(0))
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
