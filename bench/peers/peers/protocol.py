"""The process around a Python peer: the same lines of JSON as host.js."""
import base64
import json
import os
import sys
import time

import numpy as np


class Cannot(Exception):
    """A task that the peer has no way to do; the message is the reason shown in the table."""


def _decode(tensor):
    raw = base64.b64decode(tensor["base64"])
    return np.frombuffer(raw, tensor["type"]).reshape(tensor["shape"]).copy()


def _encode(array):
    array = np.ascontiguousarray(array, "float32").reshape(-1)
    return {"shape": [array.size], "type": "float32", "base64": base64.b64encode(array.tobytes()).decode()}


def serve(versions, load):
    """
    Answers questions until standard input ends.

    versions: names and versions of the libraries
    load: function of a task's name and a problem (arrays under weights, x, y; letters and kind), which returns
        (prediction, run); run does the task `calls` times and returns (milliseconds or None, loss or None)
    """
    # The answers have standard output for themselves; what libraries print goes elsewhere.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    run = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if question["do"] == "hello":
                answer = {"versions": {**versions, "python": sys.version.split()[0]}}
            elif question["do"] == "load":
                run = None
                problem = question["problem"]
                problem["weights"] = [_decode(weight) for weight in problem["weights"]]
                problem["x"], problem["y"] = _decode(problem["x"]), _decode(problem["y"])
                prediction, run = load(question["task"], problem)
                answer = {"prediction": _encode(prediction)}
            else:
                begun = time.perf_counter()
                ms, loss = run(question["calls"])
                answer = {"ms": 1e3 * (time.perf_counter() - begun) if ms is None else ms, "loss": loss}
        except Cannot as reason:
            answer = {"cannot": str(reason)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
