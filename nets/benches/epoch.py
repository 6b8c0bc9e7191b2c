"""How long an epoch of the MNIST job takes in numpy, to compare with `cargo bench -p nets`.

    python3 nets/benches/epoch.py

The same 234 steps of 256 images in 32 bits, written as one writes them in numpy. The best of six
epochs. OPENBLAS_NUM_THREADS=1 in front of the command makes it use one thread.
"""

import gzip
import pathlib
import time

import numpy as np

BATCH, SIZES, RATE, DECAY = 256, (784, 200, 80, 10), np.float32(1e-3), np.float32(1e-3)
DATA = pathlib.Path(__file__).parents[2] / "datasets/data/mnist"


def read(name, header):
    bytes_ = gzip.decompress((DATA / f"train-{name}-ubyte.gz").read_bytes())
    return np.frombuffer(bytes_, np.uint8, offset=header)


def relu_prime(z):
    return z >= 0


def step(net, a0, y):
    w1, b1, w2, b2, w3, b3 = net
    z1 = a0 @ w1 + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ w2 + b2
    a2 = np.maximum(z2, 0)
    z3 = a2 @ w3 + b3
    e = np.exp(z3 - z3.max(axis=1, keepdims=True))
    probs = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(probs[y == 1]).mean()
    dz3 = (probs - y) / np.float32(len(y))
    dz2 = dz3 @ w3.T * relu_prime(z2)
    dz1 = dz2 @ w2.T * relu_prime(z1)
    for w, b, a, dz in ((w3, b3, a2, dz3), (w2, b2, a1, dz2), (w1, b1, a0, dz1)):
        w -= RATE * (a.T @ dz + DECAY * w)
        b -= RATE * dz.sum(axis=0)
    return loss


rng = np.random.default_rng(0)
images, labels = read("images-idx3", 16).reshape(-1, 784), read("labels-idx1", 8)
order = rng.permutation(len(labels))
images, one_hot = images[order], np.eye(10, dtype=np.float32)[labels[order]]
shapes = [shape for pair in zip(SIZES, SIZES[1:]) for shape in (pair, pair[1:])]
net = [np.float32(0.01) * rng.normal(size=shape).astype(np.float32) for shape in shapes]

seconds = []
for _ in range(6):
    start = time.perf_counter()
    losses = []
    for first in range(0, len(images) - BATCH, BATCH):
        a0 = images[first : first + BATCH].astype(np.float32)
        losses.append(step(net, a0, one_hot[first : first + BATCH]))
    seconds.append(time.perf_counter() - start)
print(f"numpy {np.__version__}: {min(seconds):.3f} s an epoch, loss {np.mean(losses):.4f}")
