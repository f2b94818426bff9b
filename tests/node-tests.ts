import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { startPart } from './parts.ts'
import { nothing, type Tally } from './tally.ts'
import { ensureTemplate } from './template.ts'

const root = resolve(import.meta.dirname, '..')

/** Begins first: alone at the end it would leave the other cores idle for a minute. */
const longest = 'tools/made.test.ts'

/** Pages' tests are Vitest's, journeys are Playwright's; recorded data and foreign servers have commands of their own. */
const elsewhere = /(^|\/)web\/|^ui\/|^e2e\/|^tests\/(reference|peers)\/|^fault\/|^bench\//

export function nodeTestFiles(filters: readonly string[]): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.test.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = [...new Set(listed.split('\n'))].filter((file) => file !== '' && !elsewhere.test(file) && existsSync(join(root, file)))
  const wanted = files.filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter))).sort()
  return wanted.sort((a, b) => Number(b === longest) - Number(a === longest))
}

/** Runs test files on both stores, which are started for this run alone, and shows each test as it ends. */
export async function runNodeTests(files: string[]): Promise<Tally> {
  if (files.length === 0) return nothing
  const stores = await startStores()
  try {
    return await runFiles(files)
  } finally {
    await stores.stop()
  }
}

/** Unit tests that touch nothing outside themselves, without any store. */
export function runFiles(files: string[]): Promise<Tally> {
  const stream = run({
    files: files.map((file) => join(root, file)),
    cwd: root,
    // Tests wait for stores, sockets and clocks half of their time.
    concurrency: availableParallelism() + 1,
    timeout: 180_000,
  })
  const tally = { ...nothing }
  // A file that ends without a word about its tests is a failure of its own: it appears as a test named after the file.
  const count = (
    event: { details: { type?: string | undefined }; skip?: string | boolean; todo?: string | boolean },
    kind: 'passed' | 'failed',
  ) => {
    if (event.details.type === 'suite') return
    if (event.skip !== undefined && event.skip !== false) tally.skipped++
    else tally[kind]++
  }
  stream.on('test:pass', (event) => count(event, 'passed'))
  stream.on('test:fail', (event) => count(event, 'failed'))
  const shown = stream.compose(spec())
  shown.pipe(process.stdout, { end: false })
  return new Promise((resolved) => shown.once('end', () => resolved(tally)))
}

async function startStores(): Promise<{ stop(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-test-'))
  const started = await Promise.allSettled([startPart.postgres(join(dir, 'postgres')), startPart.clickhouse(join(dir, 'clickhouse'))])
  const stop = async () => {
    for (const part of started) if (part.status === 'fulfilled') await part.value.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const [postgres, clickhouse] = started
    if (postgres.status === 'rejected') throw postgres.reason
    if (clickhouse.status === 'rejected') throw clickhouse.reason
    process.env.TEST_DATABASE_URL_ADMIN = postgres.value.url
    process.env.TEST_CLICKHOUSE_URL = clickhouse.value.url
    process.env.TEST_DATABASE_TEMPLATE = await ensureTemplate(postgres.value.url)
    return { stop }
  } catch (error) {
    await stop()
    throw error
  }
}
