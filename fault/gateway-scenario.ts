import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildBundle, openCable, openTestPlant, startGateway, type TestPlant } from '#edge/gateway/test-plant.ts'
import { freePort } from '#embedded/ports.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { rowsOf } from '../tests/field.ts'
import { connectReplay, startModbusReplay } from '../tests/gateway-replay.ts'
import { checkAllSums, checkDevice } from './field-checks.ts'
import { type Kill, killInTurn } from './kills.ts'
import {
  breakPlantInTurn,
  type Committed,
  mountSmallDisk,
  noteCommitted,
  type PlantFault,
  type PlantUnderFault,
  unmount,
} from './plant-faults.ts'
import { rowsToSend } from './replaying.ts'
import type { Report, ScenarioOptions } from './report.ts'
import { generatedSource, type Source, steelSource } from './sources.ts'

const DISK_MB = 48
const REPLAYED_WITHIN_MS = 420_000
const DELIVERED_WITHIN_MS = 120_000
/** What the gateway read and had not yet synced: a quarter of a second by its promise, and what a crowded machine makes of it. */
const UNCOMMITTED_MS = 1_000
const REQUEST_TIMEOUT_MS = 1_000

/**
 * Machines are read through a gateway while it is killed, its uplink cut and flapping, a machine stopped, its disk filled, and the platform's parts are
 * killed besides. What a machine was asked for and the gateway committed is stored, once; what is missing was read in the last moment before a kill.
 */
export async function gatewayScenario(report: Report, { folder, short, seconds }: ScenarioOptions): Promise<void> {
  const plant = await openTestPlant()
  const dataDir = join(folder, 'gateway')
  const smallDisk = mountSmallDisk(dataDir, DISK_MB)
  if (!smallDisk) console.log('  the full disk is left out: only root may mount the small one')
  const bundle = buildBundle()
  const { platform } = plant.field
  const cables = await Promise.all([openCable(Number(new URL(platform.address).port)), openCable(platform.mqttPort)])
  const [http, mqtt] = cables
  const settings = {
    server: `http://127.0.0.1:${http?.port}`,
    mqtt: `mqtt://127.0.0.1:${mqtt?.port}`,
    user: plant.gateway.user,
    secret: plant.gateway.secret,
    dataDir,
    httpsAfterSeconds: 2,
    queueMegabytes: 16,
  }
  const under: PlantUnderFault = {
    bundle: bundle.file,
    settings,
    gateway: await startGateway(bundle.file, settings),
    cables,
    replays: [],
    log: [],
    smallDisk,
  }
  try {
    const sources = [generatedSource(folder, short ? 3_000 : 12_000), ...(short ? [] : [steelSource()])].filter(
      (source) => source !== undefined,
    )
    const machines = await Promise.all(sources.map((source) => startMachine(plant, source, folder)))
    under.replays = machines.map(({ replay }) => replay)
    const committed: Committed = new Map()
    const startedMs = Date.now()
    const [faults, kills] = await Promise.all([
      breakPlantInTurn(under, seconds, committed),
      killInTurn(platform, seconds, ({ part }) => console.log(`  SIGKILL ${part}`)),
    ])
    const ended = await Promise.race([
      Promise.all(under.replays.map(({ done }) => done)),
      sleep(REPLAYED_WITHIN_MS, undefined, { ref: false }),
    ])
    report.check('each machine was read to its last row', ended?.every(({ code }) => code === 0) ?? false, ended ?? 'not in time')
    await noteCommitted(dataDir, committed)
    for (const line of [...under.log, ...under.gateway.log].filter((said) => said.includes('gateways.sequenceGap')))
      console.log(`  ${line}`)
    checkFaults(report, faults, kills)
    for (const machine of machines) {
      const owed = owedOf(machine, faults, committed)
      report.check(
        `${machine.device.code}: what is missing was read within ${UNCOMMITTED_MS} ms before a kill`,
        await delivered(plant, machine, owed.surely),
        owed,
      )
      console.log(
        `  ${machine.device.code}: ${owed.read} rows read in ${Math.round((Date.now() - startedMs) / 1_000)} s, ${owed.maybe} of them just before a kill of the gateway`,
      )
      await checkDevice(report, plant.field, machine.device, await rowsToSend(machine.source), owed.surely)
    }
    await checkAllSums(report, plant.field, 0)
    await checkPage(report, plant)
  } finally {
    await under.gateway.kill('SIGKILL')
    for (const { process: peer } of under.replays) peer.kill('SIGKILL')
    for (const cable of cables) cable.close()
    await plant.stop()
    bundle.remove()
    if (smallDisk) unmount(dataDir)
  }
}

