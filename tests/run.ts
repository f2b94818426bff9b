import { parseArgs } from 'node:util'
import { nodeTestFiles, runNodeTests } from './node-tests.ts'
import { runJourneys, runWebTests } from './other-runners.ts'
import { nothing, sum, type Tally } from './tally.ts'

// `npm test`: all that needs no foreign server. `npm test -- --only unit|web|e2e`, `npm test -- part/of/a/path`.

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } })

const runners: Record<string, { title: string; run: () => Promise<Tally> }> = {
  unit: { title: '服务端测试  Server, stores and rules (node --test)', run: () => runNodeTests(nodeTestFiles(positionals)) },
  web: { title: '页面单元测试  Page units (Vitest)', run: () => runWebTests(positionals) },
  e2e: { title: '浏览器流程  Journeys in a browser (Playwright)', run: () => runJourneys(positionals) },
}

const { only } = values
if (only !== undefined && !(only in runners)) {
  console.error(`--only ${Object.keys(runners).join(' | ')}`)
  process.exit(2)
}

const tallies: Tally[] = []
for (const [name, { title, run }] of Object.entries(runners)) {
  if (only !== undefined && only !== name) continue
  console.log(`\n== ${title}`)
  const startedMs = performance.now()
  const tally = await run().catch((error: unknown): Tally => {
    console.error(error)
    return { ...nothing, failed: 1 }
  })
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  console.log(`   ${name}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped (${seconds} s)`)
  tallies.push(tally)
}

const total = sum(tallies)
console.log('')
if (total.skipped > 0) console.log(`${total.skipped} skipped`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
