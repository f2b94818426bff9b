import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { InstallFailed, install } from './install.ts'
import { ServiceSettings, unitOf } from './unit.ts'

function computer(t: TestContext, settings: object | undefined) {
  const root = mkdtempSync(join(tmpdir(), 'lianshu-install-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, 'etc/lianshu'), { recursive: true })
  if (settings) writeFileSync(join(root, 'etc/lianshu/gateway.json'), JSON.stringify(settings), { mode: 0o600 })
  const program = join(root, 'downloaded.js')
  writeFileSync(program, 'process.exit(0)\n')
  const unit = join(root, 'etc/systemd/system/lianshu-gateway.service')
  return { root, program, unit, run: (...args: string[]) => install([...args, '--root', root], true, program, '/usr/bin/node') }
}
const failed = (text: RegExp) => (error: unknown) => error instanceof InstallFailed && text.test(error.message)

test('program and unit are laid down with their limits; settings and secret stay root’s and are handed over as credentials', (t) => {
  const { root, unit, run } = computer(t, { caFile: '/etc/lianshu/ca.pem' })
  assert.match(run('--memory', '300', '--cpu', '50'), /已写入/)
  assert.equal(readFileSync(join(root, 'opt/lianshu/lianshu-gateway.js'), 'utf8'), 'process.exit(0)\n')
  const lines = readFileSync(unit, 'utf8').split('\n')
  for (const line of [
    'ExecStart=/usr/bin/node --max-old-space-size=192 /opt/lianshu/lianshu-gateway.js --config %d/settings',
    'MemoryMax=300M',
    'CPUQuota=50%',
    'LoadCredential=settings:/etc/lianshu/gateway.json',
    'LoadCredential=secret:/etc/lianshu/gateway.secret',
    'LoadCredential=ca:/etc/lianshu/ca.pem',
    'Environment=LIANSHU_GATEWAY_CA_FILE=%d/ca',
  ])
    assert.ok(lines.includes(line), line)
  run('--memory', '500')
  assert.match(readFileSync(unit, 'utf8'), /MemoryMax=500M\n/, 'the same again brings other limits')
})

test('what is wrong is said before any file is written', (t) => {
  const { unit, run } = computer(t, undefined)
  assert.throws(() => run(), failed(/请先用网关页面上的登记码登记/))
  const { run: enrolled } = computer(t, {})
  for (const args of [
    ['--memory', '64'],
    ['--memory', 'much'],
    ['--cpu', '0'],
  ])
    assert.throws(() => enrolled(...args), failed(/内存上限为/))
  assert.throws(() => enrolled('--color', 'red'), failed(/用法/))
  assert.equal(existsSync(unit), false)
})

test('the unit that is delivered is the one that is installed', () => {
  const file = join(import.meta.dirname, '../../deploy/systemd/lianshu-gateway.service')
  const place = { node: '/usr/bin/node', program: '/opt/lianshu/lianshu-gateway.js', folder: '/etc/lianshu' }
  assert.equal(readFileSync(file, 'utf8'), unitOf({ ...place, ...ServiceSettings.parse({}) }))
})

test('systemd finds nothing wrong with the unit', { skip: spawnSync('systemd-analyze', ['--version']).status !== 0 }, (t) => {
  const { root, unit, run } = computer(t, { caFile: '/etc/lianshu/ca.pem' })
  run('--memory', '300', '--cpu', '50')
  // The program of this computer, so that nothing but the unit itself can be found wrong.
  writeFileSync(unit, readFileSync(unit, 'utf8').replace('/usr/bin/node', process.execPath))
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' })
  assert.deepEqual([status, stderr.split('\n').filter((line) => line.includes(root) || line.includes('lianshu-gateway'))], [0, []], stderr)
  writeFileSync(unit, readFileSync(unit, 'utf8').replace('MemoryMax=300M', 'MemoryMax=much'))
  assert.match(
    spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' }).stderr,
    /Invalid memory limit/,
    'it would have told',
  )
})
