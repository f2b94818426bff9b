import { readFileSync, statSync } from 'node:fs'

/** The outside ledger of a replay: what stands in it was acknowledged, whatever happened afterwards. */
export function readLedger(file: string): { seq: number; ts: number }[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  // The last line is empty, or torn where the replay itself was ended.
  lines.pop()
  return lines.map((line) => {
    const [seq, ts] = line.split(',').map(Number)
    return { seq: seq ?? Number.NaN, ts: ts ?? Number.NaN }
  })
}

const LOOK_MS = 20

/** Notes when ledgers grow: the time without an acknowledgement after a kill is its gap. */
export function watchGrowth(files: readonly string[]) {
  const size = () => files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0)
  let last = size()
  const grownAtMs: number[] = [performance.now()]
  const timer = setInterval(() => {
    const now = size()
    if (now === last) return
    last = now
    grownAtMs.push(performance.now())
  }, LOOK_MS)
  return {
    /** The longest time without growth that began or ended within [fromMs, untilMs). */
    longestGapMs: (fromMs: number, untilMs: number) => {
      let longest = 0
      const moments = [...grownAtMs.filter((at) => at < untilMs), untilMs]
      for (let i = 1; i < moments.length; i++) {
        const [before, after] = [moments[i - 1] ?? 0, moments[i] ?? 0]
        if (after >= fromMs) longest = Math.max(longest, after - before)
      }
      return Math.round(longest)
    },
    stop: () => clearInterval(timer),
  }
}
