/*
 * Values of 113 bits for the points that generate.ts writes to its standard input: `quad <function> <arguments>` reads
 * little-endian float64 and writes one IEEE binary128 a point. The functions of one argument are libquadmath's; the
 * incomplete integrals are the textbook series and continued fractions in __float128, the quantiles are found by
 * bisection and Newton steps on them.
 */
#include <quadmath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef __float128 quad;

static const quad TINY = 1e-4000Q;
static const quad CLOSE = 1e-34Q;

/* ln(x^a e^-x / gamma(a + 1)) */
static quad lnTerm(quad a, quad x) { return a * logq(x) - x - lgammaq(a + 1); }

/* gamma(a + 1) near 1 for small a: lgammaq(1 + a) would lose a in the 1. */
static void gammaTails(quad a, quad x, quad *lower, quad *upper) {
  quad term = expq(lnTerm(a, x));
  if (x < a + 1) {
    if (a < 1 && x < 1.5Q) {
      /* upper = 1 - x^a / gamma(a + 1) (1 + a sum), without cancelling. */
      quad sum = 0, part = 1;
      for (int k = 1; k < 400; k++) {
        part *= -x / k;
        sum += part / (a + k);
      }
      quad u = expm1q(a * logq(x) - lgammaq(1 + a));
      *lower = (1 + u) * (1 + a * sum);
      *upper = -u - (1 + u) * a * sum;
      return;
    }
    quad sum = 1, part = 1;
    for (quad n = a + 1; part > sum * CLOSE * 1e-2Q; n += 1) {
      part *= x / n;
      sum += part;
    }
    *lower = term * sum;
    *upper = 1 - *lower;
    return;
  }
  quad b = x + 1 - a, c = 1 / TINY, d = 1 / b, h = d;
  for (int i = 1; i < 10000000; i++) {
    quad an = i * (a - i);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    quad factor = c * d;
    h *= factor;
    if (fabsq(factor - 1) < CLOSE) break;
  }
  *upper = term * a * h;
  *lower = 1 - *upper;
}

/* The x whose lower tail is p, from float64 guess by Newton steps on the logarithm of x. */
static quad gammaQuantile(quad a, quad p) {
  quad low = logq(p) / a - 2, high = logq(a + 50 * sqrtq(a) + 2000);
  quad guess = (logq(p) + lgammaq(1 + a)) / a;
  low = guess - 1;
  quad y = guess > high ? high : guess;
  if (a > 1) {
    /* Wilson-Hilferty would do; bisection is enough. */
    y = logq(a);
  }
  if (y < low || y > high) y = (low + high) / 2;
  for (int i = 0; i < 400; i++) {
    quad x = expq(y), l, u;
    gammaTails(a, x, &l, &u);
    quad miss = p < 0.5Q ? l - p : (1 - p) - u;
    if (miss > 0) high = y; else low = y;
    quad slope = expq(lnTerm(a, x)) * a; /* x times the density */
    quad next = y - miss / slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (fabsq(next - y) < 1e-32Q * (1 + fabsq(y)) || high - low < 1e-32Q * (1 + fabsq(y))) return expq(next);
    y = next;
  }
  return expq(y);
}

static quad lnBeta(quad a, quad b) { return lgammaq(a) + lgammaq(b) - lgammaq(a + b); }

static quad betaFraction(quad a, quad b, quad x) {
  quad c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), h = d;
  for (int m = 1; m < 10000000; m++) {
    quad even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= d * c;
    quad odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    h *= d * c;
    if (fabsq(d * c - 1) < CLOSE) break;
  }
  return h;
}

/* Both tails of the beta distribution at x = 1 - y; whichever is computed directly is right to the last digits. */
static void betaTails(quad a, quad b, quad x, quad y, quad *lower, quad *upper) {
  quad front = expq(a * logq(x) + b * logq(y) - lnBeta(a, b));
  if (x < (a + 1) / (a + b + 2)) {
    *lower = front * betaFraction(a, b, x) / a;
    *upper = 1 - *lower;
  } else {
    *upper = front * betaFraction(b, a, y) / b;
    *lower = 1 - *upper;
  }
}

static quad studentTail(quad t, quad n) {
  quad l, u, s = t * t;
  if (t == 0) return 0.5Q;
  betaTails(n / 2, 0.5Q, n / (n + s), s / (n + s), &l, &u);
  /* Small t: half minus half the upper part. */
  return t > 0 ? l / 2 : (u + (1 - u) / 2);
}

