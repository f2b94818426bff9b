import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { v7 } from 'uuid'
import type { CommandId, LinkId, Settings, WireLink, WriteCommand, WriteResult } from '#modules/shopfloor/gateways/contract.ts'
import { systemClock } from '../../clock.ts'
import { protocols } from '../../drivers/protocols.ts'
import { drivers } from '../drivers.ts'
import { EventLog } from '../event-log.ts'
import { declaredNetworks } from '../link/declared-host.ts'
import { Link } from '../link/link.ts'
import { planLink } from '../link/link-plan.ts'
import { Standstill } from '../link/standstill.ts'
import { BatchBuilder } from '../uplink/batch-builder.ts'
import { PlatformTime } from './platform-time.ts'
import { WriteJournal } from './write-journal.ts'
import { writeValue } from './write-value.ts'

type Written = Pick<WriteCommand, 'point' | 'value'> & { interlocks?: WriteCommand['interlocks']; expiresAtMs?: number }

const CONNECTS_WITHIN_MS = 20_000

export interface TestLink {
  time: PlatformTime
  folder: string
  /** As the gateway does with a command of the platform. */
  write(written: Written): Promise<WriteResult>
  stop(): Promise<void>
}

/** A link of the gateway to a device, with its journal, without a platform: whose clock is this machine's. */
export async function openTestLink(protocol: string, settings: { connection: Settings; unit: Settings }): Promise<TestLink> {
  const [known, makeDriver] = [protocols[protocol], drivers[protocol]]
  if (!known || !makeDriver) throw new Error(`no such protocol: ${protocol}`)
  const folder = mkdtempSync(join(tmpdir(), 'lianshu-link-'))
  const link: WireLink = { id: v7() as LinkId, name: protocol, protocol, connection: settings.connection, enabled: true, devices: [] }
  const planned = planLink(link, known, () => 0, systemClock.nowMs())
  if (planned.kind === 'wrong') throw new Error(planned.reason)
  const nowhere = new BatchBuilder(() => undefined)
  const sink = { batches: nowhere, history: nowhere, heartbeatMs: 60_000, rowsMissed: () => undefined, read: () => undefined }
  const standstill = new Standstill(() => systemClock.nowMs())
  const running = new Link({
    standstill,
    link,
    plan: planned.plan,
    makeDriver,
    folder,
    networks: declaredNetworks(['127.0.0.0/8']),
    clock: systemClock,
    log: new EventLog(systemClock),
    sink,
    changed: () => undefined,
  })
  const time = new PlatformTime(systemClock)
  time.answered(time.asked(), systemClock.nowMs())
  const journal = WriteJournal.open(folder, systemClock)
  for (const giveUpAt = performance.now() + CONNECTS_WITHIN_MS; running.status().state !== 'connected'; await sleep(20))
    if (performance.now() > giveUpAt) throw new Error(`not connected: ${running.status().reason}`)
  return {
    time,
    folder,
    write: async ({ point, value, interlocks = [], expiresAtMs = systemClock.nowMs() + 10_000 }) => {
      const id = v7() as CommandId
      const command: WriteCommand = {
        id,
        kind: 'write',
        linkId: link.id,
        protocol,
        device: 'device',
        unit: settings.unit,
        point,
        value,
        interlocks,
        expiresAtMs,
      }
      const result = await writeValue(
        command,
        { links: new Map([[link.id, running]]), journal, time, clock: systemClock },
        new AbortController().signal,
      )
      await journal.ended(id, result)
      return result
    },
    stop: async () => {
      standstill.stop()
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
