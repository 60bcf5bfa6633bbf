/** What `calibrate` prints, and calibration.json. */
import { formatInstant } from '#base/civil-time.ts'
import { grouped } from '#base/decimal-text.ts'
import type { HeldOutFigure } from '#reports/calibration/hold-out.ts'
import type { CalibrationPageInput } from '#reports/calibration/page.ts'
import { parametersOf } from '#reports/calibration/parameters.ts'
import type { Calibration } from '#scenarios/calibration/calibration.ts'
import { type GroupFit, nameOfKind } from '#scenarios/calibration/groups.ts'
import type { PartTotals } from '#scenarios/calibration/observed.ts'
import { burstsText, stayText } from '#scenarios/calibration/scenario-text.ts'
import { parameterText } from '#scenarios/calibration/scenario-words.ts'
import type { ObservedLog } from './calibrate-log.ts'
import { printable } from './terminal.ts'

/** What a calibration says, for the page, the files and the terminal. */
export interface Calibrated extends CalibrationPageInput {
  readonly scenario: string
  readonly log: Pick<ObservedLog, 'totals' | 'skipped'>
  /** Values of the column of segments that each has. */
  readonly values: readonly (readonly string[])[]
  readonly fitted: PartTotals
  readonly heldOut: PartTotals
}

const count = (value: number): string => grouped(String(Math.round(value)))

const groupJson = ({ flavour, zone, product, months, orders, isPooled, correlation, lifetime }: GroupFit) => ({
  ...{ flavour, zone, product, months, orders, isPooled, correlation },
  ...(lifetime === undefined
    ? {}
    : {
        lifetimes: lifetime.lives,
        cutOff: lifetime.cutOff,
        family: lifetime.isEmpirical ? 'empirical' : lifetime.fits[0].name,
        distance: lifetime.distance,
        fits: lifetime.fits.map(({ name, parameters, aic }) => ({ name, parameters, aic })),
      }),
})

function segmentJson(calibration: Calibration, values: readonly string[]) {
  const { name, arrivals, bursts, burstsAic, accounts, batches, renewals, errors, groups, leftOut } = calibration
  return {
    ...{ name, values },
    arrivals: {
      ...{ profile: arrivals.profile, weights: arrivals.weights, hourly: arrivals.hourly },
      ...{ hourlyError: arrivals.hourlyError, trendPerHour: arrivals.trend, trendError: arrivals.trendError },
      ...{ dispersion: arrivals.dispersion, models: arrivals.models, bursts: bursts ?? null },
      burstsAic: burstsAic ?? null,
    },
    accounts: {
      ...accounts,
      shape: Number.isFinite(accounts.shape) ? accounts.shape : null,
      stay: accounts.stay ?? null,
    },
    batches: Object.fromEntries(batches),
    renewals: renewals ?? null,
    parameters: parametersOf(calibration).map(({ segment: _, ...each }) => each),
    errors,
    groups: groups.map(groupJson),
    leftOut,
    fitted: calibration.fitted,
    heldOut: calibration.heldOut,
  }
}

