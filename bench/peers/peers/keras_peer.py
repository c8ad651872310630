"""Keras on TensorFlow, native, one thread."""
import os
import time

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf
from keras import layers

from protocol import serve

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


class Clock(keras.callbacks.Callback):
    """From the beginning of the first step to the end of the last: without what fit does before and after."""

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 0:
            self.begun = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.ended = time.perf_counter()
        self.loss = logs["loss"]


def build(problem):
    T, C, H = problem["T"], problem["C"], problem["H"]
    if problem["kind"] == "sentiment":
        stack = [
            keras.Input((T,), dtype="int32"),
            layers.Embedding(problem["V"], C),
            layers.Bidirectional(layers.LSTM(H)),
            layers.Dense(H, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    elif problem["kind"] == "regression":
        stack = [keras.Input((T, C)), layers.LSTM(H, return_sequences=True), layers.Dense(1)]
    else:
        stack = [keras.Input((T, C)), layers.LSTM(H)]
    model = keras.Sequential(stack)
    model.set_weights(problem["weights"])
    loss = "binary_crossentropy" if problem["kind"] == "sentiment" else "mean_squared_error"
    model.compile(optimizer=keras.optimizers.Adam(epsilon=1e-12), loss=loss)
    return model


def trainer(model, problem):
    batch = tf.data.Dataset.from_tensors((problem["x"], problem["y"]))
    clock = Clock()

    def run(calls):
        # The loss in the logs is the mean of this call's steps: with one step, the step's own.
        model.fit(batch.repeat(calls), shuffle=False, verbose=0, callbacks=[clock])
        return 1e3 * (clock.ended - clock.begun), float(clock.loss)

    return model.predict_on_batch(problem["x"]), run


def stepper(problem):
    """The layer's cell by itself in a compiled function, which is faster than predict of a stateful model."""
    H, T = problem["H"], problem["T"]
    cell = layers.LSTMCell(H)
    cell.build((1, problem["C"]))
    cell.set_weights(problem["weights"])
    advance = tf.function(lambda x, h, c: cell(x, [h, c])[1])
    rows = [tf.constant(problem["x"][:, t]) for t in range(T)]
    at = 0
    h = c = tf.zeros((1, H))
    output = None

    def run(calls):
        nonlocal at, h, c, output
        for _ in range(calls):
            h, c = advance(rows[at % T], h, c)
            output = h.numpy()
            at += 1
        return None, None

    run(T)
    return output, run


def load(task, problem):
    keras.backend.clear_session()
    if task == "step":
        return stepper(problem)
    model = build(problem)
    if task == "train":
        return trainer(model, problem)
    x = problem["x"]

    def run(calls):
        for _ in range(calls):
            model.predict_on_batch(x)
        return None, None

    return model.predict_on_batch(x), run


serve({"keras": keras.__version__, "tensorflow": tf.__version__}, load)
