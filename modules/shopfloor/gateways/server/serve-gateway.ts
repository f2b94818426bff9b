import { sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque } from '#kernel/postgres.ts'
import {
  type CommandAnswer,
  type CommandId,
  type gatewaysApi,
  gatewaysEvents,
  type LinkId,
  type WireCommand,
  type WireConfig,
  type WireDevice,
  type WireNext,
  type WireStatus,
  type WriteResult,
  wireLimits,
} from '../contract.ts'
import { gatewayErrors } from '../errors.ts'
import { isUnfilled } from '../point-rows.ts'
import { connectionsOf, findGateway, gatewayQuery, linksOf, revisionsReadBy } from './configuration-store.ts'
import { revealLinkSecrets } from './link-secrets.ts'
import { holdPairOf, letGo, pairOf } from './pair-store.ts'
import type { Rooms } from './rooms.ts'
import type { SignedIn } from './sign-in.ts'
import type { GatewaysTx } from './tables.ts'
import { GAP_MS, leaseEndMs } from './take-over-rules.ts'
import { lookUntil, wakeTopics } from './wake-up.ts'

/** A wake-up that was lost costs so much. */
const LOOK_AGAIN_MS = 5_000
/** With less of its lease left a write waits for the next report. */
const WORTH_HANDING_MS = 3_000

/**
 * All that the gateway reads, passwords of devices in clear. A device that may not send is not read either. Who stands by for another reads
 * nothing and holds no password; when it is its turn, its revision is another.
 */
export const readConfig = (rooms: Rooms, { ctx, gatewayId }: SignedIn): Promise<WireConfig> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const gateway = await existing(tx, gatewayId)
    const limits = { backfillSamplesPerSecond: gateway.backfill_samples_per_second }
    const pair = await pairOf(tx, gatewayId)
    if (pair && pair.active_id !== gatewayId) return { revision: gateway.revision, links: [], limits, networks: [] }
    const ownerId = pair?.gateway_id ?? gatewayId
    const connections = await connectionsOf(tx, ownerId)
    const known = await rooms.devices.devices(opaque(tx), [ownerId, ...connections.map((c) => c.device_id)])
    const tables = new Map((await revisionsReadBy(tx, ownerId)).map((t) => [`${t.point_table_id} ${t.version}`, t]))
    const properties = new Map<string, Map<string, Pick<WireDevice['points'][number], 'valueType' | 'kind'>>>()
    for (const code of new Set([...tables.values()].map((t) => t.model_code))) {
      const model = await rooms.devices.newestModel(opaque(tx), code)
      properties.set(code, new Map(model?.definition.properties.map(({ name, valueType, kind }) => [name, { valueType, kind }])))
    }
    const devicesOf = (linkId: string): WireDevice[] =>
      connections
        .filter((c) => c.link_id === linkId)
        .map((c) => {
          const table = tables.get(`${c.point_table_id} ${c.table_version}`)
          const status = known.get(c.device_id)?.status
          return {
            code: c.code,
            unit: c.unit,
            enabled: c.enabled && (status === 'active' || status === 'maintenance'),
            sourceTime: c.source_time,
            sequence: c.sequence,
            points: (table?.rows ?? []).flatMap((row) => {
              const { access } = row
              // Methods are called, not read.
              if (isUnfilled(row) || access === 'call') return []
              const property = properties.get(table?.model_code ?? '')?.get(row.name)
              return property ? [{ ...row, ...property, access }] : []
            }),
          }
        })
    const links: WireConfig['links'] = []
    for (const { id, name, protocol, connection, secrets, enabled } of await linksOf(tx, ownerId)) {
      const clear = await revealLinkSecrets(rooms, tx, ctx, secrets)
      links.push({ id, name, protocol, connection: { ...connection, ...clear }, enabled, devices: devicesOf(id) })
    }
    return {
      revision: gateway.revision,
      links,
      limits,
      networks: await rooms.plant.declaredNetworks(opaque(tx), known.get(ownerId)?.siteId ?? 'all', ctx.now),
    }
  })

/** Answers at once when a command waits or the revision is another, else when that happens, or after 25 s. */
export async function nextFor(rooms: Rooms, { ctx, gatewayId }: SignedIn, revision: number, signal: AbortSignal): Promise<WireNext> {
  let last = revision
  const found = await lookUntil(
    rooms.bus,
    { topics: [wakeTopics.changed, wakeTopics.asked], key: gatewayId, withinMs: wireLimits.pollMs - 1_000, everyMs: LOOK_AGAIN_MS, signal },
    () =>
      rooms.db.inTenant(ctx, async (tx) => {
        const gateway = await existing(tx, gatewayId)
        last = gateway.revision
        const commands = await takeCommands(tx, ctx, gatewayId, rooms.clock.now())
        return commands.length > 0 || gateway.revision !== revision ? { revision: gateway.revision, commands } : undefined
      }),
  )
  return found ?? { revision: last, commands: [] }
}

