import type { LocationKind } from '../contract.ts'

interface KindFacts {
  /** One of each in an organisation, made by the platform. */
  system: boolean
  /** Stands for the world outside: its balance mirrors what came from there or went there, and may be below zero. */
  outside: boolean
}

/** `outside` places are where the ledger's other side stands; the others hold goods that can be counted. */
export const locationKinds: Record<LocationKind, KindFacts> = {
  warehouse: { system: false, outside: false },
  bin: { system: false, outside: false },
  quarantine: { system: true, outside: false },
  // One's own goods at a customer's, still one's own.
  consignment: { system: true, outside: false },
  // Sent and not yet taken over by the buyer: one's own until then.
  transit: { system: true, outside: false },
  supplier: { system: true, outside: true },
  customer: { system: true, outside: true },
  production: { system: true, outside: true },
  loss: { system: true, outside: true },
}
