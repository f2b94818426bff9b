import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { type Config, isChineseTerminal, readConfig, redacted } from './config.ts'
import { EnrolFailed, enrol } from './enrol.ts'
import { EventLog } from './event-log.ts'
import { Gateway, VERSION } from './gateway.ts'

// The process at the plant: `lianshu-gateway enrol PLATFORM CODE` once, then `lianshu-gateway --config FILE`. Ready when it says so by one line on standard output; the log is on stderr.

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

async function enrolHere(args: string[]): Promise<void> {
  try {
    process.stdout.write(`${await enrol(args, isChineseTerminal())}\n`)
  } catch (error) {
    if (!(error instanceof EnrolFailed)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

const [command, ...args] = process.argv.slice(2)
await (command === 'enrol' ? enrolHere(args) : main()).catch(fail)
