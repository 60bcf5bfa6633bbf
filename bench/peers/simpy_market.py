"""The market of the peers' bench in SimPy, request by request.

A request takes a server of the pool or is refused. The server is created in 90 s and deleted at the end of its lifetime.
A tick an hour meters it: the server by the second, its image by the started hour. An hour later what a buyer owes for the
hour is charged to their balance. Amounts are whole 1e-8, and what happens is kept as facts.

usage: simpy_market.py <requests> <buyers> <servers> <days>
Prints ns of processor time a market event and the counts.
"""
import csv
import sys
from time import process_time

import simpy

HOUR = 3_600_000
CREATION = 90_000
SERVER, IMAGE = 12_000_000, 5_000_000

path, buyers, servers, days = sys.argv[1], *map(int, sys.argv[2:])
with open(path, newline='') as file:
    requests = [tuple(map(int, row)) for row in list(csv.reader(file))[1:]]

env = simpy.Environment()
pool = simpy.Container(env, capacity=servers, init=servers)
balance = [100_000 * 10**8] * buyers
owed = [{} for _ in range(days * 24)]
end = days * 24 * HOUR
orders = refusals = metered = settled = charged = 0
facts = []


def requesting():
    global orders, refusals
    for at, lifetime, buyer in requests:
        yield env.timeout(at - env.now)
        if pool.level == 0:
            refusals += 1
            facts.append((env.now, 'refused', buyer, 0))
            continue
        orders += 1
        facts.append((env.now, 'ordered', buyer, 0))
        env.process(server(buyer, lifetime))


def server(buyer, lifetime):
    global metered, charged
    yield pool.get(1)
    yield env.timeout(CREATION)
    facts.append((env.now, 'running', buyer, 0))
    since, deletion = env.now, env.now + lifetime
    while since < deletion:
        until = min((since // HOUR + 1) * HOUR, deletion)
        yield env.timeout(until - since)
        seconds = until // 1000 - since // 1000
        amount = SERVER * seconds // 3600 + IMAGE
        hour = owed[since // HOUR]
        hour[buyer] = hour.get(buyer, 0) + amount
        charged += amount
        metered += 2 if seconds > 0 else 1
        facts.append((env.now, 'used', buyer, amount))
        since = until
    yield pool.put(1)
    facts.append((env.now, 'deleted', buyer, 0))


def settlement():
    yield env.timeout(HOUR)
    for hour in range(len(owed) - 1):
        yield env.timeout(HOUR)
        settle(hour)


def settle(hour):
    global settled
    for buyer, amount in owed[hour].items():
        balance[buyer] -= amount
        settled += 1
        facts.append((env.now, 'settled', buyer, amount))


env.process(requesting())
env.process(settlement())
began = process_time()
# The hour that ends with the run is metered and charged as well.
env.run(until=end + 1)
settle(len(owed) - 1)
seconds = process_time() - began
events = orders + refusals + metered + settled
print(f'{seconds * 1e9 / events:.2f} {orders}/{refusals}/{metered}/{settled}/{charged}')
