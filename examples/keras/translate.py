"""The network of ../translate.js in Keras, on the same pairs, in the same batches: its validation loss after each epoch.

    KERAS_BACKEND=jax python translate.py FOLDER [--seed 1] [--epochs 20] [--attention] [--rate 0.001] [--dropout 0]

The loss of a set is the mean over all its characters, as wasm-lstm tells it: all pairs of the set are one batch.
"""
import argparse
import os
import time

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
import keras
import numpy as np
from keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--attention", action="store_true")
parser.add_argument("--rate", type=float, default=0.001)
parser.add_argument("--dropout", type=float, default=0)
options = parser.parse_args()
PAIRS, TRAIN, BATCH, UNITS = 10_000, 8000, 64, 128
keras.utils.set_random_seed(options.seed)

with open(os.path.join(options.folder, "fra.txt"), encoding="utf8") as file:
    pairs = [line.rstrip("\r\n").split("\t")[:2] for _, line in zip(range(PAIRS), file)]


def ids(texts, special):
    known = {c: i + special for i, c in enumerate(dict.fromkeys("".join(texts)))}
    return [[known[c] for c in text] for text in texts], len(known) + special


english, english_size = ids([a for a, _ in pairs], 2)
french, french_size = ids([b for _, b in pairs], 4)
pad = lambda rows: keras.utils.pad_sequences(rows, padding="post")
questions = pad(english)
asked = pad([[2, *row] for row in french])
wanted = pad([[*row, 3] for row in french])

source, target = keras.Input([None]), keras.Input([None])
read = layers.Embedding(english_size, 32, mask_zero=True)(source)
written = layers.Embedding(french_size, 32, mask_zero=True)(target)
dropped = layers.Dropout(options.dropout)
encoding = lambda units: layers.LSTM(units, return_sequences=True, return_state=True)
beside = lambda *tensors: layers.Concatenate()(list(tensors))
if options.attention:
    heard, h1, c1, h2, c2 = layers.Bidirectional(encoding(UNITS // 2))(read)
    states = [beside(h1, h2), beside(c1, c2)]
else:
    heard, *states = encoding(UNITS)(read)
said = layers.LSTM(UNITS, return_sequences=True)(dropped(written), initial_state=states)
if options.attention:
    query = layers.Dense(64, use_bias=False)(said)
    key = layers.Dense(64, use_bias=False)(beside(heard, read))
    said = layers.Dense(96, activation="tanh")(beside(said, layers.Attention()([query, heard, key])))
net = keras.Model([source, target], layers.Dense(french_size, activation="softmax")(dropped(said)))
net.compile(keras.optimizers.Adam(options.rate), "sparse_categorical_crossentropy")
part = lambda a, b: ([questions[a:b], asked[a:b]], wanted[a:b])

best, seconds = float("inf"), 0.0
for epoch in range(options.epochs):
    begun = time.process_time()
    loss = net.fit(*part(0, TRAIN), batch_size=BATCH, verbose=0).history["loss"][0]
    seconds += time.process_time() - begun
    validation = net.evaluate(*part(TRAIN, PAIRS), batch_size=PAIRS - TRAIN, verbose=0)
    best = min(best, validation)
    print(f"epoch {epoch + 1}: loss {loss:.4f}, validation {validation:.4f}, {seconds / (epoch + 1):.1f} s an epoch", flush=True)
print(f"best validation loss {best:.4f}, parameters {net.count_params()}")
