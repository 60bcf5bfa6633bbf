// The hot loops of metering for WebAssembly with SIMD: the same steps, in the same order, as script-hours.ts and
// script-usage.ts, which are the oracle and the fallback. `npm run kernel` compiles this file into kernel.wasm.
//
// No memory is allocated here: columns are placed by wasm-columns.ts, and pointers come in as arguments.
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))
#define floor __builtin_floor
#define ceil __builtin_ceil

// Largest exact amount (M-01), and the largest price in 1e-10 that leaves room for rounding half up (M-02).
#define MONEY_LIMIT 9007199254740991.0
#define SAFE_PRICE (9007199254740991.0 - 50.0)
#define HOUR 3600000.0
#define HOUR_SECONDS 3600.0
#define SECOND 1000.0

EXPORT("sweepHour")
void sweepHour(const int32_t *restrict account, const double *restrict amount, int32_t count, double *restrict owed) {
  for (int32_t row = 0; row < count; row++) owed[account[row]] += amount[row];
}

struct HourBooks {
  double *owedEcs, *owedImage, *cash, *charges, *due;
  int32_t *lines;
  uint8_t *inArrears;
};

// Returns -1, or the first account that owes more than the limit: it and those after it are left as they were.
EXPORT("settleHour")
int32_t settleHour(const struct HourBooks *books, int32_t accounts) {
  double *restrict owedEcs = books->owedEcs, *restrict owedImage = books->owedImage;
  double *restrict cash = books->cash, *restrict charges = books->charges, *restrict due = books->due;
  int32_t *restrict lines = books->lines;
  uint8_t *restrict inArrears = books->inArrears;
  for (int32_t at = 0; at < accounts; at++) {
    double total = owedEcs[at] + owedImage[at];
    if (total == 0) continue;
    if (!(total <= MONEY_LIMIT)) return at;
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
  return -1;
}

struct Slot { int32_t resource, product; double quantity; };
struct Resource { int32_t account, units, product, unused; };
// A plan's bands four at a time, as WholePrices keeps them: limit, floor, base and unit of each.
struct Band { double upTo, floor, base, unit; };

// Written by wasm-usage.ts: two doubles, then words of four bytes in this order.
struct UsageJob {
  double hour, half;
  const int32_t *resource, *from, *to;
  const struct Resource *resources;
  const struct Band *bands;
  int32_t bandsOfPlan;
  struct Slot *slots;
  uint32_t mask;
  int32_t room;
  int32_t *lineAccount, *lineResource;
  double *lineAmount, *owed, *revenue;
  int32_t row, count, lines, accepted, duplicate, conflict;
  int32_t touched;
};

enum { DONE, TABLE_FULL, PRICE_BEYOND_FLOAT };

static inline int32_t stop(struct UsageJob *job, int32_t code, int32_t row, int32_t lines, int32_t room) {
  job->row = row;
  job->lines = lines;
  job->room = room;
  return code;
}

static inline uint32_t homeOf(int32_t resource, int32_t product) {
  uint32_t mixed = ((uint32_t)resource ^ (uint32_t)(product + 1) * 0x9e3779b1u) * 0x85ebca6bu;
  return mixed ^ mixed >> 15;
}

// The slot of a key, or the free one where it belongs.
static inline struct Slot *slotFrom(struct Slot *slots, uint32_t mask, uint32_t at, int32_t resource, int32_t product) {
  while (slots[at].resource >= 0 && (slots[at].resource != resource || slots[at].product != product))
    at = (at + 1) & mask;
  return &slots[at];
}

EXPORT("moveKeys")
void moveKeys(const struct Slot *old, int32_t count, struct Slot *slots, uint32_t mask) {
  for (int32_t at = 0; at < count; at++)
    if (old[at].resource >= 0) {
      uint32_t home = homeOf(old[at].resource, old[at].product) & mask;
      *slotFrom(slots, mask, home, old[at].resource, old[at].product) = old[at];
    }
}

static inline const struct Band *bandOf(const struct Band *bands, int32_t count, double quantity) {
  int32_t above = 0;
  // Counted four at a time: which band it is cannot be predicted.
  for (int32_t at = 0; at < count; at += 4)
    above += (quantity > bands[at].upTo) + (quantity > bands[at + 1].upTo) + (quantity > bands[at + 2].upTo) +
             (quantity > bands[at + 3].upTo);
  return &bands[above];
}

// Returns -1, or the first row whose number is not below the limit.
EXPORT("firstBeyond")
int32_t firstBeyond(const int32_t *numbers, int32_t count, uint32_t limit) {
  int32_t beyond = 0;
  for (int32_t row = 0; row < count; row++) beyond |= (uint32_t)numbers[row] >= limit;
  if (beyond)
    for (int32_t row = 0; row < count; row++)
      if ((uint32_t)numbers[row] >= limit) return row;
  return -1;
}

enum { BLOCK = 128 };
// Records of a block that have time within the hour.
struct Block {
  int32_t row[BLOCK], resource[BLOCK], account[BLOCK], units[BLOCK], product[BLOCK];
  uint32_t home[BLOCK];
  double seconds[BLOCK];
};

// Cuts up to BLOCK records from `row` on to the hour; returns how many are left. Nothing depends on the record before.
static inline int32_t cut(const struct UsageJob *job, int32_t row, struct Block *block) {
  const double hour = job->hour;
  int32_t end = row + BLOCK < job->count ? row + BLOCK : job->count, kept = 0;
  for (; row < end; row++) {
    int32_t from = job->from[row], to = job->to[row];
    double begin = hour + (from > 0 ? from : 0), until = hour + (to < HOUR ? to : HOUR);
    double seconds = floor(until / SECOND) - floor(begin / SECOND);
    block->row[kept] = row;
    block->resource[kept] = job->resource[row];
    block->seconds[kept] = seconds;
    kept += seconds > 0;
  }
  return kept;
}

// Continues at `row`. Stops where the caller has to act: enlarge the table of keys, or compute the exact price of the row
// before `row` (its line is the next one, and its quantity is in `lineAmount`).
//
// Resources and keys are read for a whole block at once. In one loop the next read would wait for the one before it,
// since a resource says where its key is; here the processor fetches many at a time.
EXPORT("meterUsage")
int32_t meterUsage(struct UsageJob *job) {
  static struct Block block;
  const double half = job->half;
  const struct Resource *restrict resources = job->resources;
  struct Slot *slots = job->slots;
  const uint32_t mask = job->mask;
  int32_t *restrict lineAccount = job->lineAccount, *restrict lineResource = job->lineResource;
  double *restrict lineAmount = job->lineAmount, *restrict owed = job->owed, *restrict revenue = job->revenue;
  const int32_t count = job->count, bandsOfPlan = job->bandsOfPlan;
  int32_t lines = job->lines, room = job->room, touched = 0;
  for (int32_t first = job->row; first < count; first += BLOCK) {
    int32_t kept = cut(job, first, &block);
    for (int32_t at = 0; at < kept; at++) {
      const struct Resource *of = &resources[block.resource[at]];
      block.account[at] = of->account;
      block.units[at] = of->units;
      block.product[at] = of->product;
      block.home[at] = homeOf(block.resource[at], of->product) & mask;
    }
    for (int32_t at = 0; at < kept; at++) touched ^= slots[block.home[at]].resource;
    for (int32_t at = 0; at < kept; at++) {
      int32_t who = block.resource[at], product = block.product[at], account = block.account[at];
      double seconds = block.seconds[at];
      if (room == 0) return stop(job, TABLE_FULL, block.row[at], lines, room);
      struct Slot *slot = slotFrom(slots, mask, block.home[at], who, product);
      if (slot->resource >= 0) {
        if (slot->quantity == seconds) job->duplicate++;
        else job->conflict++;
        continue;
      }
      *slot = (struct Slot){who, product, seconds};
      room--;
      job->accepted++;
      double quantity = block.units[at] * ceil(seconds / HOUR_SECONDS);
      const struct Band *band = bandOf(job->bands + product * bandsOfPlan, bandsOfPlan, quantity);
      double price = band->base + (quantity - band->floor) * band->unit;
      lineAccount[lines] = account;
      lineResource[lines] = who;
      if (!(price <= SAFE_PRICE)) {
        lineAmount[lines] = quantity;
        return stop(job, PRICE_BEYOND_FLOAT, block.row[at] + 1, lines, room);
      }
      double amount = floor((price + half) / 100);
      lineAmount[lines++] = amount;
      owed[account] += amount;
      revenue[product] += amount;
    }
  }
  job->touched = touched;
  return stop(job, DONE, count, lines, room);
}

struct UsageBooks {
  double *owed, *balance, *charges, *arrearsSince;
};

// Returns -1, or the first account that owes more than the limit: then nothing is settled.
EXPORT("settleUsage")
int32_t settleUsage(const struct UsageBooks *books, int32_t accounts, double now, double topUp) {
  double *restrict owed = books->owed, *restrict balance = books->balance, *restrict charges = books->charges;
  double *restrict arrearsSince = books->arrearsSince;
  int32_t beyond = 0;
  for (int32_t at = 0; at < accounts; at++) beyond |= owed[at] > MONEY_LIMIT;
  if (beyond)
    for (int32_t at = 0; at < accounts; at++)
      if (owed[at] > MONEY_LIMIT) return at;
  for (int32_t at = 0; at < accounts; at++) {
    double amount = owed[at];
    if (amount == 0) continue;
    owed[at] = 0;
    charges[at] += amount;
    if (balance[at] < amount) {
      arrearsSince[at] = now;
      balance[at] += topUp;
    }
    balance[at] -= amount;
  }
  return -1;
}
