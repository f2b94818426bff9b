import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { StartError } from '#embedded/start-error.ts'
import { newRun, readRun, writeRun } from './run-file.ts'

const dir = mkdtempSync(join(tmpdir(), 'lianshu-run-'))
const file = join(dir, 'run.json')
after(() => rmSync(dir, { recursive: true, force: true }))

test('a new folder has no run file; what was written is read again, for its owner’s eyes only', () => {
  assert.equal(readRun(dir), undefined)
  const run = { ...newRun(), ports: { postgres: 5000 }, pids: { server: 7 } }
  writeRun(dir, run)
  assert.deepEqual(readRun(dir), run)
  assert.equal(statSync(file).mode & 0o777, 0o600)
})

test('passwords differ from one another and from the next installation’s', () => {
  const all = [newRun(), newRun()].flatMap(({ passwords }) => Object.values(passwords))
  assert.equal(new Set(all).size, all.length)
})

test('a damaged file is named with what is wrong in it, and stays as it is', () => {
  const damaged = ['{"passwords":', '{}', JSON.stringify({ ...newRun(), pids: 'none' })]
  for (const text of damaged) {
    writeFileSync(file, text)
    assert.throws(
      () => readRun(dir),
      (error) => error instanceof StartError && error.en.includes(file),
    )
    assert.equal(readFileSync(file, 'utf8'), text)
  }
  assert.throws(() => readRun(dir), /run\.json is damaged: pids/)
})

test('without the file the databases’ passwords are gone: no new ones are made', () => {
  rmSync(file)
  mkdirSync(join(dir, 'postgres'))
  assert.throws(() => readRun(dir), /is missing/)
})