async function startMachine(plant: TestPlant, source: Source, folder: string) {
  const port = await freePort()
  const ledger = join(folder, `${source.name}.modbus.ledger`)
  const replay = await startModbusReplay(source.file, source.mapFile, port, { ledger })
  const device = await connectReplay(plant, `gw-${source.map.device.code}`, source.map, port, { requestTimeoutMs: REQUEST_TIMEOUT_MS })
  return { source, device, replay, ledger }
}
type Machine = Awaited<ReturnType<typeof startMachine>>

/** Rows that must be stored: all that were read, but for those of the last moment before a kill, unless the gateway had them on its disk. */
function owedOf({ device, ledger }: Machine, faults: readonly PlantFault[], committed: Committed) {
  const kills = faults.filter(({ what }) => what === 'gateway').map(({ fromMs }) => fromMs)
  const rows = readFileSync(ledger, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number) as [seq: number, ts: number, atMs: number])
  const last = (atMs: number) => kills.some((killMs) => atMs > killMs - UNCOMMITTED_MS && atMs <= killMs + UNCOMMITTED_MS)
  const onDisk = committed.get(device.code) ?? new Set<number>()
  const surely = new Set(rows.filter(([seq, , atMs]) => onDisk.has(seq) || !last(atMs)).map(([seq]) => seq))
  return { read: rows.length, surely, maybe: rows.length - surely.size }
}

/** Until everything owed is stored: the queue empties at its own rate. */
async function delivered({ field }: TestPlant, { device, ledger }: Machine, owed: ReadonlySet<number>): Promise<boolean> {
  const clickhouse = field.clickhouse()
  const postgres = await field.postgres()
  const { rows } = await postgres.query<{ series: number; org_no: number }>(
    `select p.series, o.org_no from devices.point p join organisations.organisation o on o.org_id = p.org_id
     where p.device_id = $1 and p.value_type = 'number' limit 1`,
    [device.id],
  )
  const query = `select distinct seq from sample where org_no = ${rows[0]?.org_no} and series = ${rows[0]?.series} and quality < 128`
  const giveUpMs = performance.now() + DELIVERED_WITHIN_MS
  for (;;) {
    const stored = new Set((await rowsOf<{ seq: number }>(clickhouse, query)).map(({ seq }) => seq))
    const missing = [...owed].filter((seq) => !stored.has(seq))
    if (missing.length === 0) return true
    if (performance.now() > giveUpMs) {
      const lines = readFileSync(ledger, 'utf8').split('\n')
      console.log(
        `  missing: ${missing.length} rows; as the ledger has them: ${missing
          .slice(0, 10)
          .map((seq) => lines[seq - 1])
          .join(' | ')}`,
      )
      return false
    }
    await sleep(500)
  }
}

function checkFaults(report: Report, faults: readonly PlantFault[], kills: readonly Kill[]): void {
  for (const what of new Set(faults.map((fault) => fault.what))) {
    const of = faults.filter((fault) => fault.what === what)
    report.check(`${what}: ${of.length} times`, of.length > 0, of)
  }
  report.check(
    `the platform’s parts were killed ${kills.length} times and came back`,
    kills.length > 0 && kills.every(({ againMs }) => againMs !== null),
    kills,
  )
}

/** The gateway's page knows of it: it is online again and nothing waits. */
async function checkPage(report: Report, { field, gateway }: TestPlant): Promise<void> {
  const giveUpMs = performance.now() + DELIVERED_WITHIN_MS
  for (;;) {
    const { summary, status } = await field.client
      .call(configurationApi.get, { params: { id: gateway.id } })
      .then((found) => ({ summary: found, status: found.status }))
    const ok = status?.queue.onDisk === true && (status?.queue.batches ?? 1) < 10 && status.queue.droppedSamples === 0
    if (ok || performance.now() > giveUpMs)
      return report.check('its page shows an empty queue on the disk, nothing dropped', ok, summary.status?.queue)
    await sleep(1_000)
  }
}
