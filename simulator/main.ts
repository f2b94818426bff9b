import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Config, type Fleet, fleetFile, readConfig, readFleet } from './config.ts'
import { createFleet } from './fleet.ts'
import { type Link, openLink } from './link.ts'
import { openModbusUnits } from './modbus-units.ts'
import { readSnapshot, writeSnapshot } from './snapshot.ts'

// The demo plants: all their machines, each over a connection of its own, until told to stop.

const SNAPSHOT_MS = 60_000
const CONNECT_EVERY_MS = 15
const TICK_MS = 250

const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())
if (process.argv.includes('--supervised')) {
  // Whoever started us holds the other end.
  process.stdin.on('end', () => stopping.abort()).on('error', () => stopping.abort())
  process.stdin.resume()
}

async function run(config: Config, fleet: Fleet, signal: AbortSignal): Promise<void> {
  const server = { host: config.LIANSHU_HOST, port: config.MQTT_PORT }
  const traffic = { bulkUnderWay: 0 }
  const links = new Map<string, Link>()
  const read = fleet.devices.filter((device) => 'modbus' in device)
  const units = openModbusUnits(read)
  const machines = createFleet(fleet, (device, message) => {
    if ('modbus' in device) units.show(device, message)
    else links.get(device.userName)?.send(message)
  })
  const plants = machines.begin(readSnapshot(config.LIANSHU_DATA, fleet.seed), Date.now())
  try {
    for (const device of fleet.devices) {
      if (signal.aborted) return
      if ('modbus' in device) continue
      links.set(device.userName, openLink(device, server, traffic))
      await sleep(CONNECT_EVERY_MS)
    }
    await machines.catchUp(plants, Date.now, signal)
    // Not before: a gateway would take the past for the present.
    units.listen()
    let keptMs = Date.now()
    // The demo chain may be removed while we run; its credentials go with it.
    while (!signal.aborted && existsSync(fleetFile(config.LIANSHU_DATA))) {
      for (const device of read) machines.set(plants, device, units.written(device))
      machines.tick(plants, Date.now())
      if (Date.now() - keptMs >= SNAPSHOT_MS) {
        writeSnapshot(config.LIANSHU_DATA, fleet.seed, plants)
        keptMs = Date.now()
      }
      await sleep(TICK_MS, undefined, { signal }).catch(() => undefined)
    }
    if (existsSync(fleetFile(config.LIANSHU_DATA))) writeSnapshot(config.LIANSHU_DATA, fleet.seed, plants)
  } finally {
    await Promise.all([...links.values()].map((link) => link.close()))
    await units.close()
  }
}

async function main(): Promise<void> {
  const config = readConfig()
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
  while (!stopping.signal.aborted) {
    const fleet = readFleet(config.LIANSHU_DATA)
    if (fleet) await run(config, fleet, stopping.signal)
    else await sleep(2_000, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
}

await main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`)
  process.exitCode = 1
})
process.exit()
