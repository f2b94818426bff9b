import { z } from 'zod'
import { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { endpoint } from '#values/endpoint.ts'
import { Instant } from '#values/instant.ts'
import { PointTableId, RollOutId } from './contract.ts'
import { gatewayErrors } from './errors.ts'

const none = z.object({})
const tablePath = z.object({ id: PointTableId })
const rollOutPath = z.object({ id: RollOutId })
const Revision = z.int().min(1)

/** What became different in one row, `fields` as `scale` or `place.address`. */
export const RowChange = z.object({
  name: z.string(),
  fields: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
})
export type RowChange = z.infer<typeof RowChange>

export const RowsDifference = z.object({ added: z.array(z.string()), removed: z.array(z.string()), changed: z.array(RowChange) })
export type RowsDifference = z.infer<typeof RowsDifference>

/** What a device of the table would go through; `same`: it is read by that revision already. */
export const PlannedDevice = z.object({
  deviceId: DeviceId,
  code: z.string(),
  name: z.string(),
  nameEn: z.string().nullable(),
  gatewayCode: z.string(),
  linkName: z.string(),
  fromVersion: Revision,
  outcome: z.enum(['ready', 'same', 'blocked']),
  /** Why it is blocked, a code with words. */
  reason: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
})
export type PlannedDevice = z.infer<typeof PlannedDevice>

/** `canary`: the first device alone; `paused`: somebody looks how it goes. */
export const RollOutState = z.enum(['canary', 'paused', 'running', 'stopped', 'done', 'rolledBack'])
export type RollOutState = z.infer<typeof RollOutState>

export const RolledOutDevice = z.object({
  deviceId: DeviceId,
  code: z.string(),
  fromVersion: Revision,
  state: z.enum(['waiting', 'done', 'failed', 'rolledBack']),
  reason: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
})

export const RollOut = z.object({
  id: RollOutId,
  toVersion: Revision,
  batchSize: z.int(),
  state: RollOutState,
  startedBy: z.string(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  version: z.int(),
  devices: z.array(RolledOutDevice),
})
export type RollOut = z.infer<typeof RollOut>

const changed = {
  permission: 'gateways.manage',
  params: rollOutPath,
  query: none,
  body: z.object({ version: z.int() }),
  response: z.object({ version: z.int() }),
  errors: [gatewayErrors.rollOutNotFound, gatewayErrors.changedMeanwhile, gatewayErrors.notAllowedNow],
} as const

/** A revision of a point table on its way to many devices. */
export const rollOutApi = {
  planRollOut: endpoint({
    method: 'GET',
    path: '/gateways/point-tables/:id/roll-out-plan',
    summary:
      'What the newest revision, or another, would change: rows, devices and links; for each device whether it can take it. Changes nothing.',
    permission: 'gateways.read',
    params: tablePath,
    query: z.object({ toVersion: z.coerce.number().int().min(1).optional() }),
    body: z.undefined(),
    response: z.object({
      toVersion: Revision,
      /** Revisions there are, the newest first, with how many devices are read by each. */
      revisions: z.array(z.object({ version: Revision, at: Instant, devices: z.int(), points: z.int() })),
      /** Against each revision that devices are read by. */
      differences: z.array(RowsDifference.extend({ fromVersion: Revision })),
      devices: z.array(PlannedDevice),
    }),
    errors: [gatewayErrors.pointTableNotFound, gatewayErrors.revisionNotFound],
  }),
  startRollOut: endpoint({
    method: 'POST',
    path: '/gateways/point-tables/:id/roll-outs',
    summary:
      'Brings a revision to every device that can take it, batch by batch, with `canary` the first device alone until it is resumed.',
    permission: 'gateways.manage',
    params: tablePath,
    query: none,
    body: z.object({ toVersion: Revision, batchSize: z.int().min(1).max(500), canary: z.boolean() }),
    response: z.object({ id: RollOutId }),
    status: 201,
    errors: [gatewayErrors.pointTableNotFound, gatewayErrors.revisionNotFound, gatewayErrors.rollOutOpen, gatewayErrors.rollOutEmpty],
  }),
  rollOuts: endpoint({
    method: 'GET',
    path: '/gateways/point-tables/:id/roll-outs',
    summary: 'The last ten roll-outs of a table, the newest first, with the state of each device.',
    permission: 'gateways.read',
    params: tablePath,
    query: none,
    body: z.undefined(),
    response: z.object({ rollOuts: z.array(RollOut) }),
    errors: [gatewayErrors.pointTableNotFound],
  }),
  resumeRollOut: endpoint({
    method: 'POST',
    path: '/gateways/roll-outs/:id/resume',
    summary: 'Goes on with a paused or stopped roll-out.',
    ...changed,
  }),
  stopRollOut: endpoint({
    method: 'POST',
    path: '/gateways/roll-outs/:id/stop',
    summary: 'Ends a roll-out behind the batch it is at; devices keep what they have.',
    ...changed,
  }),
  rollBack: endpoint({
    method: 'POST',
    path: '/gateways/roll-outs/:id/roll-back',
    summary: 'Every device that took the revision is read by the one it had before, all in one step.',
    ...changed,
  }),
}
