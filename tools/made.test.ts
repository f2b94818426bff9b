import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { testPart } from '../tests/platform.ts'
import { copyOfProject } from './test-copy.ts'

test('a new module and a new driver compile, pass the checks, and their own tests pass', { timeout: 300_000 }, async (t) => {
  const copy = copyOfProject()
  t.after(() => rmSync(copy, { recursive: true, force: true }))
  const { TEST_DATABASE_TEMPLATE: _, NODE_TEST_CONTEXT: __, ...inherited } = process.env
  // The stores of this run, but a template of its own: it has one schema more.
  const env = { ...inherited, TEST_DATABASE_URL_ADMIN: await testPart('postgres'), TEST_CLICKHOUSE_URL: await testPart('clickhouse') }
  const attempt = (program: string, ...args: string[]) => spawnSync(program, args, { cwd: copy, env, encoding: 'utf8' })
  const run = (program: string, ...args: string[]) => {
    const { status, stdout, stderr } = attempt(program, ...args)
    assert.equal(status, 0, `${args.join(' ')}\n${stdout}\n${stderr}`)
  }
  const bin = (name: string) => join(copy, 'node_modules/.bin', name)
  const makeModule = ['tools/new-module/main.ts', 'shopfloor', 'kilns', 'kiln', '窑炉']
  const makeDriver = ['tools/new-driver/main.ts', 'kiln-bus', "Kiln's bus", '窑炉总线']

  run(process.execPath, ...makeModule)
  run(process.execPath, ...makeDriver)
  execFileSync('git', ['add', '-A'], { cwd: copy })
  run(bin('tsc'), '-p', 'tsconfig.server.json')
  run(bin('tsc'), '-p', 'tsconfig.web.json')
  run(bin('biome'), 'check', 'edge', 'modules/shopfloor/kilns', 'apps/server/modules.ts', 'apps/web/pages.ts', 'module-map.js')
  run(bin('knip'))
  run(
    process.execPath,
    '--test',
    'modules/shopfloor/kilns/server/kilns.test.ts',
    'tests/isolation/catalogue.test.ts',
    'edge/drivers/kiln-bus/driver.test.ts',
    'edge/drivers/protocols.test.ts',
  )
  run(process.execPath, '--input-type=module-typescript', '--eval', problemsOfChecks)
  const config = readFileSync(join(copy, 'edge/drivers/kiln-bus/config.ts'), 'utf8')
  assert.match(config, /name: 'kiln-bus',\n {2}label: \{ zh: '窑炉总线', en: 'Kiln’s bus' \}/)
  assert.doesNotMatch(config, /example/i)

  for (const make of [makeModule, makeDriver]) {
    const again = attempt(process.execPath, ...make)
    assert.equal(again.status, 1)
    assert.match(again.stderr, /exists already; nothing was written/)
  }
  assert.match(attempt(process.execPath, 'tools/new-driver/main.ts', 'Kiln', 'x').stderr, /npm run new-driver/)
})

const problemsOfChecks = `
import { checkHabits } from './tools/check-habits.ts'
import { checkMap } from './tools/check-map.ts'
import { checkWords } from './tools/check-words.ts'
const all = [...(await checkMap()).problems, ...checkHabits(), ...checkWords()]
// The copy's packages are a link to the project's, which the map takes for another place.
const problems = all.filter((problem) => /kiln/.test(problem))
if (problems.length > 0) throw new Error(problems.join('\\n'))
`
