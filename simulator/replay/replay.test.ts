import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { testBroker } from '../../tests/mqtt-broker.ts'
import { checkFile } from './check-file.ts'
import { parseTarget } from './connection.ts'
import { MapFile, readMap, thingModelOf } from './map-file.ts'
import { type ReplayOptions, replay } from './replay.ts'
import { readRows } from './rows.ts'
import { timeReader } from './source-time.ts'

const time = (rest: object) => MapFile.shape.time.parse({ column: 't', ...rest })
const map = (rest: object = {}) =>
  MapFile.parse({
    device: { code: 'meter', name: '电表', nameEn: 'Meter' },
    time: { column: 'date', format: 'DD/MM/YYYY HH:mm', zone: 'Asia/Shanghai', dayEnd: '24:00' },
    columns: { kWh: { name: 'usageKwh', label: '用电量', valueType: 'number', kind: 'interval', unit: 'kWh' } },
    ...rest,
  })

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-replay-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
function fileOf(t: TestContext, text: string): string {
  const file = join(folder(t), 'data.csv')
  writeFileSync(file, text)
  return file
}
async function rowsOf(file: string, by: MapFile) {
  const rows = []
  for await (const read of readRows(file, by)) rows.push(read)
  return rows
}
const quarters = (days: number) => {
  const lines = ['date,kWh']
  for (let day = 1; day <= days; day++) {
    for (let q = 1; q <= 96; q++) {
      const at = q % 96
      lines.push(
        `${String(day).padStart(2, '0')}/03/2026 ${String(Math.floor(at / 4)).padStart(2, '0')}:${String((at % 4) * 15).padStart(2, '0')},${q}.5`,
      )
    }
  }
  return lines.join('\r\n')
}

test('a day’s last row that carries 00:00 of its own day is that day’s end; a day that begins with 00:00 is left alone', () => {
  const read = timeReader(time({ format: 'DD/MM/YYYY HH:mm', zone: 'Asia/Shanghai', dayEnd: '24:00' }))
  const iso = (text: string) => new Date(read(text) ?? Number.NaN).toISOString()
  assert.equal(iso('01/01/2026 00:00'), '2025-12-31T16:00:00.000Z')
  assert.equal(iso('01/01/2026 00:15'), '2025-12-31T16:15:00.000Z')
  assert.equal(iso('01/01/2026 23:45'), '2026-01-01T15:45:00.000Z')
  assert.equal(iso('01/01/2026 00:00'), '2026-01-01T16:00:00.000Z')
  assert.equal(iso('02/01/2026 00:15'), '2026-01-01T16:15:00.000Z')
  assert.equal(iso('02/01/2026 23:45'), '2026-01-02T15:45:00.000Z')
  assert.equal(iso('03/01/2026 00:00'), '2026-01-02T16:00:00.000Z')
})

test('times: several forms, impossible dates, and the hour that a clock change repeats', () => {
  const read = (text: string, rest: object) => timeReader(time(rest))(text)
  assert.equal(read('2026-03-01 08:00:00.250', { format: 'YYYY-MM-DD HH:mm:ss.SSS' }), Date.parse('2026-03-01T08:00:00.250Z'))
  assert.equal(read('1/2/2026 7:05', { format: 'DD/MM/YYYY HH:mm' }), Date.parse('2026-02-01T07:05:00Z'))
  assert.equal(read('31.12.2026 24:00', { format: 'DD.MM.YYYY HH:mm' }), Date.parse('2027-01-01T00:00:00Z'))
  assert.equal(read('30/02/2026 08:00', { format: 'DD/MM/YYYY HH:mm' }), undefined)
  assert.equal(read('2026-03-01', { format: 'DD/MM/YYYY' }), undefined)
  assert.equal(read('2026-03-01T08:00:00+08:00', { zone: 'Europe/Berlin' }), Date.parse('2026-03-01T00:00:00Z'))
  assert.equal(read('2026-03-01 08:00', { zone: 'Asia/Shanghai' }), Date.parse('2026-03-01T00:00:00Z'))
  assert.equal(read('1772352000.5', { format: 'epochS' }), 1_772_352_000_500)
  assert.equal(read('yesterday', {}), undefined)
  const berlin = timeReader(time({ format: 'YYYY-MM-DD HH:mm', zone: 'Europe/Berlin' }))
  const night = ['01:30', '02:00', '02:30', '02:00', '02:30', '03:00'].map((hm) => berlin(`2026-10-25 ${hm}`) ?? Number.NaN)
  assert.deepEqual(
    night.slice(1).map((ms, i) => (ms - (night[i] ?? 0)) / 60_000),
    [30, 30, 30, 30, 30],
  )
})

