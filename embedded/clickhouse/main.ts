import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type FrontConfig, readConfig } from './config.ts'
import { Engine } from './engine.ts'
import { type Front, startFront } from './server.ts'
import { lockHolder } from './store-state.ts'

/** Exit codes tell the supervisor what happened without reading texts. */
const exitCodes = { usage: 2, locked: 3, broken: 4, port: 5 } as const

function leave(reason: keyof typeof exitCodes, message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(exitCodes[reason])
}

async function main(): Promise<void> {
  const config = parse()
  const input = createInterface({ input: process.stdin })
  const password = config.password ?? String((await once(input, 'line'))[0])
  if (password === '') leave('usage', 'An empty password is refused.')
  const engine = await open(config)
  const front = await listen(engine, config, password)
  const stop = stopOnce(front)
  process.on('SIGTERM', stop)
  // Ctrl-C reaches the whole terminal group: the supervisor decides when the store goes.
  process.on('SIGINT', config.passwordFromStdin ? () => undefined : stop)
  if (config.passwordFromStdin) input.once('close', stop)
  else input.close()
  process.stdout.write(`${JSON.stringify({ ready: true, port: config.port })}\n`)
}

function parse(): FrontConfig {
  try {
    return readConfig(process.argv.slice(2))
  } catch (error) {
    leave('usage', (error as Error).message)
  }
}

async function open({ path, minFreeMb }: FrontConfig): Promise<Engine> {
  try {
    return await Engine.open(path, minFreeMb)
  } catch (error) {
    const holder = lockHolder(join(path, 'store'))
    if (holder !== undefined) leave('locked', `The directory ${path} is in use by process ${holder}. Nothing was changed.`)
    leave('broken', `ClickHouse does not open ${path}: ${(error as Error).message} Nothing was deleted.`)
  }
}

async function listen(engine: Engine, { user, port }: FrontConfig, password: string): Promise<Front> {
  try {
    return await startFront(engine, { user, password }, port)
  } catch (error) {
    await engine.close()
    leave('port', `Port ${port} cannot be opened: ${(error as Error).message}`)
  }
}

function stopOnce(front: Front): () => void {
  let stopping = false
  return () => {
    if (stopping) return
    stopping = true
    void front.close().then(() => process.exit(0))
  }
}

await main()
