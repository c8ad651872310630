"""The network of ../shakespeare.js in Keras, on the same text in batches of the same size: what an epoch takes.

    python shakespeare.py FOLDER [epochs]
"""
import os
import sys

from common import fit_timed
import keras
import numpy as np
from keras import layers

folder, epochs, BATCH, T = sys.argv[1], int((sys.argv[2:] or [1])[0]), 32, 128
text = open(os.path.join(folder, "input.txt"), newline="").read()
text = text[: int(0.9 * len(text))]
characters = sorted(set(text))
ids = np.array([characters.index(character) + 1 for character in text], "int32")
N = (len(ids) - 1) // T
x, y = ids[: N * T].reshape(N, T), ids[1 : N * T + 1].reshape(N, T)
net = keras.Sequential(
    [
        layers.Input([None]),
        layers.Embedding(len(characters) + 1, 64),
        layers.LSTM(256, return_sequences=True),
        layers.Dropout(0.2),
        layers.LSTM(256, return_sequences=True),
        layers.Dropout(0.2),
        layers.Dense(len(characters) + 1, activation="softmax"),
    ]
)
net.compile(keras.optimizers.Adam(0.003, global_clipnorm=1), "sparse_categorical_crossentropy")
fit_timed(net, x, y, BATCH, epochs)
