/** Names and references shared by the sections. */
import { z } from '../zod.ts'

const idWords = 'expected an id of letters, digits, - _ or . (at most 64), such as ap-1 or c6.large'
const beginWords = 'expected an id, which must begin with a letter or digit, such as ap-1 or c6.large'

/** What an item is called by others. */
export const id = z.string({ error: idWords }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: ({ input }) => (/^[._-]/.test(String(input)) ? beginWords : idWords),
})

/** A title for people. */
export const title = z.string().min(1).max(200)

/** What random streams start from: a text, or a whole number. */
export const seed = z
  .union([z.string().min(1).max(200), z.int().transform(String)], {
    error: 'expected a seed: a text or a whole number',
  })
  .describe('Random seed.')

/** One member of a segment, `isv/3`: its segment and its number, from 1. */
export const member = z
  .string({ error: 'expected segment/number such as isv/1' })
  .transform((text, context) => {
    const match = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/([1-9]\d{0,8})$/.exec(text)
    if (match) return { segment: match[1], number: Number(match[2]) }
    context.addIssue({ code: 'custom', message: 'expected segment/number such as isv/1' })
    return z.NEVER
  })
  .meta({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*/[1-9]\\d*$' })

export type Member = z.output<typeof member>

/** What may be left out and is null then: one key less to test for `undefined`. */
export const maybe = <S extends z.ZodType>(schema: S) =>
  schema.optional().transform((value): z.output<S> | null => value ?? null)
