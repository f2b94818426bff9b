import { startModbusSimulator } from '#edge/drivers/modbus/simulator.ts'
import { openLedger } from './ledger.ts'
import type { MapFile } from './map-file.ts'
import { cellsOf, type Registers, registersOf } from './registers.ts'
import { type Row, readRows } from './rows.ts'

export interface ModbusReplayOptions {
  host: string
  port: number
  unitId: number
  firstSeq: number
  /** “seq,ts,atMs” of each row that somebody has read whole, and when. */
  ledgerFile?: string
  /** Called once with the port that is listened on. */
  listening: (port: number) => void
  signal: AbortSignal
}

export interface ModbusReplayResult {
  rows: number
  lastSeq: number
  complete: boolean
  seconds: number
}

/** A request after an answer says that the answer arrived; not one that was under way before. */
const RECEIVED_MS = 3
const BEAT_MS = 20
/** Without a beat for so long this process was stopped: who asked meanwhile may have given up. */
const STOPPED_MS = 100
const SETTLED_MS = 50

/**
 * A recorded file as a Modbus device: one row at a time stands in its registers, with its own time and number. It gives way to the next in
 * the moment of a request for whole rows that follows, over the same connection, the answer with this one: who was cut off finds the row
 * again. The last row stays until then, so whoever polls slowly finds it too. Errors: a row with an empty cell.
 */
export async function replayByModbus(file: string, map: MapFile, options: ModbusReplayOptions): Promise<ModbusReplayResult> {
  const registers = registersOf(map)
  const simulator = await startModbusSimulator({ host: options.host, port: options.port })
  const ledger = options.ledgerFile === undefined ? undefined : await openLedger(options.ledgerFile)
  const unit = simulator.unit(options.unitId)
  const reader = watchReader(unit, registers, options.signal)
  const startedMs = performance.now()
  let standing: { seq: number; row: Row } | undefined
  let rows = 0
  const result = (complete: boolean) => ({
    rows,
    lastSeq: options.firstSeq + rows - 1,
    complete,
    seconds: (performance.now() - startedMs) / 1_000,
  })
  const isTaken = async (next: () => void): Promise<boolean> => {
    if (!(await reader.received(next))) return false
    if (standing) ledger?.add(standing.seq, standing.row.ts)
    rows++
    return true
  }
  try {
    for await (const read of readRows(file, map)) {
      if (read.kind === 'noTime') continue
      const next = { seq: options.firstSeq + rows + (standing ? 1 : 0), row: read.row }
      if (standing) {
        if (!(await isTaken(() => show(unit, registers, next)))) return result(false)
      } else {
        show(unit, registers, next)
        // Told only now: whoever reads at once finds the first row, not empty registers.
        options.listening(simulator.port)
      }
      standing = next
    }
    return result(standing === undefined || (await isTaken(() => undefined)))
  } finally {
    reader.stop()
    await ledger?.close()
    await simulator.stop()
  }
}

type Unit = ReturnType<Awaited<ReturnType<typeof startModbusSimulator>>['unit']>

function show(unit: Unit, registers: Registers, { seq, row }: { seq: number; row: Row }): void {
  unit.set(registers.sourceTime.place, BigInt(row.ts))
  unit.set(registers.sequence.place, seq)
  for (const { place, value } of cellsOf(registers, row)) {
    if (value === undefined) throw new Error(`Line ${row.line} has an empty cell: a register always holds a value.`)
    unit.set(place, value)
  }
}

/** Watches who reads whole rows, and knows when the one that stands was received. */
function watchReader(unit: Unit, { points }: Registers, signal: AbortSignal) {
  const lastRegister = Number(points.at(-1)?.place.address.split(':')[1] ?? 0)
  let beatMs = performance.now()
  let wokeMs = Number.NEGATIVE_INFINITY
  const beat = setInterval(() => {
    beatMs = performance.now()
  }, BEAT_MS)
  let answered: { connection: number; atMs: number } | undefined
  let waiting: (() => void) | undefined
  unit.onAsked = (table, from, until, connection) => {
    if (table !== 'holding' || from !== 0 || until <= lastRegister) return
    const nowMs = performance.now()
    if (nowMs - beatMs > STOPPED_MS) wokeMs = nowMs
    if (answered?.connection !== connection) answered = undefined
    if (waiting && answered && nowMs - answered.atMs >= RECEIVED_MS) {
      waiting()
      answered = undefined
    }
    if (nowMs - wokeMs > SETTLED_MS) answered ??= { connection, atMs: nowMs }
  }
  return {
    /** Calls `next` within the request that tells it; false when it is given up. */
    received: (next: () => void) =>
      new Promise<boolean>((resolve, reject) => {
        const stop = () => resolve(false)
        if (signal.aborted) return stop()
        signal.addEventListener('abort', stop, { once: true })
        waiting = () => {
          waiting = undefined
          signal.removeEventListener('abort', stop)
          try {
            next()
            resolve(true)
          } catch (error) {
            reject(error)
          }
        }
      }),
    stop: () => {
      clearInterval(beat)
      unit.onAsked = undefined
    },
  }
}
