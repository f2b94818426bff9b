import type { z } from 'zod'
import { readBlocks } from '../../blocks/block-read.ts'
import type { Forbidden } from '../../blocks/extent.ts'
import { PlanMemories } from '../../blocks/plan-memory.ts'
import type { Clock } from '../../clock.ts'
import { Traffic } from '../../wire/traffic.ts'
import { type Driver, LinkLost, type ReadRequest, type Sample, type WriteItem, type WriteOutcome } from '../driver.ts'
import type { MakeDriver } from '../protocol.ts'
import { unitOf } from './ask-unit.ts'
import type { ModbusPlace, modbus } from './config.ts'
import { type ConnectionSettings, ModbusConnection } from './connection.ts'
import { failures } from './exceptions.ts'
import { type Item, itemOf } from './item.ts'
import { planReads } from './read-plan.ts'
import { writeItem } from './write-item.ts'

type ModbusUnit = z.output<typeof modbus.unit>

export const makeModbusDriver = ((connection: ConnectionSettings, clock: Clock) =>
  new ModbusDriver(connection, clock)) satisfies MakeDriver<typeof modbus>

class ModbusDriver implements Driver<ModbusUnit, ModbusPlace> {
  readonly traffic: Traffic
  readonly #settings: ConnectionSettings
  readonly #clock: Clock
  #connection: ModbusConnection | undefined
  readonly #memories = new PlanMemories<ModbusPlace, Item>()
  /** Units that do not know function 22. */
  readonly #withoutMaskWrite = new Set<number>()

  constructor(settings: ConnectionSettings, clock: Clock) {
    this.traffic = new Traffic(clock)
    this.#settings = settings
    this.#clock = clock
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.close()
    const connection = new ModbusConnection(this.#settings, this.traffic)
    this.#connection = connection
    await connection.open(signal)
  }

  async read({ unit, points }: ReadRequest<ModbusUnit, ModbusPlace>, signal: AbortSignal): Promise<Sample[]> {
    const connection = this.#opened(signal)
    const plan = (items: readonly Item[], forbidden: readonly Forbidden[]) =>
      planReads(items, this.#settings, forbidden).map((stretch) => [stretch])
    return readBlocks({
      points,
      memory: this.#memories.of(unit.unitId),
      planner: { itemOf, plan },
      device: unitOf(connection, unit.unitId),
      failures,
      clock: this.#clock,
      lanes: this.#settings.maxInFlight,
      signal,
    })
  }

  /** One after the other, each as a request of its own; what was not sent when the link went is refused, not unknown. */
  async write(items: readonly WriteItem<ModbusUnit, ModbusPlace>[], signal: AbortSignal): Promise<WriteOutcome[]> {
    const connection = this.#opened(signal)
    const outcomes: WriteOutcome[] = []
    for (const item of items) outcomes.push(await writeItem(connection, this.#withoutMaskWrite, item, signal))
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
}
