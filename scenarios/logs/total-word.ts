/** What the rows below a table are called that add up those above. */
const TOTAL =
  /^\W*(grand[ -]?|sub[ -]?|net[ -]?|gross[ -]?)?(total(s|es?|i|t)?|totais|sum|summe|zwischensumme|(gesamt|teil)ergebnis|gesamt(summe|betrag)?|eindtotaal|somme|suma|summa|totaal|i alt|razem|celkem|toplam|yhteensä|amount due|balance due)\b/i

/** Letters that no `\b` ends. */
const OTHER_LETTERS = /^(?:итого|всего|σύνολο|összesen|合計|小計|総計|總計|总计|合计|小计|합계|총계|المجموع)/iu

/** What names what it adds up first, as spreadsheets of several languages do: `acme Total`, `acme Ergebnis`. */
const ENDS_IN_TOTAL = /\s((sub[ -]?|grand[ -]?)?total|ergebnis|summe|totale|totaal|suma)\W*$/i

/** How lists of SAP mark totals, by their level. */
const STARS = /^\*{1,9}$/

/** Whether a cell of a row without the keys of a row names a total. */
export const isTotalOf = (text: string): boolean => isTotalWord(text) || ENDS_IN_TOTAL.test(text) || STARS.test(text)

/** Whether a cell names a total. */
export const isTotalWord = (text: string): boolean => TOTAL.test(text) || OTHER_LETTERS.test(text.trim())
