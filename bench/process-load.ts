import { readFileSync } from 'node:fs'

const TICKS_A_SECOND = 100
const SAMPLE_MS = 200

/** Memory a process holds now, in MB; NaN when it is gone. */
export function residentMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
  } catch {
    return Number.NaN
  }
}

/** Processor seconds a process has used since it began. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
  } catch {
    return Number.NaN
  }
}

/** Watches the platform's processes during `work`: cores used and the most memory held, by process. */
export async function watched<Result>(pids: Record<string, number>, work: () => Promise<Result>) {
  const names = Object.keys(pids)
  const peakMb: Record<string, number> = {}
  const look = () => {
    for (const name of names) peakMb[name] = Math.round(Math.max(peakMb[name] ?? 0, residentMb(pids[name] ?? 0) || 0))
  }
  const before = names.map((name) => cpuSeconds(pids[name] ?? 0))
  const startedMs = performance.now()
  look()
  const timer = setInterval(look, SAMPLE_MS)
  try {
    const result = await work()
    const seconds = (performance.now() - startedMs) / 1_000
    const cores = Object.fromEntries(
      names.map((name, i) => [name, Math.round(((cpuSeconds(pids[name] ?? 0) - (before[i] ?? 0)) / seconds) * 100) / 100]),
    )
    return { result, cores, peakMb }
  } finally {
    clearInterval(timer)
  }
}
