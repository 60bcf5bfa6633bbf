import { InputError } from '#base/input-error.ts'

/** A record that cannot be read, or a question that it cannot answer. `where`: the run folder or file. */
export class RecordError extends InputError {
  declare readonly where: string

  constructor(where: string, what: string, hint: string) {
    super(what, hint, where)
  }
}
