import { z } from 'zod'
import { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { Instant } from '#values/instant.ts'
import { gatewayErrors } from './errors.ts'

const none = z.object({})
const done = z.object({ done: z.literal(true) })
const gatewayPath = z.object({ id: DeviceId })

export const pairLimits = { silentAfterS: { least: 15, usual: 30, most: 3_600 }, turnsShown: 20 } as const

/** Why a turn began: the two became a pair, the one before was silent, or somebody wanted it. */
export const TurnReason = z.enum(['paired', 'silent', 'byHand'])
export type TurnReason = z.infer<typeof TurnReason>

const Member = z.object({
  id: DeviceId,
  code: z.string(),
  name: z.string(),
  nameEn: z.string().nullable(),
  lastSeenAt: Instant.nullable(),
  /** Why it could not take over now; null: it could. */
  notReady: z.enum(['never', 'away', 'clock']).nullable(),
})

/** Two gateways for the same links; one of them reads. */
export const Pair = z.object({
  /** Whose the links are. */
  gateway: Member,
  standby: Member,
  activeId: DeviceId,
  epoch: z.int(),
  silentAfterS: z.int(),
  /** Not before then the active one is given something to write. */
  writesFrom: Instant.nullable(),
  /** The newest first. */
  turns: z.array(z.object({ epoch: z.int(), activeId: DeviceId, beganAt: Instant, reason: TurnReason, heardAt: Instant.nullable() })),
})
export type Pair = z.infer<typeof Pair>

export const pairApi = {
  pair: endpoint({
    method: 'GET',
    path: '/gateways/:id/pair',
    summary: 'The pair that a gateway belongs to, with who of the two reads; null where it is of none.',
    permission: 'gateways.read',
    params: gatewayPath,
    query: none,
    body: z.undefined(),
    response: z.object({ pair: Pair.nullable() }),
    errors: [gatewayErrors.notFound],
  }),
  setStandby: endpoint({
    method: 'POST',
    path: '/gateways/:id/pair',
    summary: 'Lets another gateway without links stand by for this one.',
    permission: 'gateways.manage',
    params: gatewayPath,
    query: none,
    body: z.object({
      standbyId: DeviceId,
      silentAfterS: z.int().min(pairLimits.silentAfterS.least).max(pairLimits.silentAfterS.most).default(pairLimits.silentAfterS.usual),
    }),
    response: done,
    status: 201,
    errors: [
      gatewayErrors.notFound,
      gatewayErrors.pairedAlready,
      gatewayErrors.standbyItself,
      gatewayErrors.standbyHasLinks,
      gatewayErrors.standbyOfAnotherSite,
    ],
  }),
  switchOver: endpoint({
    method: 'POST',
    path: '/gateways/:id/pair/switch',
    summary: 'Lets the other one of the pair read; `epoch` is the one that was seen.',
    permission: 'gateways.manage',
    params: gatewayPath,
    query: none,
    body: z.object({ epoch: z.int() }),
    response: z.object({ epoch: z.int() }),
    errors: [gatewayErrors.notFound, gatewayErrors.notPaired, gatewayErrors.changedMeanwhile, gatewayErrors.standbyNotReady],
  }),
  dissolvePair: endpoint({
    method: 'DELETE',
    path: '/gateways/:id/pair',
    summary: 'Ends the pair; only while the gateway whose links they are reads them.',
    permission: 'gateways.manage',
    params: gatewayPath,
    query: none,
    body: z.undefined(),
    response: done,
    errors: [gatewayErrors.notFound, gatewayErrors.notPaired, gatewayErrors.standbyReads],
  }),
}
