import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyOfProject } from '../test-copy.ts'

test('a new driver compiles, passes the checks, and its own tests pass', { timeout: 300_000 }, async (t) => {
  const copy = copyOfProject()
  t.after(() => rmSync(copy, { recursive: true, force: true }))
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const attempt = (program: string, ...args: string[]) => spawnSync(program, args, { cwd: copy, env, encoding: 'utf8' })
  const run = (program: string, ...args: string[]) => {
    const { status, stdout, stderr } = attempt(program, ...args)
    assert.equal(status, 0, `${args.join(' ')}\n${stdout}\n${stderr}`)
  }
  const bin = (name: string) => join(copy, 'node_modules/.bin', name)
  const makeDriver = ['tools/new-driver/main.ts', 'kiln-bus', "Kiln's bus", '窑炉总线']

  run(process.execPath, ...makeDriver)
  execFileSync('git', ['add', '-A'], { cwd: copy })
  run(bin('tsc'), '-p', 'tsconfig.server.json')
  run(bin('biome'), 'check', 'edge')
  run(bin('knip'))
  run(process.execPath, '--test', 'edge/drivers/kiln-bus/driver.test.ts', 'edge/drivers/protocols.test.ts')
  run(process.execPath, '--input-type=module-typescript', '--eval', problemsOfChecks)
  const config = readFileSync(join(copy, 'edge/drivers/kiln-bus/config.ts'), 'utf8')
  assert.match(config, /name: 'kiln-bus',\n {2}label: \{ zh: '窑炉总线', en: 'Kiln’s bus' \}/)
  assert.doesNotMatch(config, /example/i)

  const again = attempt(process.execPath, ...makeDriver)
  assert.equal(again.status, 1)
  assert.match(again.stderr, /exists already; nothing was written/)
  assert.match(attempt(process.execPath, 'tools/new-driver/main.ts', 'Kiln', 'x').stderr, /npm run new-driver/)
})

const problemsOfChecks = `
import { checkHabits } from './tools/check-habits.ts'
import { checkMap } from './tools/check-map.ts'
import { checkWords } from './tools/check-words.ts'
const all = [...(await checkMap()).problems, ...checkHabits(), ...checkWords()]
// The copy's packages are a link to the project's, which the map takes for another place.
const problems = all.filter((problem) => problem.includes('kiln-bus'))
if (problems.length > 0) throw new Error(problems.join('\\n'))
`