export function calibrationJson(result: Calibrated, files: readonly string[]): string {
  const { calibrations, figures, runs, log, values, fitted, heldOut } = result
  const [{ window, utcOffset }] = calibrations
  const at = (instant: number): string => formatInstant(instant, utcOffset)
  const report = {
    rows: log.totals.rows,
    skipped: Object.fromEntries(log.totals.skipped),
    leftOut: Object.fromEntries(log.totals.leftOut),
    from: at(window.start),
    heldOutFrom: at(window.split),
    until: at(window.end),
    segments: calibrations.map((each, index) => segmentJson(each, values[index])),
    fitted,
    heldOut,
    simulated: runs.map(({ seed, totals }) => ({ seed, ...totals })),
    figures: figures.map(({ segment, ...figure }) => ({ ...(segment === undefined ? {} : { segment }), ...figure })),
    files,
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

const shown = (value: number): string => (value < 100 ? value.toFixed(1) : count(value))

function figureLine({ segment, name, log, mean, low, high, distance, isWithin }: HeldOutFigure): string {
  const percent = distance === null ? '' : `${distance < 0 ? '-' : '+'}${Math.abs(distance * 100).toFixed(1)} %`
  const title = segment === undefined ? name : `${printable(segment)}: ${name}`
  return `  ${title.padEnd(37)}${shown(log).padStart(9)}${shown(mean).padStart(10)}${`${shown(low)} .. ${shown(high)}`.padStart(20)}${percent.padStart(10)}${isWithin ? '' : ' *'}`
}

function lifetimeLine(group: GroupFit): string {
  const { orders, lifetime, isPooled } = group
  const name = printable(nameOfKind(group))
  if (lifetime === undefined) return `Terms      ${name} (${count(orders)} orders)`
  const [best] = lifetime.fits
  const family = lifetime.isEmpirical ? 'empirical' : best.name
  const parameters = best.parameters.map((parameter) => parameterText(parameter)).join(', ')
  return `Lifetime   ${name} (${count(orders)} orders): ${family}${lifetime.isEmpirical ? `, as ${best.name} is ${(lifetime.distance * 100).toFixed(0)} % away` : `, ${parameters}`}${isPooled ? ', of all kinds' : ''}`
}

function arrivalLine({ arrivals, bursts }: Calibration): string {
  if (bursts !== undefined) return `Arrivals   bursts: ${burstsText(bursts)}`
  const weekly = Math.exp(arrivals.trend * 168) - 1
  return `Arrivals   ${arrivals.hourly.toPrecision(4)} ± ${(1.96 * arrivals.hourlyError).toPrecision(2)} visits an hour, profile: ${arrivals.profile}${arrivals.hasTrend ? `, ${(weekly * 100).toFixed(1)} % a week` : ', no clear trend'}; ${arrivals.dispersion.toFixed(1)} times the variance of Poisson counts`
}

/** A smaller error of a number of accounts says that all of them came. */
const LEAST_ERROR = 0.05

function segmentLines(calibration: Calibration): string[] {
  const { accounts, batches, renewals, groups } = calibration
  const visits = [...batches.values()].reduce((sum, often) => sum + often, 0)
  const several = [...batches].reduce((sum, [size, often]) => sum + (size > 1 ? often : 0), 0)
  const { errors } = accounts
  const exist =
    errors.size >= LEAST_ERROR
      ? `${count(accounts.size)} ± ${(1.96 * errors.size).toPrecision(2)}`
      : count(accounts.size)
  const churn =
    accounts.stay === undefined
      ? ''
      : `; ${(accounts.churned * 100).toFixed(0)} % left, mean stay ${stayText(accounts.stay, errors.stay)}`
  return [
    arrivalLine(calibration),
    `Batches    ${several === 0 ? 'each visit is one order' : `${count(several)} of ${count(visits)} visits have several orders`}`,
    `Accounts   ${count(accounts.seen)} came, about ${exist} exist; rates ${Number.isFinite(accounts.shape) ? `differ (gamma, shape ${accounts.shape.toPrecision(3)} ± ${(1.96 * errors.shape).toPrecision(2)})` : 'are alike'}${churn}${accounts.joined > 0 ? `; ${(accounts.joined * 100).toFixed(0)} % came later` : ''}`,
    ...(renewals === undefined
      ? []
      : [
          `Renewals   ${count(renewals.renewed)} of ${count(renewals.renewed + renewals.notRenewed)} terms that ended: ${(renewals.probability * 100).toFixed(1)} % (${(renewals.low * 100).toFixed(1)} to ${(renewals.high * 100).toFixed(1)} %)`,
        ]),
    ...groups.slice(0, 4).map(lifetimeLine),
    ...(groups.length > 4 ? [`           … and ${groups.length - 4} more kinds`] : []),
  ]
}

/** Segments that are shown on the terminal. */
const SHOWN = 6

export function calibrationScreen(result: Calibrated, files: readonly string[]): string {
  const { name, calibrations, figures, runs, log, values } = result
  const [{ window, utcOffset }] = calibrations
  const { rows, skipped } = log.totals
  const lines = [
    `Log        ${printable(name)}: ${count(rows)} rows; fitted from ${formatInstant(window.start, utcOffset)} to ${formatInstant(window.split, utcOffset)}`,
    ...[...skipped].map(([reason, often]) => `Skipped    ${count(often)}: ${printable(reason)}`),
    ...(calibrations.length === 1
      ? segmentLines(calibrations[0])
      : calibrations.slice(0, SHOWN).flatMap((each, index) => {
          const several = values[index].length === 1 ? '' : ` (${values[index].length} values)`
          return [`Segment    ${printable(each.name)}${several}`, ...segmentLines(each)]
        })),
    ...(calibrations.length > SHOWN ? [`           … and ${calibrations.length - SHOWN} more segments`] : []),
    ...(figures.length === 0
      ? []
      : [
          `Held out from ${formatInstant(window.split, utcOffset)}`.padEnd(39) +
            `${'log'.padStart(9)}${'simulated'.padStart(10)}${'95 % interval'.padStart(20)}${'distance'.padStart(10)}`,
          ...figures.map(figureLine),
          ...(figures.some(({ isWithin }) => !isWithin)
            ? [`  * the log is outside of what ${runs.length} runs and the errors of the fit vary by`]
            : []),
        ]),
    ...(files.length > 0 ? [`Written    ${files.join(', ')}`] : []),
  ]
  return `${lines.join('\n')}\n`
}
