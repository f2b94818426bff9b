/** What a run found, line by line. */
export interface Report {
  check(name: string, holds: boolean, found: unknown): void
  passed: number
  failed: number
}

export interface ScenarioOptions {
  /** Of its own, removed afterwards. */
  folder: string
  short: boolean
  /** How long parts are killed. */
  seconds: number
}

export type Scenario = (report: Report, options: ScenarioOptions) => Promise<void>

export const openReport = (): Report => ({
  passed: 0,
  failed: 0,
  check(name, holds, found) {
    if (holds) this.passed++
    else this.failed++
    console.log(`${holds ? '✔' : '✘'} ${name}${holds ? '' : `: ${JSON.stringify(found)}`}`)
  },
})
