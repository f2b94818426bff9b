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

/**
 * A recorded file as a Modbus device: one row at a time stands in its registers, with its own time and number, and stays there until a
 * request has read it whole. The last row stays to the end: whoever polls slowly finds it too. Errors: a row with an empty cell.
 */
export async function replayByModbus(file: string, map: MapFile, options: ModbusReplayOptions): Promise<ModbusReplayResult> {
  const registers = registersOf(map)
  const simulator = await startModbusSimulator({ host: options.host, port: options.port })
  const ledger = options.ledgerFile === undefined ? undefined : await openLedger(options.ledgerFile)
  const unit = simulator.unit(options.unitId)
  const startedMs = performance.now()
  let seq = options.firstSeq - 1
  let rows = 0
  try {
    for await (const read of readRows(file, map)) {
      if (read.kind === 'noTime') continue
      seq++
      show(unit, registers, read.row, seq)
      const wasRead = polled(unit, registers, options.signal)
      // Told only now: whoever reads at once finds the first row, not empty registers.
      if (seq === options.firstSeq) options.listening(simulator.port)
      if (!(await wasRead)) return { rows, lastSeq: seq - 1, complete: false, seconds: secondsSince(startedMs) }
      ledger?.add(seq, read.row.ts)
      rows++
    }
    return { rows, lastSeq: seq, complete: true, seconds: secondsSince(startedMs) }
  } finally {
    await ledger?.close()
    await simulator.stop()
  }
}

type Unit = ReturnType<Awaited<ReturnType<typeof startModbusSimulator>>['unit']>

function show(unit: Unit, registers: Registers, row: Row, seq: number): void {
  unit.set(registers.sourceTime.place, BigInt(row.ts))
  unit.set(registers.sequence.place, seq)
  for (const { place, value } of cellsOf(registers, row)) {
    if (value === undefined) throw new Error(`Line ${row.line} has an empty cell: a register always holds a value.`)
    unit.set(place, value)
  }
}

/** Until one request has read all registers of the row; false when it is given up. */
function polled(unit: Unit, { points }: Registers, signal: AbortSignal): Promise<boolean> {
  const lastRegister = Number(points.at(-1)?.place.address.split(':')[1] ?? 0)
  return new Promise((resolve) => {
    const end = (read: boolean) => {
      unit.onRead = undefined
      signal.removeEventListener('abort', stop)
      resolve(read)
    }
    const stop = () => end(false)
    if (signal.aborted) return end(false)
    signal.addEventListener('abort', stop, { once: true })
    unit.onRead = (table, from, until) => {
      if (table === 'holding' && from === 0 && until > lastRegister) end(true)
    }
  })
}

const secondsSince = (startedMs: number) => (performance.now() - startedMs) / 1_000
