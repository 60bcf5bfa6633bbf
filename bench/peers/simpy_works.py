"""The works of the peers' bench in SimPy, as its documentation would write them.

usage: simpy_works.py hold <pending> <shift> <span> | queue <customers> <table> | tickers <size> <hours>
Prints ns of processor time an operation and the digest.
"""
import sys
from time import process_time

import simpy

MASK = 0xFFFFFFFF


def mix(time, entity):
    x = (int(time) ^ entity * 0x9E3779B1) & MASK
    x = (x ^ x >> 16) * 0x85EBCA6B & MASK
    x = (x ^ x >> 13) * 0xC2B2AE35 & MASK
    return x ^ x >> 16


def hold(pending, shift, span):
    env = simpy.Environment()
    total = [0, 0]

    def act(entity):
        yield env.timeout(1 + (mix(0, entity) >> shift))
        while True:
            chance = mix(env.now, entity)
            total[0] += chance
            total[1] += 1
            yield env.timeout(1 + (chance >> shift))

    for entity in range(pending):
        env.process(act(entity))
    env.run(until=span)
    before, began = total[1], process_time()
    env.run(until=2 * span)
    return process_time() - began, total[1] - before, total[0]


def queue(customers, table):
    exponential = [int(x) for x in table.split(',')]
    env = simpy.Environment()
    servers = simpy.Resource(env, capacity=10)
    total = [0]

    def customer(number):
        with servers.request() as turn:
            yield turn
            yield env.timeout(8 * exponential[mix(number, 2) >> 20])
        total[0] += mix(env.now, number)

    def source():
        for number in range(customers):
            yield env.timeout(exponential[mix(number, 1) >> 20])
            env.process(customer(number))

    env.process(source())
    began = process_time()
    env.run()
    return process_time() - began, customers, total[0]


def tickers(size, hours):
    env = simpy.Environment()
    total = [0] * size

    def tick(entity, price):
        for _ in range(hours):
            yield env.timeout(3600000)
            total[entity] += price

    for entity in range(size):
        env.process(tick(entity, mix(entity, 3) & 0xFFFF))
    began = process_time()
    env.run()
    return process_time() - began, size * hours, sum(mix(amount & MASK, entity) for entity, amount in enumerate(total))


WORKS = {'hold': hold, 'queue': queue, 'tickers': tickers}
work, *arguments = sys.argv[1:]
took, operations, digest = WORKS[work](*[x if ',' in x else int(x) for x in arguments])
print('%.2f %08x' % (took * 1e9 / operations, digest & MASK))
