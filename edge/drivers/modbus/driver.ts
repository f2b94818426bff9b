import type { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { type Driver, LinkLost, type ReadRequest, type Sample, type WriteItem, type WriteOutcome } from '../driver.ts'
import type { MakeDriver } from '../protocol.ts'
import type { ModbusPlace, modbus } from './config.ts'
import { type ConnectionSettings, ModbusConnection } from './connection.ts'
import { failures } from './exceptions.ts'
import { UnitMemory } from './unit-memory.ts'
import { UnitRead } from './unit-read.ts'
import { writeItem } from './write-item.ts'

type ModbusUnit = z.output<typeof modbus.unit>

export const makeModbusDriver = ((connection: ConnectionSettings, clock: Clock) =>
  new ModbusDriver(connection, clock)) satisfies MakeDriver<typeof modbus>

/** Refused places that are tried once more in one read, so that many of them never slow the others. */
const RETRIES_OF_A_READ = 4

class ModbusDriver implements Driver<ModbusUnit, ModbusPlace> {
  readonly #settings: ConnectionSettings
  readonly #clock: Clock
  #connection: ModbusConnection | undefined
  readonly #units = new Map<number, UnitMemory>()

  constructor(settings: ConnectionSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close()
    const connection = new ModbusConnection(this.#settings)
    this.#connection = connection
    await connection.open(signal)
  }

  async read({ unit, points }: ReadRequest<ModbusUnit, ModbusPlace>, signal: AbortSignal): Promise<Sample[]> {
    const connection = this.#opened(signal)
    const memory = this.#memoryOf(unit.unitId)
    const startedMs = this.#clock.nowMs()
    memory.learned.forgetOld(startedMs)
    const plan = memory.planFor(points, this.#settings)
    const read = new UnitRead(connection, unit.unitId, memory.learned, this.#clock, signal)
    await read.run(plan.requests, this.#settings.maxInFlight)
    let retries = 0
    for (const { item, part } of plan.refused) {
      if (part.retryAtMs <= startedMs && retries++ < RETRIES_OF_A_READ) await read.retry(item, part)
      else read.leave(item, part)
    }
    for (const point of plan.senseless) {
      read.samples.push({ point, value: null, ...failures.wrongPlace, receivedMs: startedMs })
    }
    return read.samples
  }

  /** One after the other, each as a request of its own; what was not sent when the link went is refused, not unknown. */
  async write(items: readonly WriteItem<ModbusUnit, ModbusPlace>[], signal: AbortSignal): Promise<WriteOutcome[]> {
    const connection = this.#opened(signal)
    const outcomes: WriteOutcome[] = []
    for (const item of items) outcomes.push(await writeItem(connection, this.#memoryOf(item.unit.unitId), item, signal))
    return outcomes
  }

  async close(): Promise<void> {
    this.#connection?.close()
    this.#connection = undefined
  }

  #opened(signal: AbortSignal): ModbusConnection {
    signal.throwIfAborted()
    if (!this.#connection) throw new LinkLost('modbus.connectionLost')
    this.#connection.throwIfLost()
    return this.#connection
  }

  #memoryOf(unitId: number): UnitMemory {
    let memory = this.#units.get(unitId)
    if (!memory) {
      memory = new UnitMemory()
      this.#units.set(unitId, memory)
    }
    return memory
  }
}
