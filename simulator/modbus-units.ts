import { ModbusSimulator, type SimulatedUnit } from '#edge/drivers/modbus/simulator.ts'
import type { ModbusDevice, RegisterPoint } from './config.ts'
import type { Message } from './readings.ts'

const LISTEN_AGAIN_MS = 5_000
/** What instruments show whose sensor is broken: the upper end, which lies far outside every scale. */
const BURNT_OUT = 0x7fff_ffff

/** Machines that are read: their values stand in registers, one server for each address with its machines as units. */
export function openModbusUnits(devices: readonly ModbusDevice[]) {
  const servers = new Map<string, { host: string; port: number; simulator: ModbusSimulator; timer?: NodeJS.Timeout }>()
  const units = new Map<ModbusDevice, SimulatedUnit>()
  /** What stood in a register that may be written when it was shown last. */
  const shown = new Map<RegisterPoint, ReturnType<SimulatedUnit['get']>>()
  for (const device of devices) {
    const { host, port, unitId } = device.modbus
    const server = servers.get(`${host}:${port}`) ?? { host, port, simulator: new ModbusSimulator({}) }
    servers.set(`${host}:${port}`, server)
    units.set(device, server.simulator.unit(unitId))
  }

  function listen(server: typeof servers extends Map<string, infer Server> ? Server : never): void {
    server.simulator.listen(server.port, server.host).catch((error: Error) => {
      process.stderr.write(`No Modbus at ${server.host}:${server.port}: ${error.message}\n`)
      server.timer = setTimeout(() => listen(server), LISTEN_AGAIN_MS)
    })
  }

  return {
    show(device: ModbusDevice, { values, q = {} }: Message): void {
      for (const point of device.modbus.points) {
        const value = values[point.name]
        if (value === undefined) continue
        const raw = q[point.name] === undefined ? rawOf(point, value) : BURNT_OUT
        units.get(device)?.set(point.place, raw)
        if (point.written) shown.set(point, raw)
      }
    },
    /** What somebody wrote into the registers since they were shown. */
    written(device: ModbusDevice): Message['values'] {
      const values: Message['values'] = {}
      for (const point of device.modbus.points.filter((one) => shown.has(one))) {
        const raw = units.get(device)?.get(point.place)
        if (raw === undefined || raw === shown.get(point)) continue
        shown.set(point, raw)
        values[point.name] = typeof raw === 'boolean' || typeof raw === 'string' ? raw : Number(raw) * point.scale
      }
      return values
    },
    listen(): void {
      for (const server of servers.values()) listen(server)
    },
    async close(): Promise<void> {
      for (const server of servers.values()) {
        clearTimeout(server.timer)
        await server.simulator.stop()
      }
    },
  }
}

const rawOf = ({ scale }: RegisterPoint, value: Message['values'][string]) =>
  typeof value === 'number' ? Math.round(value / scale) : value
