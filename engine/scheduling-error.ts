/** A program asked the kernel for something impossible. The message says what, when, and how to fix it. */
export class SchedulingError extends Error {
  override readonly name = 'SchedulingError'

  static time(time: number, now: number, what: string): SchedulingError {
    if (time < now)
      return new SchedulingError(
        `'${what}' at ${time} is ${now - time} ms in the past of the clock, which shows ${now}; schedule it at kernel.now or later`,
      )
    return new SchedulingError(
      `'${what}' at ${time}: a time is a whole number of milliseconds up to 2^53 - 1 (the clock shows ${now}); round it before scheduling, and do not schedule what never happens`,
    )
  }

  static wide(what: string, entity: number, a: number, b: number): SchedulingError {
    return new SchedulingError(
      `'${what}' with entity ${entity}, a ${a}, b ${b}: each must be an int32; keep larger values in columns of your own and pass their index`,
    )
  }

  static start(start: number): SchedulingError {
    return new SchedulingError(`start ${start}: a clock starts at a whole number of milliseconds, 0 or more`)
  }

  static end(end: number, now: number): SchedulingError {
    return new SchedulingError(
      `runUntil(${end}): the clock shows ${now}; give a whole number of milliseconds that is not earlier, or Infinity`,
    )
  }

  static rank(name: string, rank: number): SchedulingError {
    return new SchedulingError(`kind '${name}' with rank ${rank}: a rank is a whole number from 0 to 31`)
  }

  static twice(name: string): SchedulingError {
    return new SchedulingError(`kind '${name}' is already registered with this kernel; give each kind its own name`)
  }

  static unknown(kind: number): SchedulingError {
    return new SchedulingError(
      `kind ${kind} is not registered with this kernel; schedule with what kernel.on() returned`,
    )
  }

  static tooManyKinds(name: string, most: number): SchedulingError {
    return new SchedulingError(`kind '${name}' is one more than ${most}; distinguish cases by a or b instead`)
  }

  static nested(): SchedulingError {
    return new SchedulingError(
      'the kernel is running; handlers must not call runUntil or restore: schedule an event instead',
    )
  }

  static rankChanged(name: string): SchedulingError {
    return new SchedulingError(
      `kind '${name}' had another rank when the state was saved; restore with the same program`,
    )
  }

  static structure(saved: string, ours: string): SchedulingError {
    return new SchedulingError(
      `the state was saved by a kernel with list '${saved}', this one has '${ours}'; create it with the same`,
    )
  }

  static missing(name: string): SchedulingError {
    return new SchedulingError(
      `the saved state has pending events of kind '${name}'; register it with kernel.on() before restore()`,
    )
  }
}