/** Each is handed out once: an answer that got lost on its way leaves a write unknown, never sent twice. */
async function takeCommands(tx: GatewaysTx, ctx: Context, gatewayId: SignedIn['gatewayId'], now: Date): Promise<WireNext['commands']> {
  const lease = await leaseOf(tx, gatewayId, now)
  const waiting = await tx.sql
    .selectFrom('gateways.command')
    .select('id')
    .where('org_id', '=', tx.orgId)
    .where('gateway_id', '=', gatewayId)
    .where('taken_at', 'is', null)
    .where('expires_at', '>', now)
    .where(
      sql<boolean>`(request->>'kind' <> 'write' or (${lease !== undefined} and request->>'linkId' <> all(${lease?.connecting ?? []}::text[])))`,
    )
    .forUpdate()
    .skipLocked()
    .execute()
  if (waiting.length === 0) return []
  const taken = await tx.sql
    .updateTable('gateways.command')
    .set({ taken_at: now })
    .where('org_id', '=', tx.orgId)
    .where(
      'id',
      'in',
      waiting.map((command) => command.id),
    )
    .returning(['id', 'request', 'expires_at'])
    .execute()
  for (const { id, request } of taken)
    if (request.kind === 'write') await publish(tx, ctx, gatewaysEvents.writeTaken, id, { commandId: id })
  return taken.map(({ id, request, expires_at }): WireCommand => {
    const expiresAtMs = expires_at.getTime()
    return { ...request, id, expiresAtMs: request.kind === 'write' ? Math.min(expiresAtMs, lease?.untilMs ?? 0) : expiresAtMs }
  })
}

interface Lease {
  untilMs: number
  /** Links that it does not know yet whether it has. */
  connecting: readonly LinkId[]
}

/**
 * Until when the gateway may begin a write that it is handed now; undefined: it is handed none. The active one of a pair has until its lease
 * ends: who is cut off, or stands still, refuses by its own clock what it comes to later, and the next turn begins after that. Whose turn has
 * just begun is handed none before it runs the links.
 */
async function leaseOf(tx: GatewaysTx, gatewayId: SignedIn['gatewayId'], now: Date): Promise<Lease | undefined> {
  const pair = await holdPairOf(tx, gatewayId)
  if (!pair) return { untilMs: Number.POSITIVE_INFINITY, connecting: [] }
  const { revision, received_at, status } = await gatewayQuery(tx).where('g.device_id', '=', gatewayId).executeTakeFirstOrThrow()
  if (pair.active_id !== gatewayId || pair.writes_from > now || !received_at || status?.revision !== revision) return undefined
  const untilMs = leaseEndMs(received_at.getTime(), pair.silent_after_s * 1_000)
  if (untilMs - now.getTime() < WORTH_HANDING_MS) return undefined
  return { untilMs, connecting: status.links.filter(({ state }) => state === 'connecting').map(({ id }) => id) }
}

/**
 * Errors: gateways.commandNotFound for one that is another's, answered or expired. What came of a write is heard however late it comes: the
 * machine may have done it long ago.
 */
export async function takeAnswer(rooms: Rooms, { ctx, gatewayId }: SignedIn, id: CommandId, answer: CommandAnswer): Promise<void> {
  await rooms.db.inTenant(ctx, async (tx) => {
    const answered = await tx.sql
      .updateTable('gateways.command')
      .set({ answer: JSON.stringify(answer) })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id)
      .where('gateway_id', '=', gatewayId)
      .where('answer', 'is', null)
      .where('taken_at', 'is not', null)
      .where((eb) => eb.or([eb('expires_at', '>', ctx.now), sql<boolean>`request->>'kind' = 'write'`]))
      .returning('request')
      .executeTakeFirst()
    if (!answered) throw gatewayErrors.commandNotFound({ id })
    if (answered.request.kind !== 'write') return
    const result = resultOf(answer, ctx.now.getTime())
    if (!result) throw gatewayErrors.commandNotFound({ id })
    await publish(tx, ctx, gatewaysEvents.writeAnswered, id, { commandId: id, result })
  })
  rooms.bus.publish(wakeTopics.answered, JSON.stringify({ id }))
}

/** A gateway that knows no writes says that it did nothing. */
function resultOf(answer: CommandAnswer, nowMs: number): WriteResult | undefined {
  if ('write' in answer) return answer.write
  return 'failed' in answer ? { outcome: 'refused', reason: answer.failed, before: null, atMs: nowMs } : undefined
}

/** The last report is kept; what it says over time comes as values of the gateway itself. */
export async function takeStatus(rooms: Rooms, { ctx, gatewayId }: SignedIn, status: WireStatus): Promise<{ nowMs: number }> {
  const said = { received_at: ctx.now, status: JSON.stringify(status) }
  const gapS = GAP_MS / 1_000
  await rooms.db.inTenant(ctx, async (tx) => {
    await tx.sql
      .insertInto('gateways.report')
      .values({ org_id: tx.orgId, gateway_id: gatewayId, unbroken_since: ctx.now, ...said })
      .onConflict((on) =>
        on.columns(['org_id', 'gateway_id']).doUpdateSet({
          ...said,
          unbroken_since: sql`case when excluded.received_at - report.received_at > make_interval(secs => ${gapS})
            then excluded.received_at else report.unbroken_since end`,
        }),
      )
      .execute()
    await letGo(tx, gatewayId, status.revision, ctx.now)
  })
  return { nowMs: rooms.clock.nowMs() }
}

export async function takeLog(
  rooms: Rooms,
  { ctx, gatewayId }: SignedIn,
  entries: z.output<typeof gatewaysApi.wireLog.body>,
): Promise<number> {
  if (entries.length === 0) return 0
  const rows = entries.map((entry) => ({
    org_id: ctx.orgId,
    gateway_id: gatewayId,
    at: new Date(entry.atMs),
    level: entry.level,
    code: entry.code,
    link_id: entry.link ?? null,
    device_code: entry.device ?? null,
    details: JSON.stringify(entry.details),
  }))
  await rooms.db.inTenant(ctx, (tx) => tx.sql.insertInto('gateways.log').values(rows).execute())
  return entries.length
}

async function existing(tx: GatewaysTx, id: SignedIn['gatewayId']) {
  const gateway = await findGateway(tx, id)
  if (!gateway) throw gatewayErrors.notAGateway()
  return gateway
}
