import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { restartLimit } from '../apps/supervisor/restart-rules.ts'
import type { StartedPlatform } from '../tests/started-platform.ts'

/** Told before each act is sent: this may be the one that is interrupted. */
export type Aim = (act: string) => void

const WAYS = ['server', 'postgres', 'cut'] as const
export type Way = (typeof WAYS)[number]

export interface Interruption {
  way: Way
  act: string
}

export interface TradeKills {
  aim: Aim
  done: Interruption[]
  /** No more; answers when all parts are up again. */
  stop(): Promise<void>
}

/** How long after an act was sent it is interrupted: from before it began to after its answer. */
const MOMENT_MS = 40
const BETWEEN_MS: Record<Way, number> = { server: 4_000, postgres: 6_000, cut: 700 }
/** The supervisor gives up on what dies more often than it allows; that a server finds no database at its start is a death too. */
const MOST_A_MINUTE = restartLimit.deaths - 2
const LOOK_EVERY_MS = 100
const BACK_WITHIN_MS = 30_000

/**
 * SIGKILLs server and PostgreSQL and cuts the connections between them, aimed at acts: of those that come by, the one that was hit least
 * often is hit next, at a random moment of its way.
 */
export function startTradeKills(platform: StartedPlatform): TradeKills {
  const done: Interruption[] = []
  const lastMs: Record<Way, number[]> = { server: [], postgres: [], cut: [] }
  const seen = new Map<string, Record<Way, number>>()
  let stopped = false
  let busy = false
  // What is coming up is left alone: a minute's deaths are few.
  let up = true
  const looking = setInterval(async () => {
    if (busy) return
    const answers = await isReady(platform)
    up = answers && !busy
  }, LOOK_EVERY_MS)
  const ready = (way: Way) => {
    const [now, times] = [performance.now(), lastMs[way]]
    if (now - (times.at(-1) ?? now - BETWEEN_MS[way]) < BETWEEN_MS[way]) return false
    return way === 'cut' || times.filter((at) => now - at < restartLimit.withinMs).length < MOST_A_MINUTE
  }
  const strike = async (way: Way, act: string, hits: Record<Way, number>) => {
    await sleep(Math.random() * MOMENT_MS)
    const struck = way === 'cut' ? await cutConnections(platform) : killPart(platform, way)
    if (struck) {
      hits[way]++
      lastMs[way].push(performance.now())
      done.push({ way, act })
    }
    if (way !== 'cut') up = false
    busy = false
  }
  return {
    done,
    aim: (act) => {
      const hits = seen.get(act) ?? { server: 0, postgres: 0, cut: 0 }
      seen.set(act, hits)
      if (stopped || busy || !up) return
      const way = WAYS.find((one) => ready(one) && hits[one] <= Math.min(...[...seen.values()].map((other) => other[one])))
      if (!way) return
      busy = true
      void strike(way, act, hits)
    },
    stop: async () => {
      stopped = true
      while (busy) await sleep(20)
      const untilMs = performance.now() + BACK_WITHIN_MS
      while (!(await isReady(platform))) {
        if (performance.now() > untilMs) throw new Error('The platform did not come back.')
        await sleep(LOOK_EVERY_MS)
      }
      clearInterval(looking)
    },
  }
}

const isReady = ({ address }: StartedPlatform): Promise<boolean> =>
  fetch(`${address}/api/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  )

function killPart(platform: StartedPlatform, part: 'server' | 'postgres'): boolean {
  const pid = platform.run().pids[part]
  if (pid === undefined) return false
  try {
    process.kill(pid, 'SIGKILL')
    return true
  } catch {
    return false
  }
}

/** Ends every connection of the platform to PostgreSQL, in whatever transaction it stands. */
async function cutConnections(platform: StartedPlatform): Promise<boolean> {
  const { ports, passwords } = platform.run()
  const client = new pg.Client({
    host: '127.0.0.1',
    port: ports.postgres ?? 5432,
    user: 'postgres',
    password: passwords.superuser ?? '',
    database: 'lianshu',
    connectionTimeoutMillis: 2_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename in ('lianshu_app', 'lianshu_system')`)
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
