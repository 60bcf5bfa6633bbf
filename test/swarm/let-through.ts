/**
 * What the swarm may ask: each feature of a scenario is tried once in a scenario of nothing else. What the reader
 * refuses as not simulated yet is never drawn, so the swarm grows by itself with the simulation.
 */
import { stringify } from 'yaml'
import { ScenarioFaults } from '#scenarios/faults.ts'
import { parseScenario } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'

export type Doc = Record<string, unknown>

export const yamlOf = (doc: Doc): string => stringify(doc, { lineWidth: 0, aliasDuplicateObjects: false })

/** The scenario of a document; null where the reader refuses it as not yet simulated. Faults without that are thrown. */
export function readDoc(doc: Doc): Scenario | null {
  try {
    return parseScenario(yamlOf(doc), 'swarm.yaml')
  } catch (error) {
    if (error instanceof ScenarioFaults && error.faults.some(({ what }) => what.startsWith('not yet'))) return null
    throw error
  }
}

const plainPool = { flavour: 'f1', capacity: 1, hourly: '1' }
const plainSpecification = { id: 's1', billing: 'monthly', plans: [{ months: 1, price: '1' }] }
const plainProduct = { id: 'p1', kind: 'saas', seller: 'isv/1', category: 'c', specifications: [plainSpecification] }
const plainBuy = { product: 'p1', specification: 's1' }

/** Where a feature is put into the plain scenario. */
export interface Feature {
  readonly top?: Doc
  readonly policies?: Doc
  readonly pool?: Doc
  readonly seller?: Doc
  readonly product?: Doc
  readonly specification?: Doc
  readonly buyer?: Doc
  readonly buy?: Doc
}

/** Whether a feature is simulated. */
export function isLetThrough({ top, policies, pool, seller, product, specification, buyer, buy }: Feature): boolean {
  const bought = { ...plainSpecification, ...specification } as Doc
  if (bought.plans === undefined) delete bought.plans
  const doc = {
    name: 'swarm',
    start: '2024-01-01T00:00:00Z',
    duration: '31d',
    policies: policies ?? {},
    regions: [{ id: 'r1', zones: [{ id: 'z1', pools: [{ ...plainPool, ...pool }] }] }],
    sellers: [{ segment: 'isv', ...seller }],
    catalog: [{ ...plainProduct, ...product, specifications: [bought] }],
    buyers: [
      { segment: 'b1', count: 1, load: { poisson: { total: '1/d' } }, buys: [{ ...plainBuy, ...buy }], ...buyer },
    ],
    ...top,
  }
  return readDoc(doc) !== null
}
