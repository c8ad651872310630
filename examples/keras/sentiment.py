"""The network of ../sentiment.js in Keras, on the same reviews in batches of the same size.

    python sentiment.py FOLDER [epochs] [reviews]

FOLDER has train.tsv.gz and test.tsv.gz, with columns label and text. Reviews are padded to 500 words, and masked, as Keras' examples
pad them to `maxlen`; of longer ones the last 500 words are kept. Given a number of reviews, it trains on so many, for the time alone.
"""
import collections
import csv
import gzip
import os
import random
import re
import sys

from common import fit_timed, say_accuracy
import keras
import numpy as np
from keras import layers

folder, epochs, BATCH, WORDS, LONGEST = sys.argv[1], int((sys.argv[2:] or [2])[0]), 32, 20_000, 500


def read(part):
    with gzip.open(os.path.join(folder, f"{part}.tsv.gz"), "rt", encoding="utf8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    random.Random(1).shuffle(rows)
    texts = [re.sub(r"[^\w' ]", " ", row["text"].lower().replace("<br />", " ")).split() for row in rows]
    return texts, np.array([int(row["label"]) for row in rows])


(texts, y), (test_texts, test_y) = read("train"), read("test")
counts = collections.Counter(word for text in texts for word in text)
ids = {word: i + 2 for i, (word, _) in enumerate(counts.most_common(WORDS - 2))}
pad = lambda texts: keras.utils.pad_sequences(
    [[ids.get(word, 1) for word in text] for text in texts], LONGEST, padding="post", truncating="pre"
)
kept = int(sys.argv[3]) if len(sys.argv) > 3 else len(texts) * 9 // 10
x = pad(texts[:kept])
net = keras.Sequential(
    [
        layers.Input([LONGEST]),
        layers.Embedding(WORDS, 64, mask_zero=True),
        layers.SpatialDropout1D(0.5),
        layers.Bidirectional(layers.LSTM(32, return_sequences=True)),
        layers.GlobalAveragePooling1D(),
        layers.Dropout(0.5),
        layers.Dense(1, activation="sigmoid"),
    ]
)
rate = keras.optimizers.schedules.CosineDecay(0.002, epochs * -(-kept // BATCH))
net.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
fit_timed(net, x, y[:kept], BATCH, epochs)
if len(sys.argv) <= 3:
    say_accuracy(net, pad(test_texts), test_y)
