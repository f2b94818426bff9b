import type { z } from 'zod'
import { type Context, inScope } from '#kernel/context.ts'
import { nextNumber } from '#kernel/numbering.ts'
import { publish } from '#kernel/outbox.ts'
import { opaque, violatedUnique } from '#kernel/postgres.ts'
import type { CommandId, WriteCommand } from '#modules/shopfloor/gateways/contract.ts'
import { chinaDay } from '#values/instant.ts'
import { type Command, type CommandValue, type commandsApi, commandsEvents, type PointSetting } from '../contract.ts'
import { commandErrors } from '../errors.ts'
import { callFault } from './call-rules.ts'
import { dueAt, firstState, valueFault } from './command-rules.ts'
import { addStep, commandView, newsOf } from './command-store.ts'
import type { Rooms } from './rooms.ts'
import type { CommandsTx, PointWords } from './tables.ts'
import { type DeviceFacts, deviceFacts, obstacle, obstacleToSend, type Writable } from './writable-points.ts'

export async function requestCommand(rooms: Rooms, ctx: Context, input: z.output<typeof commandsApi.request.body>): Promise<Command> {
  const { deviceId, point: name, value, purpose } = input
  let wake: (() => void) | undefined
  const made = await rooms.db
    .inTenant(ctx, async (tx) => {
      const facts = await deviceFacts(rooms, tx, ctx, deviceId)
      const point = facts.points.find((one) => one.name === name)
      if (!point) throw commandErrors.pointNotFound({ name })
      const inTheWay = obstacle(facts, ctx, name)
      if (inTheWay) throw commandErrors[inTheWay]({ name })
      const { version: _, ...setting } = facts.settings.get(name) as PointSetting & { version: number }
      checkValue(value, point, setting)
      const state = firstState(setting)
      const sent = state === 'queued' ? await send(rooms, tx, ctx, facts, { name, value, setting }) : undefined
      wake = sent?.wake
      const siteId = facts.device.siteId
      if (siteId === null || !inScope(ctx, siteId)) throw commandErrors.noSite({ name })
      const number = await nextNumber(opaque(tx), 'CM', chinaDay(ctx.now))
      const { code, name: deviceName, nameEn } = facts.device
      const row = await tx.sql
        .insertInto('commands.command')
        .values({
          org_id: tx.orgId,
          number,
          device_id: deviceId,
          device_code: code,
          device_name: deviceName,
          device_name_en: nameEn,
          site_id: siteId,
          point_name: name,
          point_words: JSON.stringify(wordsOf(point)),
          setting: JSON.stringify(setting),
          interlock_points: JSON.stringify(interlocked(facts.points, setting)),
          value: JSON.stringify(value),
          purpose,
          state,
          requested_by: ctx.actor.id,
          requested_by_name: ctx.actor.name ?? ctx.actor.id,
          requested_at: ctx.now,
          approved_by: null,
          approved_by_name: null,
          gateway_command_id: sent?.id ?? null,
          outcome: null,
          due_at: dueAt(state, setting, ctx.now.getTime()) ?? null,
          ended_at: null,
          search_text: [number, code, deviceName, nameEn, name, point.label].filter(Boolean).join(' ').toLowerCase(),
        })
        .returning(['org_id', 'id', 'number', 'device_name', 'point_words'])
        .executeTakeFirstOrThrow()
      await addStep(tx, ctx, row.id, 'request', purpose)
      if (state === 'awaitingApproval') await publish(tx, ctx, commandsEvents.awaiting, row.id, newsOf(row))
      return commandView(tx, ctx, row.id)
    })
    .catch((error: unknown) => {
      throw violatedUnique(error) === 'command_open' ? commandErrors.alreadyOpen({ name }) : error
    })
  wake?.()
  return made
}

/** Errors: commands.wrongType, outOfLimits, betweenSteps, notAmongAllowed. */
export function checkValue(value: CommandValue, { valueType, parameters }: Writable, setting: PointSetting): void {
  const fault = parameters
    ? callFault(value, parameters, setting)
    : typeof value === 'object'
      ? ({ kind: 'wrongType' } as const)
      : valueFault(value, valueType, setting)
  if (!fault) return
  const { kind, ...details } = fault
  throw commandErrors[kind](details)
}

interface ToSend {
  name: string
  value: CommandValue
  setting: PointSetting
}

/** Everything is checked, right now, in this transaction. Errors: those of `obstacleToSend`. */
export async function send(rooms: Rooms, tx: CommandsTx, ctx: Context, facts: DeviceFacts, toSend: ToSend) {
  const inTheWay = obstacleToSend(facts, toSend.name)
  const request = requestOf(facts, toSend)
  if (inTheWay || !request || !facts.target) throw commandErrors[inTheWay ?? 'notInPointTable']({ name: toSend.name })
  const { gatewayId } = facts.target
  const expiresAt = dueAt('queued', toSend.setting, ctx.now.getTime()) as Date
  const id: CommandId = await rooms.gateways.sendWrite(opaque(tx), { gatewayId, request, expiresAt })
  return { id, wake: () => rooms.gateways.wake(gatewayId) }
}

function requestOf(
  { device, target, points }: DeviceFacts,
  { name, value, setting }: ToSend,
): Omit<WriteCommand, 'id' | 'expiresAtMs'> | undefined {
  const readPoint = (of: string) => {
    const row = target?.rows.find((one) => one.name === of)
    const known = points.find((one) => one.name === of)
    if (!row || !known) return undefined
    const { valueType } = known
    return { name: of, place: row.place, valueType: valueType === 'call' ? NO_TYPE : valueType, scale: row.scale, offset: row.offset }
  }
  const point = readPoint(name)
  const interlocks = setting.interlocks.flatMap(({ point: of, is, than }) => {
    const found = readPoint(of)
    return found ? [{ ...found, is, than }] : []
  })
  if (!target || !point || interlocks.length < setting.interlocks.length) return undefined
  const { linkId, protocol, unit } = target
  const to = { kind: 'write' as const, linkId, protocol, device: device.code, unit, point, interlocks }
  if (typeof value !== 'object') return { ...to, value }
  const parameters = points.find((one) => one.name === name)?.parameters ?? []
  return { ...to, value: '', call: { arguments: parameters.map((parameter) => value[parameter.name] ?? '') } }
}

/** Of a method there is no value that would have one. */
const NO_TYPE = 'string'

const wordsOf = ({ name: _, ...words }: Writable): PointWords => words

const interlocked = (points: readonly Writable[], { interlocks }: PointSetting): Record<string, PointWords> =>
  Object.fromEntries(
    points.filter(({ name }) => interlocks.some(({ point }) => point === name)).map((point) => [point.name, wordsOf(point)]),
  )
