/** What the rows below a table are called that add up those above. */
const TOTAL =
  /^\W*(grand[ -]?|sub[ -]?|net[ -]?|gross[ -]?)?(total(s|e)?|sum|summe|zwischensumme|gesamt(summe|betrag)?|somme|suma|totaal|amount due|balance due)\b/i

/** Whether a cell names a total. */
export const isTotalWord = (text: string): boolean => TOTAL.test(text)
