/** `term-end`: start, months, renewals? */
import { formatInstant, parseInstant } from '#base/civil-time.ts'
import { termEnds } from '../../billing/term.ts'
import { listOf, operation, wholeNumber } from '../request.ts'

const MOST_MONTHS = 1200

export const termEnd = operation(['start', 'months', 'renewals'], (request, policies) => {
  const offset = policies['time.utcOffset']
  const start = parseInstant(request.start, 'start')
  const months = wholeNumber(request.months, 'months', 1, MOST_MONTHS)
  const renewals = listOf(request.renewals ?? [], 'renewals').map((renewal, index) =>
    wholeNumber(renewal, `renewals[${index}]`, 1, MOST_MONTHS),
  )
  const ends = termEnds(start, months, renewals, offset, policies['renewal.alignDay'])
  return { fields: { ends: ends.map((end) => formatInstant(end, offset)) } }
})
