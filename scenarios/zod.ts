/**
 * The library of the schemas. A process reads few scenarios: functions that zod generates for each object take longer to
 * make than they save.
 */
import { z } from 'zod'

z.config({ jitless: true })

export { z }
