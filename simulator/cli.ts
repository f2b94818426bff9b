import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { TimeZone } from '#values/instant.ts'
import { checkFile, type FileTotals, problemText } from './replay/check-file.ts'
import { parseTarget } from './replay/connection.ts'
import { type MapFile, readMap, thingModelOf } from './replay/map-file.ts'
import { registersOf } from './replay/registers.ts'
import { replay } from './replay/replay.ts'
import { replayByModbus } from './replay/replay-modbus.ts'

const usage = `Usage:
  npm run simulator -- replay FILE.csv --map MAP.yaml --url mqtt://ORGANISATION/DEVICE:SECRET@HOST:PORT
      [--ca FILE]        for mqtts://…: certificates (PEM) of whom to trust, in place of the well-known authorities
      [--speed N|max]    source time over real time (default max: as fast as it is acknowledged)
      [--progress FILE]  keeps how far it has come there and goes on from there
      [--ledger FILE]    appends “seq,ts,atMs” of every row that was acknowledged, and when
      [--window N]       publishes waiting for their acknowledgement at once (default 16)
      [--batch N]        rows in one publish at most (default 100)
      [--first-seq N]    sequence number of the first row (default 1)
      [--give-up S]      ends when the platform has not answered for so long (default 300 s)
      [--skip-bad]       sends what can be read of a file with unreadable cells
      [--zone ZONE]      time zone of the file's times, instead of the map's
  npm run simulator -- replay FILE.csv --map MAP.yaml --modbus HOST:PORT [--unit N] [--ledger FILE] [--first-seq N]
      is a Modbus device instead: each row stands in its registers, with its own time and number, until it was read
  npm run simulator -- registers --map MAP.yaml          prints where a row's columns lie in those registers
  npm run simulator -- check FILE.csv --map MAP.yaml     reads the file and prints what it holds
  npm run simulator -- thing-model --map MAP.yaml        prints the thing model that fits the map, to import on the page`

class Wrong extends Error {}

const whole = (name: string, text: string, least: number): number => {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < least) throw new Wrong(`--${name} takes a whole number from ${least} on, not “${text}”.`)
  return n
}

function zoneOf(text: string): string {
  if (!TimeZone.safeParse(text).success) throw new Wrong(`--zone takes a time zone as Asia/Shanghai, not “${text}”.`)
  return text
}

function readArguments(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      map: { type: 'string' },
      url: { type: 'string' },
      ca: { type: 'string' },
      speed: { type: 'string', default: 'max' },
      progress: { type: 'string' },
      ledger: { type: 'string' },
      window: { type: 'string', default: '16' },
      batch: { type: 'string', default: '100' },
      'first-seq': { type: 'string', default: '1' },
      'give-up': { type: 'string', default: '300' },
      'skip-bad': { type: 'boolean', default: false },
      zone: { type: 'string' },
      modbus: { type: 'string' },
      unit: { type: 'string', default: '1' },
    },
  })
  const [command, file, ...more] = positionals
  if (more.length > 0) throw new Wrong(`One file at a time: what is ${more.join(' ')}?`)
  const speed = values.speed === 'max' ? ('max' as const) : Number(values.speed)
  if (speed !== 'max' && !(speed > 0)) throw new Wrong(`--speed takes a number above 0 or max, not “${values.speed}”.`)
  return { command, file, speed, values }
}

async function main(args: string[]): Promise<void> {
  const { command, file, speed, values } = readArguments(args)
  if (!['replay', 'check', 'thing-model', 'registers'].includes(command ?? '')) throw new Wrong(usage)
  if (values.map === undefined) throw new Wrong('--map is missing.')
  const map = readMap(values.map)
  if (values.zone !== undefined) map.time.zone = zoneOf(values.zone)
  if (command === 'thing-model') return print(thingModelOf(map))
  if (command === 'registers') return print(registersOf(map))
  if (file === undefined) throw new Wrong('Which file?')
  if (command === 'check') return print(await checkFile(file, map))
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  const firstSeq = whole('first-seq', values['first-seq'], 0)
  const ledger = values.ledger === undefined ? {} : { ledgerFile: values.ledger }
  if (values.modbus !== undefined) {
    const totals = await checked(file, map, false)
    const listening = (port: number) => void process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`)
    const at = { ...listenAt(values.modbus), unitId: whole('unit', values.unit, 0) }
    return report(await replayByModbus(file, map, { ...at, firstSeq, ...ledger, listening, signal: stopping.signal }), totals)
  }
  if (values.url === undefined) throw new Wrong('--url is missing (or --modbus).')
  const target = { ...parseTarget(values.url), ...(values.ca === undefined ? {} : { ca: readFileSync(values.ca) }) }
  const totals = await checked(file, map, values['skip-bad'])
  const result = await replay(file, map, {
    target,
    speed,
    window: whole('window', values.window, 1),
    batch: whole('batch', values.batch, 1),
    firstSeq,
    giveUpMs: whole('give-up', values['give-up'], 1) * 1_000,
    ...(values.progress === undefined ? {} : { progressFile: values.progress }),
    ...ledger,
    signal: stopping.signal,
  })
  report(result, totals)
}

function listenAt(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(?:([^:]+):)?(\d+)$/.exec(text) ?? []
  if (port === '') throw new Wrong(`--modbus takes HOST:PORT or PORT, not “${text}”.`)
  return { host: host || '127.0.0.1', port: whole('modbus', port, 0) }
}

/** The whole file is read before the first row leaves: half a file that was sent is harder to mend than none. */
async function checked(file: string, map: MapFile, skipBad: boolean): Promise<FileTotals> {
  const totals = await checkFile(file, map)
  const list = totals.firstProblems.map((p) => `  ${problemText(p)}`).join('\n')
  const more = totals.problems > totals.firstProblems.length ? `\n  … ${totals.problems} in all` : ''
  if (totals.problems > 0 && !skipBad) throw new Wrong(`${file} was not sent:\n${list}${more}\n--skip-bad sends the rest of it.`)
  if (totals.problems > 0) process.stderr.write(`Left out:\n${list}${more}\n`)
  if (totals.stepsBack > 0) {
    process.stderr.write(`${totals.stepsBack} rows are not later than the row before them; of equal times the last one received wins.\n`)
  }
  return totals
}

function report(result: { complete: boolean }, totals: FileTotals): void {
  print({ ...result, rowsOfFile: totals.rows })
  if (!result.complete) process.exitCode = 130
}

const print = (value: unknown) => void process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)

await main(process.argv.slice(2)).catch((error: Error & { code?: string }) => {
  const plain =
    error instanceof Wrong || error.code?.startsWith('ERR_PARSE_ARGS') || error.code?.startsWith('CSV_') || error.code === 'ENOENT'
  process.stderr.write(`${plain ? error.message : (error.stack ?? error.message)}\n`)
  process.exitCode = 1
})
