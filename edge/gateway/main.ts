import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { type Config, isChineseTerminal, readConfig, redacted } from './config.ts'
import { EnrolFailed, enrol } from './enrol.ts'
import { EventLog } from './event-log.ts'
import { Gateway, VERSION } from './gateway.ts'
import { InstallFailed, install } from './install.ts'
import { servePage } from './local-page/serve-page.ts'

// The process at the plant: `lianshu-gateway enrol PLATFORM CODE` and `lianshu-gateway install` once, or `lianshu-gateway --config FILE`. Ready when it says so by one line on standard output; the log is on stderr.

const log = new EventLog(systemClock)

function readArguments(): Config {
  const { values } = parseArgs({ options: { config: { type: 'string' }, supervised: { type: 'boolean', default: false } } })
  if (values.supervised) {
    // Whoever started us holds the other end.
    process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).on('error', () => process.kill(process.pid, 'SIGTERM'))
    process.stdin.resume()
  }
  return readConfig(values.config)
}

async function main(): Promise<void> {
  const config = readArguments()
  process.stderr.write(
    `${JSON.stringify({ level: 30, time: systemClock.nowMs(), name: 'gateway', msg: 'settings', version: VERSION, ...redacted(config) })}\n`,
  )
  const gateway = await Gateway.start(config, systemClock, log)
  await servePage(config, gateway, log, systemClock)
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // The second time somebody is in a hurry; what was committed is on the disk.
      if (stopping) process.exit(1)
      stopping = true
      gateway.stop().then(
        () => process.exit(0),
        (error: Error) => fail(error),
      )
    })
  }
  process.stdout.write(`${JSON.stringify({ ready: true, version: VERSION })}\n`)
}

function fail(error: Error): never {
  process.stderr.write(`${JSON.stringify({ level: 60, time: systemClock.nowMs(), name: 'gateway', msg: error.message })}\n`)
  process.exit(1)
}

// A protocol's library that fails where nobody waits must not end the reading of all other machines; what is the gateway's own must not fail.
process.on('unhandledRejection', (error) => log.add('error', 'gateways.strayFailure', { error: String(error) }))

/** A command that ends, with words for whoever typed it. */
async function say(work: () => string | Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await work()}\n`)
  } catch (error) {
    if (!(error instanceof EnrolFailed || error instanceof InstallFailed)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

const [command, ...args] = process.argv.slice(2)
const commands: Record<string, () => Promise<void>> = {
  enrol: () => say(() => enrol(args, isChineseTerminal())),
  install: () => say(() => install(args, isChineseTerminal(), process.argv[1] ?? '')),
}
await (commands[command ?? ''] ?? main)().catch(fail)
