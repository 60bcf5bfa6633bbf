"""Means and variances in 60 digits, by textbook formulas, for `moments.json`: python3 moments.py > moments.json"""
import json
import random
from mpmath import *

mp.dps = 60
random.seed(12)
LARGEST = mpf(2) ** 1024
rows = []


def text(x):
    return "Infinity" if x == inf or x >= LARGEST else nstr(x, 20, min_fixed=0, max_fixed=0)


def row(spec, mean, variance):
    rows.append([spec, text(mean), text(variance)])


def binade(low, high):
    return float(mpf(2) ** random.uniform(low, high))


def cut(law, bounds):
    return {"truncated": {"of": law, **bounds}}


def central(first, second):
    return first, second - first**2


def normal(mean, sd, low, high):
    a, b = (mpf(low) - mean) / sd, (mpf(high) - mean) / sd if high is not None else inf
    if a > 0:
        z = erfc(a / sqrt(2)) / 2 - (erfc(b / sqrt(2)) / 2 if b < inf else 0)
    else:
        z = (ncdf(b) if b < inf else 1) - ncdf(a)
    fa, fb = npdf(a), npdf(b) if b < inf else mpf(0)
    m = (fa - fb) / z
    v = 1 + (a * fa - (b * fb if b < inf else 0)) / z - m**2
    return mean + sd * m, sd**2 * v


def lognormal(mu, sigma):
    mu, sigma = mpf(mu), mpf(sigma)
    m = exp(mu + sigma**2 / 2)
    return m, m**2 * expm1(sigma**2)


def lognormalCut(mu, sigma, low):
    part = lambda k: exp(k * mu + k * k * sigma**2 / 2) * ncdf((mu + k * sigma**2 - log(mpf(low))) / sigma)
    return central(part(1) / part(0), part(2) / part(0))


def whole(pmf, low, high):
    ks = range(low, high + 1)
    z = fsum(pmf(k) for k in ks)
    m = fsum(k * pmf(k) for k in ks) / z
    return m, fsum((k - m) ** 2 * pmf(k) for k in ks) / z


for _ in range(6):
    a, w = binade(-950, 950) * random.choice([-1, 1]), binade(-950, 950)
    if a + w > a:
        row({"uniform": {"min": a, "max": a + w}}, (mpf(a) + mpf(a + w)) / 2, (mpf(a + w) - mpf(a)) ** 2 / 12)
    m = binade(-950, 950)
    row({"exponential": {"mean": m}}, mpf(m), mpf(m) ** 2)
    k = random.randint(1, 10**6)
    row({"erlang": {"shape": k, "mean": m}}, mpf(m), mpf(m) ** 2 / k)
    k = binade(-20, 19)
    row({"gamma": {"shape": k, "mean": m}}, mpf(m), mpf(m) ** 2 / k)
    s = binade(-900, 900)
    row({"normal": {"mean": m, "sd": s}}, mpf(m), mpf(s) ** 2)
    row({"lognormal": {"mean": m, "sd": m * binade(-20, 20)}}, mpf(m), mpf(rows[-1][0].get("x", 0) or 0))
    rows[-1][2] = text(mpf(rows[-1][0]["lognormal"]["sd"]) ** 2)
    mu, sigma = random.uniform(-300, 300), binade(-30, 4)
    row({"lognormal": {"mu": mu, "sigma": sigma}}, *lognormal(mu, sigma))
    mean = binade(-30, 49)
    row({"geometric": {"mean": mean}}, mpf(mean), mpf(mean) * (1 + mpf(mean)))
    row({"poisson": {"mean": mean}}, mpf(mean), mpf(mean))
    n, p = random.randint(1, 10**15), binade(-50, 0)
    row({"binomial": {"n": n, "probability": p}}, n * mpf(p), n * mpf(p) * (1 - mpf(p)))
for k in [0.01, 0.02, 0.1, 0.3, 0.99, 1, 1.5, 4, 30, 999, 1001, 1e5, 1e9]:
    g = lambda j: gamma(1 + j / mpf(k))
    row({"weibull": {"shape": k, "scale": 3}}, 3 * g(1), 9 * (g(2) - g(1) ** 2))
