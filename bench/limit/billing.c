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

// A plan as lines, base + (quantity - floor) x unit in each band; four bands, filled up with ones that nothing reaches.
struct Band { double upTo, floor, base, unit; };
static const double upTo[4] = {5, 20, 100, INFINITY}, unit[4] = {712e6, 650e6, 613057e3, 599e6};
enum { LINEAR, TIERED, VOLUME, BANDS = 4 };
static struct Band plans[3][BANDS];

static void startPlans(void) {
  for (int at = 0; at < BANDS; at++) {
    plans[LINEAR][at] = (struct Band){INFINITY, 0, 0, unit[0]};
    plans[VOLUME][at] = (struct Band){upTo[at], 0, 0, unit[at]};
    const struct Band *below = at > 0 ? &plans[TIERED][at - 1] : &(struct Band){0, 0, 0, 0};
    double base = below->base + (below->upTo - below->floor) * below->unit;
    plans[TIERED][at] = (struct Band){upTo[at], below->upTo, base, unit[at]};
  }
}

static double wholePrice(const struct Band *bands, double quantity) {
  int above = 0;
  for (int at = 0; at < BANDS; at++) above += quantity > bands[at].upTo;
  double price = bands[above].base + (quantity - bands[above].floor) * bands[above].unit;
  if (price > 9007199254740941.0) exit(1);
  return floor(price / 100);
}

struct Slot { int32_t resource, product; double quantity; };
struct Keys {
  double hour;
  int isOpen;
  size_t slots, size;
  struct Slot *slot;
};
enum { OPEN_HOURS = 4 };
static struct Keys hours[OPEN_HOURS];
static struct Keys *latest;
static size_t lastSlots = 64;

static void clear(struct Keys *keys) {
  memset(keys->slot, -1, keys->slots * sizeof *keys->slot);
  keys->size = 0;
}

static void allot(struct Keys *keys, size_t slots) {
  keys->slots = slots;
  keys->slot = malloc(slots * sizeof *keys->slot);
  clear(keys);
}

static struct Slot *slotOf(const struct Keys *keys, int32_t resource, int32_t product) {
  uint32_t mixed = ((uint32_t)resource ^ (uint32_t)(product + 1) * 0x9e3779b1u) * 0x85ebca6bu;
  size_t mask = keys->slots - 1, at = (mixed ^ mixed >> 15) & mask;
  struct Slot *slot = keys->slot;
  while (slot[at].resource >= 0 && (slot[at].resource != resource || slot[at].product != product)) at = (at + 1) & mask;
  return &slot[at];
}

static void grow(struct Keys *keys) {
  struct Keys old = *keys;
  allot(keys, old.slots * 2);
  keys->size = old.size;
  for (size_t each = 0; each < old.slots; each++)
    if (old.slot[each].resource >= 0) *slotOf(keys, old.slot[each].resource, old.slot[each].product) = old.slot[each];
  free(old.slot);
}

/** The table of an hour; that of an hour which is over is used again. */
static struct Keys *openHour(double hour) {
  int at = 0;
  for (; at < OPEN_HOURS; at++)
    if (hours[at].isOpen && hours[at].hour == hour) return &hours[at];
  for (at = 0; hours[at].isOpen; at++) continue;
  hours[at].isOpen = 1;
  hours[at].hour = hour;
  if (hours[at].slots > 0) clear(&hours[at]);
  else allot(&hours[at], lastSlots);
  return &hours[at];
}

/** Whether the record is the first of its key. */
static int receive(int32_t resource, int32_t product, double hour, double quantity) {
  if (latest == NULL || latest->hour != hour) latest = openHour(hour);
  struct Slot *slot = slotOf(latest, resource, product);
  if (slot->resource >= 0) return 0;
  *slot = (struct Slot){resource, product, quantity};
  if (++latest->size * 4 > latest->slots * 3) grow(latest);
  return 1;
}

#define HOUR 3600000.0
#define WALLET 2e9

static void forget(double now) {
  if (latest != NULL) lastSlots = latest->slots;
  for (int at = 0; at < OPEN_HOURS; at++)
    if (now > hours[at].hour + 2 * HOUR) hours[at].isOpen = 0;
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
  startPlans();
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
    double amount = wholePrice(plans[product], units[who] * ceil(seconds / 3600));
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
