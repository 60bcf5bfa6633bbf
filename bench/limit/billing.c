// The hour sweep and the metering pipeline in plain C, same layout and same answer: the limit beside which the billing
// core is measured.
// usage: billing <work> <size> <batches> < columns
// Columns come from the caller as they lie in his typed arrays, so that both start from the same bytes. The first batch
// is digested; the others are timed. Prints ns of processor time an operation and the digest.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double processorNs(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

static void *column(size_t count, size_t width) {
  void *bytes = malloc(count * width);
  if (fread(bytes, width, count, stdin) != count) exit(1);
  return bytes;
}

static uint32_t sum;

static void fold(double x) {
  double high = floor(x / 4294967296.0);
  sum = (sum ^ (uint32_t)(x - high * 4294967296.0)) * 0x9e3779b1u;
  sum = (sum ^ sum >> 15 ^ (uint32_t)high) * 0x85ebca6bu;
}

static void foldDoubles(const double *x, size_t count) {
  for (size_t at = 0; at < count; at++) fold(x[at]);
}

static void foldInts(const int32_t *x, size_t count) {
  for (size_t at = 0; at < count; at++) fold(x[at]);
}

// hour-sweep and hour-bill: columns account, ecs, image.

static int32_t *account;
static double *ecs, *image, *owedEcs, *owedImage, *cash, *charges, *due;
static int32_t *lines;
static uint8_t *inArrears;
static size_t accounts;

static void sweep(const int32_t *restrict who, const double *restrict amount, size_t count, double *restrict owed) {
  for (size_t row = 0; row < count; row++) owed[who[row]] += amount[row];
}

static void settle(void) {
  for (size_t at = 0; at < accounts; at++) {
    double total = owedEcs[at] + owedImage[at];
    if (total == 0) continue;
    if (!(total <= 9007199254740991.0)) exit(1);
    double paid = cash[at] < total ? cash[at] : total;
    cash[at] -= paid;
    charges[at] += total;
    lines[at]++;
    if (paid < total) {
      due[at] += total - paid;
      inArrears[at] = 1;
    }
    owedEcs[at] = owedImage[at] = 0;
  }
}

static size_t startHours(size_t size, double opening) {
  accounts = (size_t)ceil(size * 0.3);
  account = column(size, 4);
  ecs = column(size, 8);
  image = column(size, 8);
  double **zero[] = {&owedEcs, &owedImage, &cash, &charges, &due};
  for (int each = 0; each < 5; each++) *zero[each] = calloc(accounts, 8);
  lines = calloc(accounts, 4);
  inArrears = calloc(accounts, 1);
  for (size_t at = 0; at < accounts; at++) cash[at] = opening;
  return size;
}

static void billHour(size_t size) {
  sweep(account, ecs, size, owedEcs);
  sweep(account, image, size, owedImage);
  settle();
}

static void foldHours(void) {
  foldDoubles(cash, accounts);
  foldDoubles(charges, accounts);
  foldDoubles(due, accounts);
  foldInts(lines, accounts);
  for (size_t at = 0; at < accounts; at++) fold(inArrears[at]);
}

// pipeline: columns resource, from, to of the records, account and units of the resources.

struct Band { double upTo, unit; };
struct Plan { int model, count; struct Band bands[4]; };
enum { LINEAR, TIERED, VOLUME };
static const struct Band open[4] = {{5, 712e6}, {20, 650e6}, {100, 613057e3}, {INFINITY, 599e6}};
static struct Plan plans[3] = {{LINEAR, 1, {{INFINITY, 712e6}}}, {TIERED, 4, {}}, {VOLUME, 4, {}}};

static double wholePrice(const struct Plan *plan, double quantity) {
  double price = 0, below = 0;
  switch (plan->model) {
    case LINEAR: price = plan->bands[0].unit * quantity; break;
    case TIERED:
      for (int at = 0; at < plan->count; at++) {
        if (quantity <= plan->bands[at].upTo) {
          price += (quantity - below) * plan->bands[at].unit;
          break;
        }
        price += (plan->bands[at].upTo - below) * plan->bands[at].unit;
        below = plan->bands[at].upTo;
      }
      break;
    default:
      for (int at = 0; at < plan->count; at++)
        if (quantity <= plan->bands[at].upTo) {
          price = quantity * plan->bands[at].unit;
          break;
        }
  }
  if (price > 9007199254740941.0) exit(1);
  return floor(price / 100);
}

struct Keys {
  double hour;
  size_t slots, size;
  int32_t *resources, *products;
  double *quantities;
};
enum { OPEN_HOURS = 4 };
static struct Keys hours[OPEN_HOURS];
static struct Keys *latest;
static size_t lastSlots = 64;

static void allot(struct Keys *keys, size_t slots) {
  keys->slots = slots;
  keys->resources = malloc(slots * 4);
  memset(keys->resources, -1, slots * 4);
  keys->products = calloc(slots, 4);
  keys->quantities = calloc(slots, 8);
}

static void drop(struct Keys *keys) {
  free(keys->resources);
  free(keys->products);
  free(keys->quantities);
  keys->slots = 0;
}

static size_t slotOf(const struct Keys *keys, int32_t resource, int32_t product) {
  uint32_t mixed = ((uint32_t)resource ^ (uint32_t)(product + 1) * 0x9e3779b1u) * 0x85ebca6bu;
  size_t mask = keys->slots - 1, at = (mixed ^ mixed >> 15) & mask;
  while (keys->resources[at] >= 0 && (keys->resources[at] != resource || keys->products[at] != product))
    at = (at + 1) & mask;
  return at;
}

