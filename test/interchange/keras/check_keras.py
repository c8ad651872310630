"""Loads the models of a folder in Keras, and compares what they predict and learn with what the JSON beside each says: see check.js."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np

worst = {"prediction": 0.0, "loss": 0.0}
files = sorted(p for p in Path(sys.argv[1]).iterdir() if p.suffix in (".keras", ".h5"))


def array(numbers):
    return np.array(numbers["data"], numbers["dtype"]).reshape(numbers["shape"])


def only(values):
    return values if len(values) > 1 else values[0]


def check(file):
    beside = json.loads(Path(f"{file}.json").read_text())
    model = keras.models.load_model(file)
    wanted = [array(w) for w in beside["weights"]]
    got = [np.asarray(keras.ops.convert_to_numpy(w)) for w in model.get_weights()]
    assert sorted(w.tobytes() for w in got) == sorted(w.tobytes() for w in wanted), f"{file}: other weights"
    x = only([array(i) for i in beside["inputs"]])
    y = model.predict(x, verbose=0)
    for mine, theirs in zip(y if isinstance(y, (list, tuple)) else [y], beside["outputs"]):
        worst["prediction"] = max(worst["prediction"], float(np.abs(mine - array(theirs)).max()))
        assert worst["prediction"] < 1e-6, f"{file}: predictions differ by {worst['prediction']}"
    if "losses" in beside:
        targets = only([array(t) for t in beside["targets"]])
        losses = [float(np.ravel(model.train_on_batch(x, targets))[0]) for _ in beside["losses"]]
        difference = float(np.abs(np.array(losses) - beside["losses"]).max())
        worst["loss"] = max(worst["loss"], difference)
        assert difference < 1e-4, f"{file}: losses differ by {difference}: {losses} {beside['losses']}"
for file in files:
    try:
        check(file)
    except Exception as error:
        print(f"{file.name}: {error}")
        raise SystemExit(1)
print(f"Keras {keras.__version__} loaded {len(files)} files; largest differences {worst}")