test('files as they come: byte order mark, quotes, CRLF, blank lines, empty cells, decimal commas, words for missing', async (t) => {
  const file = fileOf(
    t,
    '\uFEFF"date";"kWh";"state, text"\r\n"01/03/2026 00:15";"1,5";"a;b"\r\n\r\n01/03/2026 00:30;;\r\n01/03/2026 00:45;n/a;c\r\n',
  )
  const columns = {
    kWh: { name: 'usageKwh', label: '用电量', valueType: 'number', kind: 'interval' },
    'state, text': { name: 'text', label: '文字', valueType: 'string', kind: 'state' },
  }
  const rows = await rowsOf(file, map({ delimiter: ';', decimal: ',', missing: ['n/a'], columns }))
  assert.deepEqual(
    rows.map((r) => (r.kind === 'row' ? r.row.values : undefined)),
    [{ usageKwh: 1.5, text: 'a;b' }, {}, { text: 'c' }],
  )
  assert.deepEqual(
    rows.map((r) => (r.kind === 'row' ? r.row.line : 0)),
    [2, 4, 5],
  )
})

test('a file of a Chinese spreadsheet is read in its own encoding, and a wrong one is told', async (t) => {
  const file = join(folder(t), 'gbk.csv')
  // “时间,电量” and “状态” in GBK.
  const [head, cell] = [Buffer.from('cab1bce42cb5e7c1bf', 'hex'), Buffer.from('d4cbd0d0', 'hex')]
  writeFileSync(file, Buffer.concat([head, Buffer.from('\n2026-03-01 00:15,'), cell, Buffer.from('\n')]))
  const columns = { 电量: { name: 'text', label: '状态', valueType: 'string', kind: 'state' } }
  const by = { time: { column: '时间', zone: 'Asia/Shanghai' }, columns }
  const rows = await rowsOf(file, map({ ...by, encoding: 'gb18030' }))
  assert.deepEqual(
    rows.map((r) => (r.kind === 'row' ? r.row.values : undefined)),
    [{ text: '运行' }],
  )
  await assert.rejects(rowsOf(file, map(by)), /not written in utf-8/)
  await assert.rejects(rowsOf(join(folder(t), 'absent.csv'), map()), { code: 'ENOENT' })
})

test('date and time in two columns, no line of names, a column of qualities', async (t) => {
  const file = fileOf(t, '2026-03-01,00:15,7,OK\n2026-03-01,00:30,8,FAIL\n2026-03-01,00:45,9,??\n')
  const by = map({
    header: ['day', 'hour', 'kWh', 'status'],
    time: { column: ['day', 'hour'], format: 'YYYY-MM-DD HH:mm' },
    quality: { column: 'status', codes: { OK: 0, FAIL: 0x83 } },
  })
  const rows = await rowsOf(file, by)
  assert.deepEqual(
    rows.map((r) => (r.kind === 'row' ? r.row.q : 0)),
    [undefined, { usageKwh: 0x83 }, undefined],
  )
  assert.deepEqual(rows[2]?.problems, [{ line: 3, column: 'status', text: '??', reason: 'quality' }])
})

test('what cannot be read is named with its line, and a file without a column says which it has', async (t) => {
  const file = fileOf(t, 'date,kWh\n01/03/2026 00:15,1\nsoon,2\n01/03/2026 00:30,1.2.3\n01/03/2026 00:30,4\n')
  const totals = await checkFile(file, map())
  assert.deepEqual(totals.firstProblems, [
    { line: 3, column: 'date', text: 'soon', reason: 'time' },
    { line: 4, column: 'kWh', text: '1.2.3', reason: 'number' },
  ])
  assert.deepEqual({ rows: totals.rows, stepsBack: totals.stepsBack, sum: totals.points.usageKwh?.sum }, { rows: 3, stepsBack: 1, sum: 5 })
  await assert.rejects(checkFile(fileOf(t, 'date,kW\n01/03/2026 00:15,1\n'), map()), /no column “kWh”; it has “date”, “kW”/)
  await assert.rejects(checkFile(fileOf(t, 'date,kWh\n01/03/2026 00:15,1,2\n'), map()), /line 2/)
})

test('the maps of this folder are maps, and their thing models fit the wire', () => {
  for (const name of ['steel_energy', 'skab']) {
    const model = thingModelOf(readMap(join(import.meta.dirname, `../maps/${name}.yaml`)))
    assert.ok(model.properties.length >= 10)
    for (const { name } of model.properties) assert.match(name, /^[A-Za-z][A-Za-z0-9_]{0,63}$/)
  }
})

test('a device is named by its user name, percent-encoded or not', () => {
  const target = { secure: false, host: '127.0.0.1', port: 1884, user: 'acme/meter-1', password: 'p@ss:w' }
  assert.deepEqual(parseTarget('mqtt://acme/meter-1:p@ss:w@127.0.0.1:1884'), target)
  assert.deepEqual(parseTarget('mqtt://acme%2Fmeter-1:p%40ss%3Aw@127.0.0.1:1884'), target)
  assert.throws(() => parseTarget('mqtt://meter:x@127.0.0.1'), /ORGANISATION\/DEVICE/)
  assert.deepEqual(parseTarget('mqtts://acme/meter-1:p@ss:w@127.0.0.1'), { ...target, secure: true, port: 8883 })
  assert.throws(() => parseTarget('http://127.0.0.1'), /mqtt:/)
})

