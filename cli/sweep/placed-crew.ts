import type { Crew } from '#engine/runs/crew.ts'

/** A crew that is asked by the place of a point among some, and asks others by its place among all. */
export const placedCrew = (crew: Crew, placeOf: (index: number) => number): Crew => ({
  get size() {
    return crew.size
  },
  run: (task) => crew.run({ ...task, pointIndex: placeOf(task.pointIndex) }),
  close: () => crew.close(),
})
