import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildBundle, openTestPlant, startGateway } from '#edge/gateway/test-plant.ts'
import { freePort } from '#embedded/ports.ts'
import { checkFile } from '../../simulator/replay/check-file.ts'
import { readMap } from '../../simulator/replay/map-file.ts'
import { type Field, untilRolledUp } from '../field.ts'
import { connectReplay, startModbusReplay } from '../gateway-replay.ts'
import type { Answers } from './answers.ts'
import { mapFile, mapOf } from './send.ts'
import { checkStoredRows, publishedRows } from './skab.ts'
import { checkStored } from './steel-energy.ts'

const ROLL_UP_MS = 240_000
/** A batch of the gateway is a quarter of a second old at most when it leaves. */
const SENT_MS = 3_000
const SKAB_FILES = 17
/** Of the experiment without faults: it has no labels, and a register always holds a value. */
const UNLABELLED = 'anomaly-free/anomaly-free.csv'
const LABELS = /^ {2}(anomaly|changepoint):.*\n/gm

/** The recorded files as Modbus devices: registers → driver → gateway → ingest → ClickHouse → API, with each row's own time and number. */
export async function checkByGateway(dataDir: string, field: Field, answers: Answers): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lianshu-by-gateway-'))
  const bundle = buildBundle()
  const plant = await openTestPlant(field)
  const { user, secret } = plant.gateway
  const { address, mqttPort } = field.platform
  const gateway = await startGateway(bundle.file, { server: address, mqtt: `mqtt://127.0.0.1:${mqttPort}`, user, secret, dataDir: folder })
  try {
    const unlabelled = join(folder, 'unlabelled.yaml')
    writeFileSync(unlabelled, readFileSync(mapFile('skab'), 'utf8').replace(LABELS, ''))
    const steel = join(dataDir, 'steel_energy/Steel_industry_data.csv')
    const skab = join(dataDir, 'skab')
    const files = globSync('*/*.csv', { cwd: skab }).sort()
    answers.check('skab by Modbus', 'files', SKAB_FILES, files.length)
    const labelled = files.filter((file) => file !== UNLABELLED).map((file) => join(skab, file))

    const replayed = async (code: string, mapped: string, recorded: readonly string[]) => {
      const port = await freePort()
      const device = await connectReplay(plant, code, readMap(mapped), port)
      let firstSeq = 1
      for (const file of recorded) {
        const { code: exit, said } = await (await startModbusReplay(file, mapped, port, { firstSeq })).done
        if (exit !== 0) throw new Error(`${file}: ${said}`)
        firstSeq += (JSON.parse(said.slice(said.indexOf('{\n'))) as { rows: number }).rows
      }
      return device
    }
    const [meter, bench, plain] = await Promise.all([
      replayed('steel-meter-modbus', mapFile('steel_energy'), [steel]),
      replayed('skab-bench-modbus', mapFile('skab'), labelled),
      replayed('skab-plain-modbus', unlabelled, [join(skab, UNLABELLED)]),
    ])
    await sleep(SENT_MS)
    await untilRolledUp(field.client, { timeoutMs: ROLL_UP_MS })
    await checkStored(field, meter, steel, answers, await checkFile(steel, mapOf('steel_energy')), 'steel_energy by Modbus')
    const rows = (paths: readonly string[]) => paths.flatMap((path) => publishedRows(path))
    await checkStoredRows(field, bench, mapOf('skab'), rows(labelled), answers, 'skab by Modbus')
    await checkStoredRows(field, plain, readMap(unlabelled), rows([join(skab, UNLABELLED)]), answers, 'skab without labels by Modbus')
  } finally {
    await gateway.kill()
    bundle.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}
