import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKeeper, type Part, type Running, type Watcher } from './keeper.ts'

function fakePart(
  name: string,
  log: string[],
): { name: string; start(): Promise<Running>; die(): void; starts: number; failNext: boolean } {
  let die: (reason: string) => void = () => undefined
  return {
    name,
    starts: 0,
    failNext: false,
    die: () => die('killed'),
    async start(): Promise<Running> {
      this.starts++
      if (this.failNext) throw new Error('not ready')
      const { promise: ended, resolve } = Promise.withResolvers<string>()
      die = resolve
      const end = (how: string) => {
        log.push(`${how} ${name}`)
        resolve(how)
      }
      return { pid: this.starts, ended, stop: async () => end('stop'), kill: () => end('kill') }
    },
  }
}

function recorder() {
  const seen: string[] = []
  let latest: Record<string, number> = {}
  const watcher: Watcher = {
    pids: (pids) => {
      latest = pids
    },
    died: (part, reason) => seen.push(`died ${part}: ${reason}`),
    cameBack: (part) => seen.push(`back ${part}`),
    gaveUp: (part, reason) => seen.push(`gave up ${part}: ${reason}`),
  }
  return { seen, watcher, pids: () => latest }
}

test('a part that dies is started again under its new number, and all stop in reverse order', async () => {
  const log: string[] = []
  const { seen, watcher, pids } = recorder()
  const keeper = createKeeper(watcher)
  const [a, b] = [fakePart('a', log), fakePart('b', log)]
  await keeper.keep(a)
  await keeper.keep(b)
  a.die()
  await sleep(20)
  assert.deepEqual(pids(), { b: 1 })
  await sleep(300)
  assert.deepEqual(pids(), { a: 2, b: 1 })
  await keeper.stop()
  assert.deepEqual(log, ['stop b', 'stop a'])
  await sleep(300)
  assert.deepEqual([a.starts, b.starts, seen], [2, 1, ['died a: killed', 'back a']])
})

test('a part that cannot start again is given up after the limit', async () => {
  const { seen, watcher } = recorder()
  const part = fakePart('a', [])
  const keeper = createKeeper(watcher, async () => undefined)
  await keeper.keep(part)
  part.failNext = true
  part.die()
  await sleep(20)
  assert.equal(seen.at(-1), 'gave up a: not ready')
  assert.equal(part.starts, 6)
})

test('a part that is still starting is stopped too', async () => {
  const log: string[] = []
  const { watcher } = recorder()
  const part = fakePart('a', log)
  const slow: Part = {
    name: 'a',
    start: async (signal) => {
      await sleep(50)
      assert.equal(signal.aborted, true)
      return part.start()
    },
  }
  const keeper = createKeeper(watcher)
  void keeper.keep(slow)
  await keeper.stop()
  assert.deepEqual(log, ['stop a'])
})

test('a first start that fails is the caller’s to judge: no second attempt', async () => {
  const { seen, watcher } = recorder()
  const part = fakePart('a', [])
  part.failNext = true
  await assert.rejects(createKeeper(watcher).keep(part), /not ready/)
  assert.deepEqual([part.starts, seen], [1, []])
})
