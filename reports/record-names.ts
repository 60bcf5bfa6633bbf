/** Tables of a connection that give every report its names: the record itself is never written. */
import type Database from 'better-sqlite3'

/**
 * Names every report needs, as tables of this connection only (the record itself is never written): the run (`measured_from`
 * is from when figures count, `measured_hour` the first clock hour that does), its civil months (and `slices` of them, cut where
 * figures begin to count), pools as `zone/flavour`, what can be bought, and who buys. A crowd is the buyers of one segment and region:
 * facts are summed by its number and get their names when they are few.
 */
export const setup = `
CREATE TEMP TABLE months (no INTEGER PRIMARY KEY, month TEXT, first INTEGER, next INTEGER);
INSERT INTO months
WITH RECURSIVE run(start, "end", utc_offset) AS (SELECT start, "end", utc_offset FROM temp.run),
  month(first) AS (
    SELECT unixepoch((start + utc_offset) / 1000, 'unixepoch', 'start of month') * 1000 - utc_offset FROM run
    UNION ALL
    SELECT unixepoch((first + utc_offset) / 1000, 'unixepoch', '+1 month') * 1000 - utc_offset FROM month, run
    WHERE unixepoch((first + utc_offset) / 1000, 'unixepoch', '+1 month') * 1000 - utc_offset < "end")
SELECT row_number() OVER (ORDER BY first), strftime('%Y-%m', (first + utc_offset) / 1000, 'unixepoch'), first,
  unixepoch((first + utc_offset) / 1000, 'unixepoch', '+1 month') * 1000 - utc_offset
FROM month, run;
CREATE TEMP TABLE slices (month INTEGER, measured INTEGER, first INTEGER, next INTEGER, first_hour INTEGER, next_hour INTEGER);
INSERT INTO slices
SELECT no, 1, CASE WHEN measured_from > start THEN max(first, measured_from) ELSE first END, next,
  CASE WHEN measured_from > start THEN max(first, measured_hour) ELSE first END, next
FROM months, run WHERE next > measured_from
UNION ALL
SELECT no, 0, first, min(next, measured_from), first, min(next, measured_hour)
FROM months, run WHERE first < measured_from AND measured_from > start;
CREATE TEMP TABLE pool_names (id INTEGER PRIMARY KEY, pool TEXT, region TEXT, flavour TEXT);
INSERT INTO pool_names
SELECT p.id, z.zone || '/' || p.flavour AS pool, r.region, p.flavour
FROM pools p JOIN zones z ON z.id = p.zone_id JOIN regions r ON r.id = p.region_id;
CREATE TEMP TABLE goods
  (id INTEGER PRIMARY KEY, product TEXT, kind TEXT, specification TEXT, billing TEXT, seller TEXT);
INSERT INTO goods
SELECT s.id, p.product, p.kind, s.specification, s.billing, sl.segment || '/' || sl.number
FROM specifications s JOIN products p ON p.id = s.product_id LEFT JOIN sellers sl ON sl.id = p.seller_id;
CREATE TEMP TABLE buyers (id INTEGER PRIMARY KEY, segment TEXT, region TEXT, crowd INTEGER);
INSERT INTO buyers
SELECT a.id, a.segment, r.region, dense_rank() OVER (ORDER BY a.segment, r.region)
FROM accounts a LEFT JOIN regions r ON r.id = a.region_id;
CREATE TEMP TABLE crowds (id INTEGER PRIMARY KEY, segment TEXT, region TEXT);
INSERT INTO crowds SELECT DISTINCT crowd, segment, region FROM buyers;
ANALYZE temp;
`

/**
 * `paid_lines`: the lines that orders were paid by, as the record's own view of that name has them, and as fast as
 * `order_lines` where no order was paid by other lines than its own.
 */
export function namePaidLines(database: Database.Database): void {
  const columns = 'order_id, line, part, plan, amount, rule'
  const isOther = database.prepare('SELECT EXISTS (SELECT 1 FROM order_requotes)').pluck().get() === 1n
  database.exec(
    isOther
      ? `CREATE TEMP TABLE paid_lines (order_id INTEGER, line INTEGER, part INTEGER, plan INTEGER, amount INTEGER, rule INTEGER);
         INSERT INTO temp.paid_lines SELECT ${columns} FROM order_lines WHERE order_id NOT IN (SELECT order_id FROM order_requotes);
         INSERT INTO temp.paid_lines SELECT ${columns} FROM order_requotes;
         CREATE INDEX temp.paid_lines_of ON paid_lines (order_id)`
      : `CREATE TEMP VIEW paid_lines AS SELECT ${columns} FROM order_lines`,
  )
}