static quad studentQuantile(quad p, quad n) {
  if (p == 0.5Q) return 0;
  int positive = p > 0.5Q;
  quad tail = positive ? 1 - p : p;
  quad low = -2000, high = 2000, y = 0;
  /* y = ln t; near the median the upper part of the beta distribution is what is known well. */
  for (int i = 0; i < 600; i++) {
    quad t = expq(y), l, u, s = t * t;
    betaTails(n / 2, 0.5Q, n / (n + s), s / (n + s), &l, &u);
    quad miss = n / (n + s) < (n / 2 + 1) / (n / 2 + 2.5Q) ? l / 2 - tail : (0.5Q - tail) - u / 2;
    if (miss > 0) low = y; else high = y;
    quad lnDensity = lgammaq((n + 1) / 2) - lgammaq(n / 2) - 0.5Q * logq(n * M_PIq) - (n + 1) / 2 * log1pq(s / n);
    quad next = y + miss / (expq(lnDensity) * t);
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (fabsq(next - y) < 1e-32Q * (1 + fabsq(y)) || high - low < 1e-32Q * (1 + fabsq(y))) {
      y = next;
      break;
    }
    y = next;
  }
  return positive ? expq(y) : -expq(y);
}

static quad normalCdf(quad z) { return 0.5Q * erfcq(-z * M_SQRT1_2q); }

static quad normalQuantile(quad p) {
  if (p == 0.5Q) return 0;
  int positive = p > 0.5Q;
  quad tail = positive ? 1 - p : p, low = 0, high = 40, z = 1;
  for (int i = 0; i < 5000; i++) {
    /* Near the median the tail has lost digits of z: erf there. */
    quad miss = z < 0.5Q ? (0.5Q - tail) - 0.5Q * erfq(z * M_SQRT1_2q) : normalCdf(-z) - tail;
    if (miss > 0) low = z; else high = z;
    quad density = expq(-z * z / 2) / sqrtq(2 * M_PIq);
    quad next = z + miss / density;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (fabsq(next - z) < 1e-33Q * z) {
      z = next;
      break;
    }
    z = next;
  }
  return positive ? z : -z;
}

static quad betaQuantile(quad a, quad b, quad p) {
  /* In ln(x / (1 - x)), so that both ends keep their digits; gives the smaller of x and 1 - x its own. */
  quad low = -11000, high = 11000, y = logq(a / b);
  for (int i = 0; i < 600; i++) {
    quad e = expq(-fabsq(y)), small = e / (1 + e), large = 1 / (1 + e), l, u;
    quad x = y < 0 ? small : large, w = y < 0 ? large : small;
    betaTails(a, b, x, w, &l, &u);
    quad miss = x < (a + 1) / (a + b + 2) ? l - p : (1 - p) - u;
    if (miss > 0) high = y; else low = y;
    quad slope = expq(a * logq(x) + b * logq(w) - lnBeta(a, b));
    quad next = y - miss / slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (fabsq(next - y) < 1e-32Q * (1 + fabsq(y)) || high - low < 1e-32Q * (1 + fabsq(y))) {
      y = next;
      break;
    }
    y = next;
  }
  return y < 0 ? expq(y) / (1 + expq(y)) : 1 / (1 + expq(-y));
}

static quad value(const char *name, const double *x) {
  quad l, u;
#define IS(text) (strcmp(name, text) == 0)
  if (IS("log")) return logq(x[0]);
  if (IS("log1p")) return log1pq(x[0]);
  if (IS("exp")) return expq(x[0]);
  if (IS("expm1")) return expm1q(x[0]);
  if (IS("pow")) return powq(x[0], x[1]);
  if (IS("sin")) return sinq(x[0]);
  if (IS("cos")) return cosq(x[0]);
  if (IS("erf")) return erfq(x[0]);
  if (IS("erfc")) return erfcq(x[0]);
  if (IS("normalCdf")) return normalCdf(x[0]);
  if (IS("normalQuantile")) return normalQuantile(x[0]);
  if (IS("lgamma")) return lgammaq(x[0]);
  if (IS("gammaTerm")) return expq(lnTerm(x[0], x[1]));
  if (IS("incompleteGammaLower")) return gammaTails(x[0], x[1], &l, &u), l;
  if (IS("incompleteGammaUpper")) return gammaTails(x[0], x[1], &l, &u), u;
  if (IS("gammaQuantile")) return gammaQuantile(x[0], x[1]);
  if (IS("incompleteBetaLower")) return betaTails(x[0], x[1], x[2], 1 - (quad)x[2], &l, &u), l;
  if (IS("incompleteBetaUpper")) return betaTails(x[0], x[1], x[2], 1 - (quad)x[2], &l, &u), u;
  if (IS("betaQuantile")) return betaQuantile(x[0], x[1], x[2]);
  if (IS("studentTTail")) return studentTail(x[0], x[1]);
  if (IS("studentTQuantile")) return studentQuantile(x[0], x[1]);
  fprintf(stderr, "no function %s\n", name);
  exit(2);
}

int main(int argc, char **argv) {
  int arguments = argc > 2 ? atoi(argv[2]) : 0;
  double x[3];
  while (arguments > 0 && fread(x, sizeof(double), arguments, stdin) == (size_t)arguments) {
    quad result = value(argv[1], x);
    fwrite(&result, sizeof result, 1, stdout);
  }
  return 0;
}
