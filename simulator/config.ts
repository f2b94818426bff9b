import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { modbus } from '#edge/drivers/modbus/config.ts'

const Settings = z.object({
  LIANSHU_DATA: z.string().min(1),
  LIANSHU_HOST: z.string().default('127.0.0.1'),
  MQTT_PORT: z.coerce.number().int().min(1).max(65535).default(1883),
})
export type Config = z.infer<typeof Settings>

export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const parsed = Settings.safeParse(env)
  if (!parsed.success) throw new Error(`Settings: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

const member = {
  orgCode: z.string(),
  deviceCode: z.string(),
  /** Code of the thing model. */
  model: z.string(),
  plant: z.string(),
  /** New values each so many seconds. */
  everyS: z.int().min(1).max(3_600),
}

/** What stands in a register of a machine that a gateway reads: the value over `scale`, whole. */
const RegisterPoint = z.object({
  name: z.string(),
  place: modbus.place,
  scale: z.number().positive(),
  /** Whoever writes the register sets the machine. */
  written: z.boolean().default(false),
})
export type RegisterPoint = z.infer<typeof RegisterPoint>

/** The demo plants and their devices' credentials, written when the demo chain is made: `.data/simulator.json`, readable by its owner alone. */
export const Fleet = z.object({
  seed: z.int(),
  plants: z.array(
    z.object({
      code: z.string(),
      timeZone: z.string(),
      shifts: z.array(z.object({ startMinute: z.int(), endMinute: z.int() })),
    }),
  ),
  devices: z.array(
    z.union([
      z.object({ ...member, userName: z.string(), secret: z.string() }),
      z.object({
        ...member,
        modbus: z.object({ host: z.ipv4(), port: z.int(), unitId: z.int(), points: z.array(RegisterPoint) }),
      }),
    ]),
  ),
})
export type Fleet = z.infer<typeof Fleet>
export type FleetDevice = Fleet['devices'][number]
/** Sends by itself. */
export type SendingDevice = Extract<FleetDevice, { secret: string }>
/** Is read by a gateway. */
export type ModbusDevice = Extract<FleetDevice, { modbus: object }>

export const fleetFile = (dataDir: string) => join(dataDir, 'simulator.json')

/** Undefined where there is no demo chain. */
export function readFleet(dataDir: string): Fleet | undefined {
  let text: string
  try {
    text = readFileSync(fleetFile(dataDir), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return Fleet.parse(JSON.parse(text))
}
