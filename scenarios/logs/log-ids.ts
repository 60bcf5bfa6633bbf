/** What a scenario calls the flavours, zones and products of a log. */
import { Ids } from './ids.ts'

export const flavourIds = () => new Ids('server')
export const zoneIds = () => new Ids('zone-1')
export const productIds = () => new Ids('image')
