import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { testPart } from '../../tests/platform.ts'
import { copyOfProject } from '../test-copy.ts'

test('a new module compiles, passes the checks, and its own tests pass', { timeout: 300_000 }, async (t) => {
  const copy = copyOfProject()
  t.after(() => rmSync(copy, { recursive: true, force: true }))
  const { TEST_DATABASE_TEMPLATE: _, NODE_TEST_CONTEXT: __, ...inherited } = process.env
  // The stores of this run, but a template of its own: it has one schema more.
  const env = { ...inherited, TEST_DATABASE_URL_ADMIN: await testPart('postgres'), TEST_CLICKHOUSE_URL: await testPart('clickhouse') }
  const run = (program: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: copy, env, encoding: 'utf8' })
    assert.equal(status, 0, `${args.join(' ')}\n${stdout}\n${stderr}`)
  }
  const bin = (name: string) => join(copy, 'node_modules/.bin', name)

  run(process.execPath, 'tools/new-module/main.ts', 'shopfloor', 'kilns', 'kiln', '窑炉')
  execFileSync('git', ['add', '-A'], { cwd: copy })
  run(bin('tsc'), '-p', 'tsconfig.server.json')
  run(bin('tsc'), '-p', 'tsconfig.web.json')
  run(bin('biome'), 'check', 'modules/shopfloor/kilns', 'apps/server/modules.ts', 'apps/web/pages.ts', 'module-map.js')
  run(process.execPath, '--test', 'modules/shopfloor/kilns/server/kilns.test.ts', 'tests/isolation/catalogue.test.ts')

  const again = spawnSync(process.execPath, ['tools/new-module/main.ts', 'shopfloor', 'kilns', 'kiln', '窑炉'], {
    cwd: copy,
    env,
    encoding: 'utf8',
  })
  assert.equal(again.status, 1)
  assert.match(again.stderr, /exists already; nothing was written/)
})
