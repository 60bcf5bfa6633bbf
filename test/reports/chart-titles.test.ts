/** Every chart says what it shows: a title, a title for each axis, and colours that the eye tells apart. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { seriesColours } from '#reports/html/chart.ts'
import { sharedGoldenRun } from '../golden/shared-golden-run.ts'

interface Specification {
  readonly title?: { readonly text?: string }
  readonly encoding?: Readonly<Record<string, { readonly field?: string; readonly title?: unknown }>>
  readonly layer?: readonly Specification[]
  readonly spec?: Specification
}

/** Axes of a chart, also of its layers and parts. */
function axesOf({ encoding = {}, layer = [], spec }: Specification): { name: string; title: unknown }[] {
  const own = ['x', 'y'].flatMap((name) =>
    encoding[name]?.field === undefined ? [] : [{ name, title: encoding[name].title }],
  )
  return [...own, ...layer.flatMap(axesOf), ...(spec === undefined ? [] : axesOf(spec))]
}

test.each(['servers', 'disputes'] as const)(
  'every chart of %s has a title, and so has each of its axes',
  async (name) => {
    const folder = join(await sharedGoldenRun(name), 'charts')
    const files = readdirSync(folder)
    expect(files.length).toBeGreaterThan(6)
    for (const file of files) {
      const specification: Specification = JSON.parse(readFileSync(join(folder, file), 'utf8'))
      expect(specification.title?.text, file).toMatch(/^[A-Z]/)
      const axes = axesOf(specification)
      expect(axes.length, file).toBeGreaterThan(1)
      for (const { name: axis, title } of axes) expect(title, `${file}: ${axis}`).toMatch(/\w/)
    }
  },
)

/** CIE L*a*b* of a colour of the screen (D65). */
function labOf(colour: string): [number, number, number] {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  const [x, y, z] = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ].map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116))
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

test('ten series have ten colours, none close to another', () => {
  expect(new Set(seriesColours).size).toBe(10)
  const labs = seriesColours.map(labOf)
  const distances = labs.flatMap((a, index) =>
    labs.slice(index + 1).map((b) => Math.hypot(...a.map((value, part) => value - b[part]))),
  )
  expect(Math.min(...distances)).toBeGreaterThan(20)
})
