import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '#edge/clock.ts'
import { modbus } from '#edge/drivers/modbus/config.ts'
import { makeModbusDriver } from '#edge/drivers/modbus/driver.ts'
import { MapFile } from './map-file.ts'
import { registersOf } from './registers.ts'
import { replayByModbus } from './replay-modbus.ts'

const dir = mkdtempSync(join(tmpdir(), 'lianshu-replay-modbus-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const map = MapFile.parse({
  device: { code: 'bench', name: '试验台', nameEn: 'Bench' },
  time: { column: 'at', format: 'epochMs' },
  columns: {
    t: { name: 'temperatureC', label: '温度', valueType: 'number', kind: 'instant' },
    n: { name: 'parts', label: '产量', valueType: 'integer', kind: 'counter' },
    on: { name: 'running', label: '运行', valueType: 'boolean', kind: 'state' },
    shift: { name: 'shift', label: '班次', valueType: 'string', kind: 'state' },
  },
})
const file = join(dir, 'rows.csv')
const rows = Array.from(
  { length: 200 },
  (_, i) => [1_700_000_000_000 + i * 60_000, (i * 7) / 10, 2 ** 40 + i, i % 2, i % 3 ? '白班' : '夜班'] as const,
)
writeFileSync(file, `at,t,n,on,shift\n${rows.map((row) => row.join(',')).join('\n')}\n`)

test('each row stands in the registers until it was read whole and received; who was cut off finds it again', async () => {
  const { sourceTime, sequence, points } = registersOf(map)
  const places = [sourceTime.place, sequence.place, ...points.map((point) => point.place)].map((place, id) => ({
    id,
    place: modbus.place.parse(place),
  }))
  const { promise: port, resolve: listening } = Promise.withResolvers<number>()
  const ledgerFile = join(dir, 'ledger')
  const never = new AbortController().signal
  const replaying = replayByModbus(file, map, { host: '127.0.0.1', port: 0, unitId: 1, firstSeq: 1, ledgerFile, listening, signal: never })
  const driver = makeModbusDriver(modbus.connection.parse({ host: '127.0.0.1', port: await port }), systemClock)
  await driver.connect(never)
  // A request for a part of the row takes none away.
  await driver.read({ unit: { unitId: 1 }, points: places.slice(0, 3) }, never)
  const readRow = async () => {
    const samples = await driver.read({ unit: { unitId: 1 }, points: places }, never)
    return samples.toSorted((a, b) => a.point - b.point).map(({ value }) => value)
  }
  const seen: unknown[] = []
  while (seen.length < rows.length) {
    const row = await readRow()
    // Asked again too soon, or over another connection, it answers with the same row.
    if (row[1] !== seen.length) seen.push(row)
    if (seen.length === 100) {
      await driver.close()
      await driver.connect(never)
      assert.deepEqual((await readRow())[1], 100)
    }
  }
  await sleep(10)
  await readRow()
  await driver.close()
  const { complete, rows: served, lastSeq } = await replaying
  assert.deepEqual({ complete, served, lastSeq }, { complete: true, served: 200, lastSeq: 200 })
  assert.ok(readFileSync(ledgerFile, 'utf8').split('\n')[199]?.startsWith(`200,${rows[199]![0]},`))
})

test('an empty cell is an error that names its line: a register always holds a value', async () => {
  const gap = join(dir, 'gap.csv')
  writeFileSync(gap, 'at,t,n,on,shift\n1700000000000,,1,0,A\n')
  const options = { host: '127.0.0.1', port: 0, unitId: 1, firstSeq: 1, listening: () => undefined, signal: new AbortController().signal }
  await assert.rejects(replayByModbus(gap, map, options), /Line 2 has an empty cell/)
})

test('more columns than one request reads are refused', () => {
  const columns = Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`c${i}`, { ...map.columns.t!, name: `c${i}` }]))
  assert.throws(() => registersOf({ ...map, columns }), /A row takes 130 registers/)
})