interface Sent {
  ts: number
  seq: number
  values: Record<string, number>
}
const sentOf = (received: { payload: unknown }[]) => received.flatMap((r) => r.payload as Sent[])
const options = (port: number, rest: Partial<ReplayOptions> = {}): ReplayOptions => ({
  target: { secure: false, host: '127.0.0.1', port, user: 'acme/meter-1', password: 'secret' },
  speed: 'max',
  window: 4,
  batch: 7,
  giveUpMs: 20_000,
  firstSeq: 1,
  signal: new AbortController().signal,
  ...rest,
})

test('every row arrives with its own time and a growing number, and what was acknowledged stands in the ledger', async (t) => {
  const file = fileOf(t, quarters(2))
  const broker = await testBroker()
  t.after(() => broker.close())
  const ledgerFile = join(folder(t), 'ledger')
  const result = await replay(file, map(), options(broker.port, { ledgerFile }))
  assert.deepEqual({ ...result, seconds: 0 }, { rows: 192, skipped: 0, publishes: 28, lastSeq: 192, complete: true, seconds: 0 })
  const sent = sentOf(broker.received)
  assert.deepEqual(
    sent.map((m) => m.seq),
    Array.from({ length: 192 }, (_, i) => i + 1),
  )
  assert.ok(sent.every((m, i) => i === 0 || m.ts === (sent[i - 1]?.ts ?? 0) + 900_000))
  assert.equal(broker.received[0]?.topic, 'v1/acme/meter-1/telemetry')
  const ledger = readFileSync(ledgerFile, 'utf8').trim().split('\n')
  assert.deepEqual(
    ledger.map((line) => line.split(',').slice(0, 2).join(',')),
    sent.map((m) => `${m.seq},${m.ts}`),
  )
})

test('a lost connection loses nothing, and no more publishes are under way than the window allows', async (t) => {
  let underWay = 0
  let most = 0
  let taken = 0
  const broker = await testBroker({
    accept: async () => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, 5))
      underWay--
      if (++taken % 15 === 0) broker.cut()
    },
  })
  t.after(() => broker.close())
  const result = await replay(fileOf(t, quarters(4)), map(), options(broker.port))
  assert.equal(result.rows, 384)
  assert.equal(new Set(sentOf(broker.received).map((m) => m.seq)).size, 384)
  assert.ok(most <= 8, `${most} under way`)
})

test('a replay that was stopped goes on where its acknowledgements ended', async (t) => {
  const dir = folder(t)
  const file = fileOf(t, quarters(3))
  const progressFile = join(dir, 'progress.json')
  const stop = new AbortController()
  const broker = await testBroker({
    accept: async () => {
      if (broker.received.length >= 10) stop.abort()
      await new Promise((resolve) => setTimeout(resolve, 5))
    },
  })
  t.after(() => broker.close())
  const first = await replay(file, map(), options(broker.port, { progressFile, signal: stop.signal }))
  assert.ok(!first.complete && first.rows > 0 && first.rows < 288)
  const second = await replay(file, map(), options(broker.port, { progressFile }))
  assert.deepEqual([second.skipped, second.rows, second.lastSeq, second.complete], [first.rows, 288 - first.rows, 288, true])
  assert.deepEqual(
    [...new Set(sentOf(broker.received).map((m) => m.seq))],
    Array.from({ length: 288 }, (_, i) => i + 1),
  )
  const third = await replay(file, map(), options(broker.port, { progressFile }))
  assert.equal(third.rows, 0)
  const other = options(broker.port, { progressFile, target: { ...options(0).target, port: broker.port, user: 'acme/other' } })
  await assert.rejects(replay(file, map(), other), /belongs to .* acme\/meter-1/)
})

test('compressed time keeps the rhythm of the source', async (t) => {
  const broker = await testBroker()
  t.after(() => broker.close())
  const file = fileOf(t, 'date,kWh\n01/03/2026 00:15,1\n01/03/2026 00:30,2\n01/03/2026 00:45,3\n')
  const result = await replay(file, map(), options(broker.port, { speed: 9_000 }))
  assert.ok(result.seconds >= 0.2 && result.seconds < 5, `${result.seconds} s`)
  assert.equal(result.publishes, 3)
})

test('a platform that does not answer, or refuses, ends the replay with the reason', async (t) => {
  const file = fileOf(t, quarters(1))
  await assert.rejects(replay(file, map(), options(1, { giveUpMs: 1 })), /has not answered/)
})
