import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ensureBrowser } from './browser.ts'
import { nothing, type Tally } from './tally.ts'

const root = resolve(import.meta.dirname, '..')

/** The pages' unit tests. */
export async function runWebTests(filters: readonly string[]): Promise<Tally> {
  const files = globSync(['modules/*/*/web/**/*.test.{ts,tsx}', 'ui/**/*.test.{ts,tsx}', 'apps/web/**/*.test.{ts,tsx}'], { cwd: root })
  if (!files.some((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))) return nothing
  return withReport(async (report) => {
    const code = await runTool(
      'vitest/vitest.mjs',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
      {},
    )
    const result = readReport<{ numPassedTests: number; numFailedTests: number; numPendingTests: number }>(report)
    if (!result) return { ...nothing, failed: 1 }
    // A file that cannot even be loaded has no failed test in the report, yet the run has failed.
    const failed = result.numFailedTests || (code === 0 ? 0 : 1)
    return { passed: result.numPassedTests, failed, skipped: result.numPendingTests }
  })
}

/** Journeys in a browser through a platform of their own. */
export async function runJourneys(filters: readonly string[]): Promise<Tally> {
  const files = globSync('e2e/**/*.test.ts', { cwd: root }).filter(
    (file) => filters.length === 0 || filters.some((filter) => file.includes(filter)),
  )
  if (files.length === 0) return nothing
  ensureBrowser()
  return withReport(async (report) => {
    const code = await runTool('@playwright/test/cli.js', ['test', '--reporter=list,json', ...files], {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    })
    const stats = readReport<{ stats: { expected: number; unexpected: number; flaky: number; skipped: number } }>(report)?.stats
    if (!stats) return { ...nothing, failed: 1 }
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected || (code === 0 ? 0 : 1), skipped: stats.skipped }
  })
}

async function withReport(work: (file: string) => Promise<Tally>): Promise<Tally> {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-report-'))
  try {
    return await work(join(dir, 'report.json'))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function runTool(program: string, args: string[], env: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  const [code] = await once(child, 'exit')
  return (code as number | null) ?? 1
}

const readReport = <Report>(file: string): Report | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined
