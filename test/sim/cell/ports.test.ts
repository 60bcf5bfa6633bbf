import { expect, test } from 'vitest'
import { LinkedList } from '#sim/cell/linked-list.ts'
import { nextMilestone } from '#sim/cell/milestones.ts'
import { Gate, Port } from '#sim/cell/port.ts'
import { NONE, row, table } from '#sim/cell/table.ts'

test('handlers of a port run in the order in which they were connected; without one nothing happens', () => {
  const port = new Port<[number]>()
  port.emit(1)
  const heard: string[] = []
  port.connect((event) => heard.push(`first ${event}`))
  port.emit(2)
  port.connect((event) => heard.push(`second ${event}`))
  port.emit(3)
  expect(heard).toEqual(['first 2', 'first 3', 'second 3'])
})

test('a gate without listeners says no, and stops asking after the first yes', () => {
  const gate = new Gate<[number]>()
  expect(gate.ask(1)).toBe(false)
  const asked: string[] = []
  gate.connect((value) => asked.push('odd') > 0 && value % 2 === 1)
  gate.connect((value) => asked.push('big') > 0 && value > 9)
  expect([gate.ask(3), gate.ask(10), gate.ask(4)]).toEqual([true, true, false])
  expect(asked).toEqual(['odd', 'odd', 'big', 'odd', 'big'])
})

function listOf(count: number) {
  const owners = table('owners', { first: row('things'), last: row('things') })
  const things = table('things', { next: row('things'), previous: row('things') }, 1)
  const list = new LinkedList({
    first: () => owners.first,
    last: () => owners.last,
    next: () => things.next,
    previous: () => things.previous,
  })
  const owner = owners.add()
  const rows = Array.from({ length: count }, () => things.add())
  const all = () => {
    const found: number[] = []
    list.each(owner, (each) => found.push(each))
    return found
  }
  return { list, owner, rows, all }
}

test.each([0, 1, 2, 3])('a list of three keeps its order when row %i leaves, also backwards', (gone) => {
  const { list, owner, rows, all } = listOf(4)
  for (const each of rows.slice(0, 3)) list.append(owner, each)
  list.remove(owner, rows[gone])
  // Row 3 is in no list, and leaving it changes nothing.
  expect(all()).toEqual([0, 1, 2].filter((each) => each !== gone))
  list.prepend(owner, rows[3])
  if (gone === 3) return
  expect(all()[0]).toBe(rows[3])
  for (const each of all()) list.remove(owner, each)
  expect([list.isEmpty(owner), list.first(owner)]).toEqual([true, NONE])
})

test('a visitor may remove the row it is given, and a row is found by what holds of it', () => {
  const { list, owner, rows, all } = listOf(3)
  for (const each of rows) list.append(owner, each)
  expect([list.find(owner, (each) => each > 0), list.find(owner, (each) => each > 9)]).toEqual([1, NONE])
  list.each(owner, (each) => {
    if (each !== 1) list.remove(owner, each)
  })
  expect(all()).toEqual([1])
})

test('A-06: milestones of a phase that is shorter than their lead are left out; its end never is', () => {
  const days = (count: number) => count * 86_400_000
  const milestones = [
    { daysBefore: 5, notice: 'freeze-in-5-days' },
    { daysBefore: 2, notice: 'freeze-in-2-days' },
    { daysBefore: 0, notice: 'frozen' },
  ] as const
  const next = (end: number, from = 0, silent = false) =>
    nextMilestone(milestones, from, { end: days(end), now: days(10), silent })
  expect(next(20)).toEqual({ index: 0, at: days(15) })
  expect(next(20, 1)).toEqual({ index: 1, at: days(18) })
  expect(next(13)).toEqual({ index: 1, at: days(11) })
  expect(next(12)).toEqual({ index: 2, at: days(12) })
  expect(next(20, 0, true)).toEqual({ index: 2, at: days(20) })
  expect(next(4)).toEqual({ index: 2, at: days(10) })
  expect(next(20, 3)).toBeNull()
})
