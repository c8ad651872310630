"""The network of ../image-rows.js in Keras, on the same data in batches of the same size.

    python image_rows.py FOLDER [epochs]
"""
import gzip
import pathlib
import re
import sys

from common import fit_timed, say_accuracy
import keras
import numpy as np
from keras import layers

folder, epochs, BATCH = pathlib.Path(sys.argv[1]), int((sys.argv[2:] or [10])[0]), 64


def numbers(start, kind):
    """Of an idx file: a header that tells the sizes of its axes, then bytes."""
    wanted = re.compile(rf"{start}.*-{kind}-idx\d-ubyte\.gz$")
    [file] = [path for path in folder.rglob("*.gz") if wanted.match(path.name)]
    data = gzip.open(file).read()
    return np.frombuffer(data[4 + 4 * data[3] :], "uint8")


def digits(start, most=None):
    y = numbers(start, "labels")[:most].astype("int32")
    return numbers(start, "images").reshape(-1, 28, 28)[: len(y)].astype("float32") / 255, y


(x, y), (test_x, test_y) = digits("train", 10_000), digits("t10k")
cut = int(0.9 * len(x))
net = keras.Sequential([layers.Input([28, 28]), layers.LSTM(128), layers.Dropout(0.3), layers.Dense(10, activation="softmax")])
rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * -(-cut // BATCH))
net.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
fit_timed(net, x[:cut], y[:cut], BATCH, epochs)
say_accuracy(net, test_x, test_y)
