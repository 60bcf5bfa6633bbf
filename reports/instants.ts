/** Instants for people: ISO 8601 in civil time with its offset (T-02). */

/** `2024-03-01T00:00:00+08:00`; milliseconds are written only where there are any. */
export function isoInstant(instant: number, utcOffset: number): string {
  const text = new Date(instant + utcOffset).toISOString().slice(0, -1)
  return `${text.endsWith('.000') ? text.slice(0, -4) : text}${offsetText(utcOffset)}`
}

/** `2024-03-01 00:00`: an instant in civil time, for the eye. */
export const shownInstant = (instant: number, utcOffset: number): string =>
  new Date(instant + utcOffset).toISOString().slice(0, 16).replace('T', ' ')

/** `2024-03-01`: the civil day. */
export const civilDay = (instant: number, utcOffset: number): string =>
  new Date(instant + utcOffset).toISOString().slice(0, 10)

/** `2024-03-01` of a civil day, counted from 1 January 1970. */
export const dateText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** `12 June 2023`: the civil day, for the eye. */
export function longDay(instant: number, utcOffset: number): string {
  const [year, month, day] = civilDay(instant, utcOffset).split('-')
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`
}

/** `+08:00` of milliseconds. */
export function offsetText(milliseconds: number): string {
  const minutes = Math.abs(milliseconds) / 60_000
  const part = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${milliseconds < 0 ? '-' : '+'}${part(minutes / 60)}:${part(minutes % 60)}`
}
