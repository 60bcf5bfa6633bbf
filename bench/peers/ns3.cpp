// HOLD with the schedulers of ns-3, bare: one shared event object, the entity rides in the key's context.
// usage: ns3 <scheduler> <pending> <shift> <span ms>; see limit/engine.cpp
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <ns3/calendar-scheduler.h>
#include <ns3/event-impl.h>
#include <ns3/heap-scheduler.h>
#include <ns3/map-scheduler.h>
#include <ns3/priority-queue-scheduler.h>

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

struct Nothing : ns3::EventImpl {
  void Notify() override {}
};

int main(int count, char **words) {
  if (count < 5) return 1;
  size_t pending = strtoull(words[2], nullptr, 10), span = strtoull(words[4], nullptr, 10), events = 0;
  int shift = atoi(words[3]);
  ns3::Ptr<ns3::Scheduler> list;
  if (!strcmp(words[1], "map")) list = ns3::CreateObject<ns3::MapScheduler>();
  else if (!strcmp(words[1], "heap")) list = ns3::CreateObject<ns3::HeapScheduler>();
  else if (!strcmp(words[1], "calendar")) list = ns3::CreateObject<ns3::CalendarScheduler>();
  else if (!strcmp(words[1], "priority-queue")) list = ns3::CreateObject<ns3::PriorityQueueScheduler>();
  else return 1;
  Nothing nothing;
  uint32_t sequence = 4, digest = 0;
  for (uint32_t entity = 0; entity < pending; entity++)
    list->Insert({&nothing, {1 + (uint64_t)(mix(0, entity) >> shift), sequence++, entity}});
  ns3::Scheduler::Event event = list->RemoveNext();
  double began = 0;
  for (int part = 1; part <= 2; part++) {
    events = 0;
    began = processorNs();
    for (; event.key.m_ts < part * span; event = list->RemoveNext()) {
      uint32_t chance = mix((uint32_t)event.key.m_ts, event.key.m_context);
      digest += chance;
      events++;
      list->Insert({&nothing, {event.key.m_ts + 1 + (chance >> shift), sequence++, event.key.m_context}});
    }
  }
  printf("%.2f %08x\n", (processorNs() - began) / events, digest);
}
