import { madeOnce } from '../house/suite-folder.ts'
import { type goldenNames, writeGoldenRun } from './golden-reports.ts'

/** The run folder of a scenario of this folder with all its reports, made once in a suite, on one thread. */
export async function sharedGoldenRun(name: (typeof goldenNames)[number]): Promise<string> {
  const { folder } = await madeOnce(`golden-${name}`, async (made) => {
    await writeGoldenRun(name, 1, made)
    return {}
  })
  return folder
}
