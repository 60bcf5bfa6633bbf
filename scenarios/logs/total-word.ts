/** What the rows below a table are called that add up those above. */
const TOTAL =
  /^\W*(grand[ -]?|sub[ -]?|net[ -]?|gross[ -]?)?(total(s|e)?|sum|summe|zwischensumme|gesamt(summe|betrag)?|somme|suma|totaal|amount due|balance due)\b/i

/** What names what it adds up first: `acme Total`. */
const ENDS_IN_TOTAL = /\s(sub[ -]?|grand[ -]?)?total\W*$/i

/** How lists of SAP mark totals, by their level. */
const STARS = /^\*{1,9}$/

/** Whether a cell of a row without the keys of a row names a total. */
export const isTotalOf = (text: string): boolean => isTotalWord(text) || ENDS_IN_TOTAL.test(text) || STARS.test(text)

/** Whether a cell names a total. */
export const isTotalWord = (text: string): boolean => TOTAL.test(text)
