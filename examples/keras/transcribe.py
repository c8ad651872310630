"""The network of ../digits/transcribe.js in Keras: strings of digits by CTC, glued of the same recordings in the same way, in batches of the same size.

    python transcribe.py FOLDER [strings] [epochs]

Strings are padded to the longest of all, and masked, as Keras' guide to masking does it. keras.losses.CTC takes every sequence for as long as the
longest: ops.ctc_loss, which is behind it, gets the true lengths here, from the first column of the targets.
"""
import sys

from common import fit_timed
import keras
import numpy as np
from keras import layers, ops
from recordings import BANDS, hear, padded, recordings

folder, STRINGS, epochs, BATCH = sys.argv[1], int((sys.argv[2:] or [2700])[0]), int((sys.argv[3:] or [15])[0]), 32
files = recordings(folder)
speakers = sorted({speaker for _, speaker, *_ in files})


def strings(N, test, seed):
    """Strings of one speaker each: what is heard, and targets [N, 6]: its length, then the digits from 1, 0 where there is none."""
    random = np.random.default_rng(seed)
    own = {s: [(digit, samples) for digit, speaker, index, samples in files if speaker == s and (index < 5) == test] for s in speakers}
    heard, y = [], np.zeros((N, 6), "int32")
    for n in range(N):
        recordings_of_one = own[speakers[random.integers(len(speakers))]]
        said = [recordings_of_one[random.integers(len(recordings_of_one))] for _ in range(random.integers(3, 6))]
        heard.append(hear(np.concatenate([samples for _, samples in said])))
        y[n, : len(said) + 1] = [len(heard[n]), *(digit + 1 for digit, _ in said)]
    return heard, y


class CTC(keras.losses.Loss):
    # Keras would multiply the loss of a sequence by the mask of its steps, which cannot be: hence not `call`.
    def __call__(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(y_true, "int32")
        labels = y_true[:, 1:]
        return ops.mean(ops.ctc_loss(labels, y_pred, ops.sum(ops.cast(labels != 0, "int32"), axis=-1), y_true[:, 0]))


(heard, y), (test_heard, test_y) = strings(STRINGS, False, 1), strings(500, True, 2)
all_frames = np.concatenate(heard)
mean, deviation = all_frames.mean(0), all_frames.std(0)
x, test_x = padded(heard, mean, deviation), padded(test_heard, mean, deviation)
net = keras.Sequential(
    [
        layers.Input([None, BANDS]),
        layers.Masking(),
        layers.GaussianNoise(0.3),
        layers.Bidirectional(layers.LSTM(64, return_sequences=True)),
        layers.Dropout(0.3),
        layers.Dense(11),
    ]
)
rate = keras.optimizers.schedules.CosineDecay(0.004, epochs * -(-STRINGS // BATCH))
net.compile(keras.optimizers.Adam(rate, global_clipnorm=5), CTC())
fit_timed(net, x, y, BATCH, epochs)


def distance(a, b):
    """How many characters have to be put in, taken out or exchanged."""
    row = list(range(len(b) + 1))
    for i, label in enumerate(a):
        last, row[0] = row[0], i + 1
        for j, other in enumerate(b):
            last, row[j + 1] = row[j + 1], min(row[j] + 1, row[j + 1] + 1, last + (label != other))
    return row[-1]


(decoded,), _ = ops.ctc_decode(net.predict(test_x, verbose=0), test_y[:, 0], mask_index=0)
errors = sum(distance([c for c in row[1:] if c], [c for c in heard if c > 0]) for row, heard in zip(test_y.tolist(), np.array(decoded).tolist()))
print(f"character error, greedy {100 * errors / (test_y[:, 1:] > 0).sum():.2f} %")
