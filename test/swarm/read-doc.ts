/** Scenarios of the swarm as plain data, as text, and as read. */
import { stringify } from 'yaml'
import { parseScenario } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'

export type Doc = Record<string, unknown>

export const yamlOf = (doc: Doc): string => stringify(doc, { lineWidth: 0, aliasDuplicateObjects: false })

/** The scenario of a document. Throws ScenarioErrors: what the swarm draws is to be what the reader takes. */
export const readDoc = (doc: Doc): Scenario => parseScenario(yamlOf(doc), 'swarm.yaml')
