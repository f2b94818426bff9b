export interface BenchOptions {
  quick: boolean
  /** Multiples of the bench's work; the figure is printed at each. */
  scales: readonly number[]
  /** Other switches, as `--overload`. */
  switches: ReadonlySet<string>
  /** For people; the last line of the output alone is for machines. */
  say(text: string): void
}

/** What a bench found out, as benchmarks.md says it is printed. */
export interface Figure {
  value: number
  unit: string
  /** Ours against the other side's, measured in the same run; null where there is no other side. */
  ratio: number | null
  against: string | null
  detail: Record<string, unknown>
}

export interface Bench {
  name: string
  summary: string
  goal: string
  switches?: Record<string, string>
  run(options: BenchOptions): Promise<Figure>
}
