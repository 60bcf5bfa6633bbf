import { InputError } from '#base/input-error.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { openPool, removeAbandoned, removeSweep } from '../pool/open-pool.ts'
import { poolOf, poolOptions } from '../pool/pool-request.ts'

export const sweepCancel: Command = {
  name: 'sweep cancel',
  positionals: { ids: { type: 'string', array: true, describe: 'IDs of sweeps, as `sweep status` shows them' } },
  options: {
    ...poolOptions,
    all: { type: 'boolean', describe: 'every sweep of the pool' },
    json: { type: 'boolean', describe: 'print the IDs of the removed sweeps as JSON' },
    abandoned: { type: 'boolean', describe: 'sweeps that no process has asked for in seven days' },
  },
  examples: [['npm start -- sweep cancel 0123456789abcdef --pool redis://queue:6379', 'remove one sweep']],
  async execute(arguments_) {
    const ids = arguments_.texts('ids')
    const [all, abandoned] = [arguments_.flag('all'), arguments_.flag('abandoned')]
    if (ids.length === 0 && !all && !abandoned)
      throw new InputError(
        'sweep cancel needs a sweep',
        'write its ID, --all or --abandoned; `sweep status` lists them',
      )
    const pool = await openPool(poolOf('sweep cancel', arguments_))
    try {
      const known = (await pool.storage.sweeps()).map(({ sweep }) => sweep.id)
      const unknown = ids.find((id) => !known.includes(id))
      if (unknown !== undefined)
        throw new InputError(
          `there is no sweep ${unknown} in the pool`,
          known.length === 0 ? 'it has no sweeps' : `it has ${known.join(', ')}`,
        )
      const removed = abandoned ? await removeAbandoned(pool) : []
      const wanted = all ? known.filter((id) => !removed.includes(id)) : ids
      for (const id of wanted) await removeSweep(pool, id)
      const gone = [...removed, ...wanted]
      if (arguments_.flag('json')) process.stdout.write(sortedJson({ removed: gone }))
      else process.stdout.write(gone.length === 0 ? 'nothing to remove\n' : `removed ${gone.join(', ')}\n`)
      return exitCodes.done.code
    } finally {
      await pool.close()
    }
  },
}
