import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { nodeTestFiles, runFiles } from '../tests/node-tests.ts'
import { checkGlossary } from './check-glossary.ts'
import { checkHabits } from './check-habits.ts'
import { checkMap, type Graph, reaches } from './check-map.ts'
import { checkSql } from './check-sql.ts'
import { checkWords } from './check-words.ts'
import { root } from './source-files.ts'

// `npm run check`: what a machine can say about the code without starting the platform.

const failed: string[] = []

async function part(title: string, work: () => boolean | Promise<boolean>): Promise<void> {
  console.log(`\n== ${title}`)
  const startedMs = performance.now()
  const good = await work()
  console.log(`   ${good ? 'ok' : 'FAILED'} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`)
  if (!good) failed.push(title)
}

function tool(program: string, ...args: string[]): boolean {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], { cwd: root, stdio: 'inherit' })
  return status === 0
}

function none(problems: readonly string[]): boolean {
  for (const problem of problems) console.log(`   ${problem}`)
  return problems.length === 0
}

/** Starts a database, a server or a browser: belongs to `npm test`. */
const needsStores =
  /^tests\/(platform|started-platform|mqtt-broker)\.ts$|^embedded\/(postgres|clickhouse)\/(start|main)\.ts$|^node_modules\/chdb\//

/** Makes a module or a driver in a copy of the project and runs the checks on it: belongs to `npm test` too. */
const makesCopy = /^tools\/made\.test\.ts$/

let graph: Graph = { problems: [], imports: new Map() }
await part('类型 Types: server', () => tool('typescript/bin/tsc', '-p', 'tsconfig.server.json'))
await part('类型 Types: web', () => tool('typescript/bin/tsc', '-p', 'tsconfig.web.json'))
await part('格式与规则 Format and lint (biome)', () => tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings'))
await part('模块依赖 Module map', async () => {
  graph = await checkMap()
  return none(graph.problems)
})
await part('SQL 只用本模块的表 SQL names its own schema', () => none(checkSql()))
await part('习惯 Names, sizes, settings, clock', () => none(checkHabits()))
await part('中英文 Words in both languages', () => none(checkWords()))
await part('术语 Glossary', () => none(checkGlossary()))
await part('无用代码 Unused code (knip)', () => tool('knip/bin/knip.js'))
await part('规则测试 Tests that need no store', async () => {
  const files = nodeTestFiles([]).filter((file) => !makesCopy.test(file) && !reaches(graph, file, needsStores))
  return (await runFiles(files)).failed === 0
})

console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join('; ')}`)
process.exit(failed.length === 0 ? 0 : 1)
