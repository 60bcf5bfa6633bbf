// HOLD with bare C++ structures: the limit beside which the engine is measured.
// usage: engine <structure> <pending> <shift> <span ms>
// Each event schedules the next one of its entity, 1 .. 2^(32 - shift) ms later; delays come from a hash of time and
// entity that every subject repeats. The first span warms up, the second one is timed. Prints ns of processor time an
// event and the digest of both.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

struct Event {
  uint64_t time;
  uint32_t sequence;
  int32_t entity;
};

static inline bool before(const Event &x, const Event &y) {
  return x.time != y.time ? x.time < y.time : x.sequence < y.sequence;
}

/** Implicit heap with D children a node. */
template <int D> struct Heap {
  std::vector<Event> heap;
  Heap(size_t n, uint64_t, uint64_t) { heap.reserve(n + 1); }
  void push(Event event) {
    size_t place = heap.size();
    heap.push_back(event);
    while (place > 0) {
      size_t parent = (place - 1) / D;
      if (!before(event, heap[parent])) break;
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = event;
  }
  Event pop() {
    Event first = heap[0], last = heap.back();
    heap.pop_back();
    size_t size = heap.size(), place = 0;
    for (;;) {
      size_t child = D * place + 1;
      if (child >= size) break;
      size_t best = child, end = std::min(child + D, size);
      for (size_t c = child + 1; c < end; c++)
        if (before(heap[c], heap[best])) best = c;
      if (!before(heap[best], last)) break;
      heap[place] = heap[best];
      place = best;
    }
    if (size > 0) heap[place] = last;
    return first;
  }
};

/** Calendar queue (Brown 1988): sorted singly linked days, one event a day on average. */
struct Calendar {
  struct Node {
    Event event;
    int32_t next;
  };
  std::vector<Node> nodes;
  std::vector<int32_t> days;
  std::vector<int32_t> freed;
  uint64_t mask, width, today, clock;
  Calendar(size_t n, uint64_t start, uint64_t mean) {
    size_t count = 1;
    while (count < n) count *= 2;
    days.assign(count, -1);
    mask = count - 1;
    width = std::max<uint64_t>(1, mean / n);
    today = start / width;
    clock = start;
  }
  void push(Event event) {
    int32_t at;
    if (freed.empty()) {
      at = (int32_t)nodes.size();
      nodes.push_back({event, -1});
    } else {
      at = freed.back();
      freed.pop_back();
      nodes[at].event = event;
    }
    int32_t *link = &days[(event.time / width) & mask];
    while (*link >= 0 && !before(event, nodes[*link].event)) link = &nodes[*link].next;
    nodes[at].next = *link;
    *link = at;
  }
  Event pop() {
    for (;; today++) {
      int32_t &first = days[today & mask];
      if (first >= 0 && nodes[first].event.time / width == today) {
        int32_t at = first;
        first = nodes[at].next;
        freed.push_back(at);
        return nodes[at].event;
      }
    }
  }
};

/** Hierarchical timing wheel, lists in arrays; a slot keeps the order of scheduling, a tick is one instant. */
template <int BITS> struct Wheel {
  static constexpr int LEVELS = (48 + BITS - 1) / BITS, SLOTS = 1 << BITS, WORDS = (SLOTS + 63) / 64;
  struct Node {
    uint64_t time;
    uint32_t sequence;
    int32_t entity;
    int32_t next;
  };
  std::vector<Node> nodes;
  std::vector<int32_t> freed;
  int32_t head[LEVELS][SLOTS], tail[LEVELS][SLOTS];
  uint64_t occupied[LEVELS][WORDS], summary[LEVELS];
  uint64_t clock;
  Wheel(size_t, uint64_t start, uint64_t) {
    memset(head, 255, sizeof head);
    memset(occupied, 0, sizeof occupied);
    memset(summary, 0, sizeof summary);
    clock = start;
  }
  void hang(int32_t at, uint64_t time) {
    uint64_t differs = time ^ clock;
    int level = differs == 0 ? 0 : (63 - __builtin_clzll(differs)) / BITS;
    int slot = (time >> (level * BITS)) & (SLOTS - 1);
    nodes[at].next = -1;
    if (head[level][slot] < 0) {
      head[level][slot] = at;
      occupied[level][slot >> 6] |= 1ull << (slot & 63);
      summary[level] |= 1ull << (slot >> 6);
    } else
      nodes[tail[level][slot]].next = at;
    tail[level][slot] = at;
  }
  void push(Event event) {
    int32_t at;
    if (freed.empty()) {
      at = (int32_t)nodes.size();
      nodes.push_back({});
    } else {
      at = freed.back();
      freed.pop_back();
    }
    nodes[at].time = event.time;
    nodes[at].sequence = event.sequence;
    nodes[at].entity = event.entity;
    hang(at, event.time);
  }
  void vacate(int level, int slot) {
    head[level][slot] = -1;
    if ((occupied[level][slot >> 6] &= ~(1ull << (slot & 63))) == 0) summary[level] &= ~(1ull << (slot >> 6));
  }
  Event pop() {
    for (;;) {
      int level = 0;
      while (summary[level] == 0) level++;
      int word = __builtin_ctzll(summary[level]);
      int slot = word * 64 + __builtin_ctzll(occupied[level][word]);
      int32_t at = head[level][slot];
      if (level == 0 || nodes[at].next < 0) {
        if (nodes[at].next < 0)
          vacate(level, slot);
        else
          head[level][slot] = nodes[at].next;
        clock = nodes[at].time;
        freed.push_back(at);
        return {nodes[at].time, nodes[at].sequence, nodes[at].entity};
      }
      vacate(level, slot);
      uint64_t span = (uint64_t)BITS * level;
      clock = (((clock >> (span + BITS)) << BITS) | slot) << span;
      while (at >= 0) {
        int32_t next = nodes[at].next;
        hang(at, nodes[at].time);
        at = next;
      }
    }
  }
};

static inline uint32_t mix(uint32_t time, uint32_t entity) {
  uint32_t x = time ^ entity * 0x9e3779b1u;
  x = (x ^ x >> 16) * 0x85ebca6bu;
  x = (x ^ x >> 13) * 0xc2b2ae35u;
  return x ^ x >> 16;
}

static double processorNs() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

template <class List> void hold(size_t pending, int shift, uint64_t span) {
  static List *list = new List(pending, 0, 1ull << (31 - shift));
  uint32_t sequence = 0, digest = 0;
  for (uint32_t entity = 0; entity < pending; entity++)
    list->push({1 + (uint64_t)(mix(0, entity) >> shift), sequence++, (int32_t)entity});
  Event event = list->pop();
  size_t events = 0;
  double began = 0;
  for (int part = 1; part <= 2; part++) {
    events = 0;
    began = processorNs();
    for (; event.time < part * span; event = list->pop()) {
      uint32_t chance = mix((uint32_t)event.time, event.entity);
      digest += chance;
      events++;
      list->push({event.time + 1 + (chance >> shift), sequence++, event.entity});
    }
  }
  printf("%.2f %08x\n", (processorNs() - began) / events, digest);
}

int main(int count, char **words) {
  if (count < 5) return 1;
  size_t pending = strtoull(words[2], nullptr, 10), span = strtoull(words[4], nullptr, 10);
  int shift = atoi(words[3]);
  if (!strcmp(words[1], "binary-heap")) hold<Heap<2>>(pending, shift, span);
  else if (!strcmp(words[1], "4-ary-heap")) hold<Heap<4>>(pending, shift, span);
  else if (!strcmp(words[1], "calendar-queue")) hold<Calendar>(pending, shift, span);
  else if (!strcmp(words[1], "timing-wheel-6")) hold<Wheel<6>>(pending, shift, span);
  else if (!strcmp(words[1], "timing-wheel-10")) hold<Wheel<10>>(pending, shift, span);
  else return 1;
}
