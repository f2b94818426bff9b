import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { takeLock } from './lock.ts'

const dir = mkdtempSync(join(tmpdir(), 'lianshu-lock-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const holder = () => {
  const program = `import { takeLock } from ${JSON.stringify(import.meta.resolve('./lock.ts'))}
    console.log((await takeLock(${JSON.stringify(dir)})).kind); setInterval(() => {}, 1000)`
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
}

test('a folder has one holder, by whatever path it is reached', async () => {
  const lock = await takeLock(dir)
  assert.equal(lock.kind, 'taken')
  assert.equal((await takeLock(join(dir, '..', dir.split('/').at(-1) ?? ''))).kind, 'held')
  if (lock.kind === 'taken') lock.release()
  const again = await takeLock(dir)
  assert.equal(again.kind, 'taken')
  if (again.kind === 'taken') again.release()
})

test('the lock of a killed process is free at once', async () => {
  const child = holder()
  const [line] = await once(child.stdout, 'data')
  assert.equal(String(line).trim(), 'taken')
  assert.equal((await takeLock(dir)).kind, 'held')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await takeLock(dir)
  assert.equal(lock.kind, 'taken')
  if (lock.kind === 'taken') lock.release()
})
