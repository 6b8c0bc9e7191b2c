"""Writes golden.txt: 50 steps of each network in numpy, from fixed starting weights.

    python3 nets/tests/golden.py > nets/tests/golden.txt

The formulas are the tutorial's, with the errors of docs/errata.md mended. golden.rs starts from
the same numbers and must arrive at the same numbers.
"""

import numpy as np

STEPS = 50
rng = np.random.default_rng(20190517)


def show(name, matrix):
    matrix = np.atleast_2d(matrix)
    print(name, *matrix.shape, *(repr(float(x)) for x in matrix.ravel()))


def normal(rows, cols, std=1.0):
    return std * rng.normal(size=(rows, cols))


def one_hot(labels, k):
    return np.eye(k)[labels]


def relu(z):
    return np.maximum(0, z)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(z, y):
    m = z.max(axis=1, keepdims=True)
    log_sum_exp = m + np.log(np.exp(z - m).sum(axis=1, keepdims=True))
    return (log_sum_exp - (z * y).sum(axis=1, keepdims=True)).mean()


def one_net(rule, eta=0.5, lam=1e-2):
    name = "one_net_" + rule
    a0 = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    y = np.array([[0, 0], [0, 1], [0, 1], [1, 1]], float)  # AND, OR
    w1, b1 = normal(2, 2), normal(1, 2)
    for key, value in [("a0", a0), ("y", y), ("w1", w1), ("b1", b1)]:
        show(f"{name}.{key}", value)
    losses = []
    for _ in range(STEPS):
        z1 = a0.dot(w1) + b1
        h = 1 / (1 + np.exp(-z1))
        losses.append((np.logaddexp(0, z1) - y * z1).sum() / len(a0))
        dz1 = (h - y) / len(a0)
        dw1, db1 = a0.T.dot(dz1), dz1.sum(axis=0, keepdims=True)
        decay = {"published": np.sum(w1), "l2": w1, "off": 0 * w1}[rule]
        w1 = w1 - eta * (dw1 + lam * decay)
        b1 = b1 - eta * db1
    for key, value in [("w1", w1), ("b1", b1), ("losses", losses)]:
        show(f"{name}.end.{key}", value)


def softmax_regression(eta=0.2, lam=1e-2):
    name = "softmax_regression"
    x, y = normal(12, 4), one_hot(rng.integers(0, 3, 12), 3)
    w, b = normal(4, 3), normal(1, 3)
    for key, value in [("x", x), ("y", y), ("w", w), ("b", b)]:
        show(f"{name}.{key}", value)
    losses = []
    for _ in range(STEPS):
        z = x.dot(w) + b
        losses.append(cross_entropy(z, y) + 0.5 * lam * (w**2).sum())
        dz = (softmax(z) - y) / len(x)
        dw, db = x.T.dot(dz), dz.sum(axis=0, keepdims=True)
        w, b = w - eta * (dw + lam * w), b - eta * db
    for key, value in [("w", w), ("b", b), ("losses", losses)]:
        show(f"{name}.end.{key}", value)


def descent(rule, eta, lam=1e-2):
    """Softmax regression under a rule of chapter 8: all weights in one matrix, the biases its last row."""
    name = "descent_" + rule
    x, y = normal(12, 4), one_hot(rng.integers(0, 3, 12), 3)
    theta, last = normal(5, 3, 0.1 if rule == "newton" else 1.0), np.arange(5)[:, None] == 4
    for key, value in [("x", x), ("y", y), ("w", theta[:4]), ("b", theta[4])]:
        show(f"{name}.{key}", value)
    x = np.hstack([x, np.ones((12, 1))])
    v = m = s = np.zeros_like(theta)
    losses = []
    for t in range(1, (8 if rule == "newton" else STEPS) + 1):
        p = softmax(x @ theta)
        losses.append(cross_entropy(x @ theta, y) + 0.5 * lam * (theta[:4] ** 2).sum())
        g = x.T @ (p - y) / 12 + np.where(last, 0, lam * theta)
        if rule == "momentum":
            v = 0.9 * v + g
            theta = theta - eta * v
        elif rule == "adam":
            m = 0.9 * m + 0.1 * g
            s = 0.999 * s + 0.001 * g**2
            theta = theta - eta * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        else:
            h = np.einsum("ij,im,ikl->jkml", x, x, [np.diag(q) - np.outer(q, q) for q in p]) / 12
            h = h.reshape(15, 15) + lam * np.diag(np.arange(15) < 12)
            theta = theta - (np.linalg.pinv(h, rcond=1e-12) @ g.ravel()).reshape(5, 3)
    for key, value in [("w", theta[:4]), ("b", theta[4]), ("losses", losses)]:
        show(f"{name}.end.{key}", value)


