/** U-04: an image is billed only on a yearly/monthly server that has not expired. */
import type { Policies } from '#scenarios/policies.ts'
import { patience, patienceEnds, type Tier } from '../grace.ts'

type ExpiryPolicies = Pick<Policies, 'image.inYearlyGrace' | 'grace.days' | 'retention.days' | 'tiers'>

/** The instant from which an image on a yearly/monthly server is free: its expiry, or the end of its grace period. */
export const imageBilledUntil = (expiry: number, policies: ExpiryPolicies, tier: Tier): number =>
  policies['image.inYearlyGrace'] === 'free'
    ? expiry
    : patienceEnds(expiry, patience('yearly-monthly', policies, tier)).graceEnds
