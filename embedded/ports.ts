import { once } from 'node:events'
import { createServer } from 'node:net'

// Below every system's range for outgoing connections (Linux 32768, others 49152): a port handed
// out here cannot become the source of somebody's connection before its server listens on it.
const FIRST = 20_000
const A_PROCESS = 20
const PROCESSES = 600
let next = (process.pid % PROCESSES) * A_PROCESS

/**
 * A port of the loopback that nobody listens on at this moment, and that no other process is handed
 * meanwhile: processes that run together have a range each, and go through it in turn.
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < PROCESSES * A_PROCESS; tried++) {
    const port = FIRST + (next++ % (PROCESSES * A_PROCESS))
    if (await isPortFree(port, '127.0.0.1')) return port
  }
  throw new Error(`No port from ${FIRST} to ${FIRST + PROCESSES * A_PROCESS - 1} is free on 127.0.0.1.`)
}

export async function isPortFree(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