for k in [0.5, 1, 1.0001, 1.01, 1.5, 2, 2.0001, 2.02, 3, 10, 1e6]:
    a = mpf(k)
    mean = 2 * a / (a - 1) if a > 1 else inf
    row({"pareto": {"shape": k, "min": 2}}, mean, 4 * a / ((a - 1) ** 2 * (a - 2)) if a > 2 else inf)
    mean = 5 * a / (a - 1) if a > 1 else inf
    row(cut({"pareto": {"shape": k, "min": 2}}, {"min": 5}), mean, 25 * a / ((a - 1) ** 2 * (a - 2)) if a > 2 else inf)
    part = lambda j: a * 2**a * (log(mpf(9)) - log(mpf(5)) if a == j else (mpf(9) ** (j - a) - mpf(5) ** (j - a)) / (j - a))
    row(cut({"pareto": {"shape": k, "min": 2}}, {"min": 5, "max": 9}), *central(part(1) / part(0), part(2) / part(0)))
for a, b in [(0.01, 0.01), (0.5, 0.5), (1, 1), (2, 5), (1e5, 3), (0.02, 1e5), (1e5, 1e5)]:
    s = mpf(a) + b
    row({"beta": {"alpha": a, "beta": b}}, a / s, mpf(a) * b / (s**2 * (s + 1)))
    row({"beta": {"alpha": a, "beta": b, "min": -3, "max": 1e6}}, -3 + (mpf(10**6) + 3) * (a / s), (mpf(10**6) + 3) ** 2 * a * b / (s**2 * (s + 1)))
row({"pert": {"min": 1, "mode": 2, "max": 9}}, mpf(3), (mpf(3) - 1) * (9 - mpf(3)) / 7)
for c in [1, 1.0001, 2, 100, 1e9]:
    row({"hyperexponential": {"mean": 7, "scv": c}}, mpf(7), 49 * mpf(c))
row({"hyperexponential": {"means": [1, 10, 1000], "weights": [5, 4, 1]}}, mpf(209) / 2, 2 * mpf(5 + 400 + 10**6) / 10 - (mpf(209) / 2) ** 2)
for low, high in [(0, None), (5.9, None), (6.5, None), (20, None), (36, None), (-1, 1), (-40, -39.9), (5.9, 6), (-30, 2), (2, 30), (7, 8)]:
    row(cut({"normal": {"mean": 0, "sd": 1}}, {"min": low, **({} if high is None else {"max": high})}), *normal(mpf(0), 1, low, high))
    row(cut({"normal": {"mean": 1000, "sd": 8}}, {"min": 1000 + 8 * low, **({} if high is None else {"max": 1000 + 8 * high})}), *normal(mpf(1000), 8, 1000 + mpf(8 * low), None if high is None else 1000 + mpf(8 * high)))
for low, high in [(1, None), (19, None), (21, None), (100, None), (600, None), (0, 1), (30, 31), (0, 1e-6), (5, 5.001)]:
    tail = lambda x: exp(-mpf(x))
    if high is None:
        row(cut({"exponential": {"mean": 1}}, {"min": low}), 1 + mpf(low), mpf(1))
    else:
        w = mpf(high) - low
        z = -expm1(-w)
        first = (1 - (1 + w) * exp(-w)) / z
        second = (2 - (w * w + 2 * w + 2) * exp(-w)) / z
        row(cut({"exponential": {"mean": 1}}, {"min": low, "max": high}), low + first, second - first**2)
for a, low in [(0.01, 1e-9), (0.3, 2), (0.3, 30), (2.5, 40), (900, 1100), (900, 700)]:
    part = lambda k: gammainc(mpf(a) + k, mpf(low))
    row(cut({"gamma": {"shape": a, "mean": a}}, {"min": low}), *central(part(1) / part(0), part(2) / part(0)))