static void grow(struct Keys *keys) {
  struct Keys old = *keys;
  allot(keys, old.slots * 2);
  for (size_t each = 0; each < old.slots; each++) {
    if (old.resources[each] < 0) continue;
    size_t at = slotOf(keys, old.resources[each], old.products[each]);
    keys->resources[at] = old.resources[each];
    keys->products[at] = old.products[each];
    keys->quantities[at] = old.quantities[each];
  }
  drop(&old);
}

static struct Keys *openHour(double hour) {
  for (int at = 0; at < OPEN_HOURS; at++)
    if (hours[at].slots > 0 && hours[at].hour == hour) return &hours[at];
  int at = 0;
  while (hours[at].slots > 0) at++;
  hours[at].hour = hour;
  hours[at].size = 0;
  allot(&hours[at], lastSlots);
  return &hours[at];
}

/** Whether the record is the first of its key. */
static int receive(int32_t resource, int32_t product, double hour, double quantity) {
  if (latest == NULL || latest->hour != hour) latest = openHour(hour);
  size_t at = slotOf(latest, resource, product);
  if (latest->resources[at] >= 0) return 0;
  if (++latest->size * 2 > latest->slots) {
    grow(latest);
    at = slotOf(latest, resource, product);
  }
  latest->resources[at] = resource;
  latest->products[at] = product;
  latest->quantities[at] = quantity;
  return 1;
}

#define HOUR 3600000.0
#define WALLET 2e9

static void forget(double now) {
  if (latest != NULL) lastSlots = latest->slots;
  for (int at = 0; at < OPEN_HOURS; at++)
    if (hours[at].slots > 0 && now > hours[at].hour + 2 * HOUR) drop(&hours[at]);
  latest = NULL;
}

static int32_t *resource, *from, *to, *units, *lineAccount, *lineResource;
static double *lineAmount, *owed, *balance, *since, revenue[3], hour;
static size_t records, lineCount;

static size_t startPipeline(size_t size) {
  records = size + (size >> 4);
  accounts = (size_t)ceil(size * 0.3);
  resource = column(records, 4);
  from = column(records, 4);
  to = column(records, 4);
  account = column(size, 4);
  units = column(size, 4);
  lineAccount = calloc(records, 4);
  lineResource = calloc(records, 4);
  lineAmount = calloc(records, 8);
  double **zero[] = {&owed, &balance, &charges, &since};
  for (int each = 0; each < 4; each++) *zero[each] = calloc(accounts, 8);
  for (size_t at = 0; at < accounts; at++) balance[at] = WALLET;
  for (int plan = 1; plan < 3; plan++) memcpy(plans[plan].bands, open, sizeof open);
  return records;
}

static void meter(void) {
  lineCount = 0;
  for (size_t at = 0; at < records; at++) {
    double begin = hour + (from[at] > 0 ? from[at] : 0), end = hour + (to[at] < HOUR ? to[at] : HOUR);
    double seconds = floor(end / 1000) - floor(begin / 1000);
    if (end <= begin || seconds <= 0) continue;
    int32_t who = resource[at], product = who % 3;
    if (!receive(who, product, hour, seconds)) continue;
    double amount = wholePrice(&plans[product], units[who] * ceil(seconds / 3600));
    int32_t payer = account[who];
    lineAccount[lineCount] = payer;
    lineResource[lineCount] = who;
    lineAmount[lineCount++] = amount;
    owed[payer] += amount;
    revenue[product] += amount;
  }
  hour += HOUR;
  for (size_t who = 0; who < accounts; who++)
    if (owed[who] > 9007199254740991.0) exit(1);
  for (size_t who = 0; who < accounts; who++) {
    double amount = owed[who];
    if (amount == 0) continue;
    owed[who] = 0;
    charges[who] += amount;
    if (balance[who] < amount) {
      since[who] = hour;
      balance[who] += WALLET;
    }
    balance[who] -= amount;
  }
  forget(hour + HOUR);
}

static void foldPipeline(void) {
  foldInts(lineAccount, lineCount);
  foldInts(lineResource, lineCount);
  foldDoubles(lineAmount, lineCount);
  foldDoubles(revenue, 3);
  foldDoubles(balance, accounts);
  foldDoubles(charges, accounts);
  foldDoubles(since, accounts);
}

int main(int count, char **words) {
  if (count < 4) return 1;
  size_t size = strtoull(words[2], NULL, 10), batches = strtoull(words[3], NULL, 10);
  int isSweep = !strcmp(words[1], "hour-sweep"), isPipeline = !strcmp(words[1], "pipeline");
  size_t operations = isPipeline ? startPipeline(size) : startHours(size, 2e12);
  double began = 0;
  for (size_t batch = 0; batch <= batches; batch++) {
    if (isSweep) sweep(account, ecs, size, owedEcs);
    else if (isPipeline) meter();
    else billHour(size);
    if (batch > 0) continue;
    if (isSweep) foldDoubles(owedEcs, accounts);
    else if (isPipeline) foldPipeline();
    else foldHours();
    began = processorNs();
  }
  printf("%.3f %08x\n", (processorNs() - began) / ((double)batches * operations), sum);
}