def two_net(eta=0.2, lam=1e-2):
    name = "two_net"
    a0 = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    y = one_hot([0, 1, 1, 0], 2)
    w1, b1, w2, b2 = normal(2, 6), normal(1, 6), normal(6, 2), normal(1, 2)
    for key, value in [("a0", a0), ("y", y), ("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2)]:
        show(f"{name}.{key}", value)
    losses = []
    for _ in range(STEPS):
        z1 = a0.dot(w1) + b1
        a1 = relu(z1)
        z2 = a1.dot(w2) + b2
        losses.append(cross_entropy(z2, y) + 0.5 * lam * ((w1**2).sum() + (w2**2).sum()))
        dz2 = (softmax(z2) - y) / len(a0)
        dw2, db2 = a1.T.dot(dz2), dz2.sum(axis=0, keepdims=True)
        dz1 = dz2.dot(w2.T) * (z1 >= 0)
        dw1, db1 = a0.T.dot(dz1), dz1.sum(axis=0, keepdims=True)
        w2, b2 = w2 - eta * (dw2 + lam * w2), b2 - eta * db2
        w1, b1 = w1 - eta * (dw1 + lam * w1), b1 - eta * db1
    for key, value in [("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2), ("losses", losses)]:
        show(f"{name}.end.{key}", value)


def three_net(eta=0.1, lam=1e-2):
    name = "three_net"
    a0, y = normal(12, 5), one_hot(rng.integers(0, 3, 12), 3)
    w1, b1 = normal(5, 7, 0.5), normal(1, 7, 0.5)
    w2, b2 = normal(7, 6, 0.5), normal(1, 6, 0.5)
    w3, b3 = normal(6, 3, 0.5), normal(1, 3, 0.5)
    start = [("a0", a0), ("y", y), ("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2)]
    for key, value in start + [("w3", w3), ("b3", b3)]:
        show(f"{name}.{key}", value)
    losses = []
    for _ in range(STEPS):
        z1 = a0.dot(w1) + b1
        a1 = relu(z1)
        z2 = a1.dot(w2) + b2
        a2 = relu(z2)
        z3 = a2.dot(w3) + b3
        norms = (w1**2).sum() + (w2**2).sum() + (w3**2).sum()
        losses.append(cross_entropy(z3, y) + 0.5 * lam * norms)
        dz3 = (softmax(z3) - y) / len(a0)
        dw3, db3 = a2.T.dot(dz3), dz3.sum(axis=0, keepdims=True)
        dz2 = dz3.dot(w3.T) * (z2 >= 0)
        dw2, db2 = a1.T.dot(dz2), dz2.sum(axis=0, keepdims=True)
        dz1 = dz2.dot(w2.T) * (z1 >= 0)
        dw1, db1 = a0.T.dot(dz1), dz1.sum(axis=0, keepdims=True)
        w3, b3 = w3 - eta * (dw3 + lam * w3), b3 - eta * db3
        w2, b2 = w2 - eta * (dw2 + lam * w2), b2 - eta * db2
        w1, b1 = w1 - eta * (dw1 + lam * w1), b1 - eta * db1
    end = [("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2), ("w3", w3), ("b3", b3)]
    for key, value in end + [("losses", losses)]:
        show(f"{name}.end.{key}", value)


for rule in ["published", "l2", "off"]:
    one_net(rule)
two_net()
three_net()
softmax_regression()
descent("momentum", 0.2)
descent("adam", 0.1)
descent("newton", 1)
