"""The network of ../sums.js in Keras, on as many sums of the same form in batches of the same size.

    python sums.py [digits] [epochs]
"""
import random
import sys

from common import fit_timed, say_accuracy
import keras
import numpy as np
from keras import layers

DIGITS, epochs = int((sys.argv[1:] or [3])[0]), int((sys.argv[2:] or [15])[0])
PROBLEMS, BATCH, CHARACTERS = min(50_000, int(0.3 * 100**DIGITS)), 64, "0123456789+ "
QUESTION, ANSWER = 2 * DIGITS + 1, DIGITS + 1
random.seed(1)
number = lambda: int(random.random() * 10 ** random.randint(1, DIGITS))
questions = {}
while len(questions) < PROBLEMS:
    a, b = number(), number()
    questions[tuple(sorted((a, b)))] = (a, b)
ids = lambda text: [CHARACTERS.index(character) for character in text]
x = np.eye(len(CHARACTERS), dtype="float32")[[ids(f"{a}+{b}".ljust(QUESTION)[::-1]) for a, b in questions.values()]]
y = np.array([ids(str(a + b).ljust(ANSWER)) for a, b in questions.values()])
cut = int(0.9 * PROBLEMS)
net = keras.Sequential(
    [
        layers.Input([QUESTION, len(CHARACTERS)]),
        layers.LSTM(128),
        layers.RepeatVector(ANSWER),
        layers.LSTM(128, return_sequences=True),
        layers.Dense(len(CHARACTERS), activation="softmax"),
    ]
)
rate = keras.optimizers.schedules.CosineDecay(0.003, epochs * -(-cut // BATCH))
net.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
fit_timed(net, x[:cut], y[:cut], BATCH, epochs)
say_accuracy(net, x[cut:], y[cut:])
