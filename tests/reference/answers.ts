/** Collects the published answers of a run: one line for each, and the closing line. */
export interface Answers {
  /** A published answer and ours; `within` is how far apart numbers may lie, 0 where nothing is said. */
  check(set: string, what: string, expected: number | string, got: number | string, within?: number): void
  readonly passed: number
  readonly failed: number
}

export function collectAnswers(print: (line: string) => void): Answers {
  let passed = 0
  let failed = 0
  return {
    check: (set, what, expected, got, within = 0) => {
      const both = typeof expected === 'number' && typeof got === 'number'
      const right = both ? Math.abs(expected - got) <= within : expected === got
      if (right) passed++
      else failed++
      print(`${right ? 'ok  ' : 'FAIL'}  ${set}  ${what}: expected ${expected}, got ${got}${within > 0 ? ` (within ${within})` : ''}`)
    },
    get passed() {
      return passed
    },
    get failed() {
      return failed
    },
  }
}