for k, low in [(0.05, 1), (0.05, 1e20), (0.3, 7), (2, 5), (2, 0.1), (20, 1.1)]:
    part = lambda j: gammainc(1 + j / mpf(k), mpf(low) ** mpf(k))
    row(cut({"weibull": {"shape": k, "scale": 1}}, {"min": low}), *central(part(1) / part(0), part(2) / part(0)))
for mu, sigma, low in [(0, 1, 1), (0, 1, 1000), (2, 0.1, 9), (0, 5, 3), (-300, 20, 1), (-700, 26, 1e-300), (0, 3, 1e-5)]:
    row(cut({"lognormal": {"mu": mu, "sigma": sigma}}, {"min": low}), *lognormalCut(mpf(mu), mpf(sigma), low))
for mean, low, high in [(3, 2, 5), (3, 8, 60), (100, 150, 400), (0.01, 1, 30), (1000, 0, 900)]:
    row(cut({"poisson": {"mean": mean}}, {"min": low, "max": high}), *whole(lambda k: mpf(mean) ** k / factorial(k), low, high))
for mean, low in [(4, 3), (4, 100), (1e6, 3e7), (0.01, 2)]:
    row(cut({"geometric": {"mean": mean}}, {"min": low}), mpf(low) + mean, mpf(mean) * (1 + mpf(mean)))
row(cut({"binomial": {"n": 50, "probability": 0.1}}, {"min": 12, "max": 50}), *whole(lambda k: binomial(50, k) * mpf(0.1) ** k * (1 - mpf(0.1)) ** (50 - k), 12, 50))
for n, e in [(1, 1), (3, 1), (1000, 100), (5000, 40), (5000, 0), (3000, 1), (2000, 2.5)]:
    row({"zipf": {"n": n, "exponent": e}}, *whole(lambda k: mpf(k) ** -mpf(e), 1, n))
row(cut({"zipf": {"n": 5000, "exponent": 1.5}}, {"min": 100.5, "max": 4000.5}), *whole(lambda k: mpf(k) ** mpf(-1.5), 101, 4000))
row(cut({"zipf": {"n": 10**6, "exponent": 1}}, {"min": 2}), *central(*[(fsum(mpf(k) ** j for k in range(2, 10**6 + 1)) / (harmonic(10**6) - 1)) if j < 1 else x for j, x in [(0, mpf(10**6 - 1) / (harmonic(10**6) - 1)), (1, (mpf(10**6) * (10**6 + 1) / 2 - 1) / (harmonic(10**6) - 1))]]))
row(cut({"triangular": {"min": 0, "mode": 1, "max": 4}}, {"min": 0.5, "max": 3}), *(lambda f: central(quad(lambda x: x * f(x), [0.5, 1, 3]) / quad(f, [0.5, 1, 3]), quad(lambda x: x * x * f(x), [0.5, 1, 3]) / quad(f, [0.5, 1, 3])))(lambda x: x / 2 if x < 1 else (4 - x) / 6))
row(cut({"empirical": {"values": [0, 1, 5, 6]}}, {"min": 0.5, "max": 5.5}), *central((mpf(0.75) * 0.5 + 3 + mpf(5.25) * 0.5) / 2, ((1 - mpf(0.125)) / 3 + mpf(124) / 12 + (mpf(5.5) ** 3 - 125) / 3) / 2))
row(cut({"discrete": {"values": [1, 2, 3, 4]}}, {"min": 1.5, "max": 3}), mpf(2.5), mpf(0.25))
mixed = {"mixture": [{"weight": 3, "of": {"exponential": {"mean": 1}}}, {"weight": 1, "of": {"constant": 7}}]}
row(mixed, mpf(2.5), (3 * 2 + mpf(49)) / 4 - mpf(2.5) ** 2)
z = 3 * exp(mpf(-2)) + 1
row(cut(mixed, {"min": 2}), *central((3 * exp(mpf(-2)) * 3 + 7) / z, (3 * exp(mpf(-2)) * 10 + 49) / z))
print("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]")
