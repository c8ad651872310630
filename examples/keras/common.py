"""What the programs here share: one thread, and the processor time of an epoch without that of compiling.

Import it before keras. KERAS_BACKEND chooses the backend: jax, tensorflow or torch; the default is jax.
"""
import os
import time

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def fit_timed(net, x, y, batch_size, epochs):
    """Trains, and says what an epoch took: processor seconds, the same on a busy machine."""
    # A full batch and a last one of the same sizes as in the data: each is compiled once. The weights are put back.
    weights = net.get_weights()
    some = batch_size + len(x) % batch_size
    net.fit(x[:some], y[:some], batch_size=batch_size, verbose=0)
    net.set_weights(weights)
    for variable in net.optimizer.variables[:1]:
        variable.assign(0)
    begun = time.process_time()
    net.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)
    seconds = (time.process_time() - begun) / epochs
    print(f"{os.environ['KERAS_BACKEND']}: {seconds:.3f} processor seconds an epoch, sequences padded to {x.shape[1]} steps", flush=True)


def say_accuracy(net, x, y, batch_size=64):
    print(f"test accuracy {100 * net.evaluate(x, y, batch_size=batch_size, verbose=0)[1]:.2f} %")
