import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DiskQueue, type QueueOptions } from './disk-queue.ts'

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-queue-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function opened(dir: string, change: Partial<QueueOptions> = {}) {
  const said: string[] = []
  const options = {
    dir,
    limitBytes: 64 * 1024 * 1024,
    memoryBytes: 4 * 1024 * 1024,
    log: (code: string) => void said.push(code),
    ...change,
  }
  return DiskQueue.open(options).then((queue) => ({ queue, said }))
}

const batch = (text: string, samples = 1) => ({ items: Buffer.from(text), samples, oldestMs: 1_700_000_000_000, live: false })
const none = () => false

/** What batches take on the disk now: whole segments, packed ones, and one that is being packed. */
function bytesOfBatches(dir: string): number {
  return readdirSync(dir)
    .filter((name) => /\.(segment|packed|part)$/.test(name))
    .reduce((sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0), 0)
}

/** Everything that waits, in order, without acknowledging it. */
async function waiting(queue: DiskQueue): Promise<[number, string][]> {
  const seen = new Map<number, string>()
  for (let one = await queue.next(Infinity, none); one; one = await queue.next(Infinity, (n) => seen.has(n))) {
    seen.set(one.number, one.items.toString())
  }
  return [...seen]
}

test('batches are numbered for ever, come back after a restart until they are acknowledged, and files go when all of them are', async (t) => {
  const dir = folder(t)
  const first = await opened(dir)
  for (const text of ['a', 'b', 'c']) await first.queue.commit(batch(text))
  first.queue.acknowledge(2)
  await first.queue.close()
  const second = await opened(dir)
  assert.deepEqual(await waiting(second.queue), [
    [1, 'a'],
    [3, 'c'],
  ])
  assert.equal((await second.queue.commit(batch('d')))?.number, 4)
  assert.deepEqual([second.queue.figures().batches, await second.queue.oldestMs()], [3, 1_700_000_000_000])
  for (const n of [1, 3, 4]) second.queue.acknowledge(n)
  await second.queue.close()
  const third = await opened(dir)
  assert.deepEqual(await waiting(third.queue), [])
  assert.deepEqual(third.queue.figures().batches, 0)
  assert.equal(readdirSync(dir).filter((name) => name.endsWith('.segment')).length, 0)
  assert.equal((await third.queue.commit(batch('e')))?.number, 5, 'the number outlives its batches')
  await third.queue.close()
  assert.deepEqual([first.said, second.said, third.said].flat(), [])
})

test('half a batch at the end, as a kill leaves it, is cut off; what stands before it is kept', async (t) => {
  const dir = folder(t)
  const { queue } = await opened(dir)
  for (const text of ['first', 'second']) await queue.commit(batch(text))
  await queue.close()
  const [segment = ''] = readdirSync(dir).filter((name) => name.endsWith('.segment'))
  truncateSync(join(dir, segment), statSync(join(dir, segment)).size - 3)
  // The state is of the moment before the batch.
  rmSync(join(dir, 'state'))
  const again = await opened(dir)
  assert.deepEqual(again.said, ['gateways.queueTailCut'])
  assert.deepEqual(await waiting(again.queue), [[1, 'first']])
  assert.equal((await again.queue.commit(batch('third')))?.number, 2)
  await again.queue.close()
})

test('a byte that was lost costs its batch alone, is counted and said', async (t) => {
  const dir = folder(t)
  const { queue } = await opened(dir)
  for (const text of ['good-1', 'broken', 'good-2']) await queue.commit(batch(text, 10))
  await queue.close()
  const [segment = ''] = readdirSync(dir).filter((name) => name.endsWith('.segment'))
  const at = readFileSync(join(dir, segment)).indexOf('broken')
  const fd = openSync(join(dir, segment), 'r+')
  writeSync(fd, 'x', at)
  closeSync(fd)
  const again = await opened(dir)
  assert.deepEqual(await waiting(again.queue), [
    [1, 'good-1'],
    [3, 'good-2'],
  ])
  const { droppedSamples, quarantine } = again.queue.figures()
  assert.deepEqual([droppedSamples, quarantine.batches, quarantine.samples, quarantine.files], [0, 1, 10, 1])
  assert.equal(quarantine.last?.reason, 'gateways.queueDamaged')
  assert.ok(
    readFileSync(join(dir, 'quarantine', '000000000000002.data')).includes('xroken'),
    'its bytes are kept for whoever wants to look',
  )
  assert.deepEqual(again.said, ['gateways.queueDamaged'])
  await again.queue.close()
  const third = await opened(dir)
  assert.deepEqual(third.queue.figures().quarantine, quarantine, 'counted for ever, once')
  await third.queue.close()
})

test('a batch that will never be taken is set aside with its reason, the next ones wait behind nothing, and what is kept is bounded', async (t) => {
  const dir = folder(t)
  const { queue, said } = await opened(dir, { limitBytes: 1024 * 1024 })
  const text = 'x'.repeat(20_000)
  for (let i = 0; i < 6; i++) await queue.commit(batch(text, 7))
  for (let one = await queue.next(6, none); one; one = await queue.next(6, none)) {
    queue.setAside(one, 'gateways.batchRefused', { status: 413, code: 'request.tooLarge' })
  }
  assert.deepEqual(
    (await waiting(queue)).map(([number]) => number),
    [6],
  )
  const { quarantine, bytes } = queue.figures()
  assert.deepEqual([quarantine.batches, quarantine.samples, quarantine.files, quarantine.last?.reason], [5, 35, 3, 'gateways.batchRefused'])
  assert.ok(bytes <= 1024 * 1024)
  assert.equal(said.filter((code) => code === 'gateways.batchRefused').length, 5)
  const note = JSON.parse(readFileSync(join(dir, 'quarantine', '000000000000005.json'), 'utf8'))
  assert.deepEqual(note.details, { status: 413, code: 'request.tooLarge' })
  await queue.close()
})

/** As the gateway writes them: twenty devices of ten points, a second each. */
function plantSecond(second: number): string {
  const value = (point: number) =>
    [230 + Math.sin(second / 60 + point), Math.fround(second * 0.37 + point), second > 30, 'läuft', null][point % 5]
  const item = (device: number) => {
    const values = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`point_${i}`, i < 5 ? value(i) : Math.round(second * 7.3 + i) / 10]),
    )
    const q = second % 9 === 0 ? { q: { point_4: 0x800a0000 } } : {}
    return JSON.stringify({
      device: `M-${device}`,
      ts: 1_700_000_000_000 + second * 1_000,
      values,
      ...q,
      ...(device === 3 ? { seq: second } : {}),
    })
  }
  return Array.from({ length: 20 }, (_, i) => item(i)).join(',')
}

test('what waits for long is packed to a fraction, comes back to the letter after a kill, and a lost byte costs its frame alone', async (t) => {
  const dir = folder(t)
  const limitBytes = 8 * 1024 * 1024
  const { queue, said } = await opened(dir, { limitBytes })
  const texts: string[] = []
  const files = (ending: string) => readdirSync(dir).filter((name) => name.endsWith(ending))
  const packed = () => files('.packed')
  for (let second = 0; packed().length < 2; second++) {
    texts.push(second === 20 ? 'no item of ours' : plantSecond(second))
    await queue.commit({ ...batch(texts.at(-1) ?? '', 200), live: second % 2 === 0 })
    // No faster than packing keeps up on a busy machine: what is beyond the limit would be dropped.
    if (files('.segment').length > 2) await sleep(300)
  }
  const expected = texts.map((text, i) => [i + 1, text])
  assert.deepEqual(await waiting(queue), expected)
  for (const name of packed()) assert.ok(statSync(join(dir, name)).size < limitBytes / 8 / 4, `${name}: ${statSync(join(dir, name)).size}`)
  const killed = folder(t)
  cpSync(dir, killed, { recursive: true })
  await queue.close()
  writeFileSync(join(killed, '000000000000001.part'), 'as a kill leaves it')
  writeFileSync(join(killed, '000000000000001.segment'), 'what the first packed file was made of')
  const again = await opened(killed, { limitBytes })
  assert.deepEqual(await waiting(again.queue), expected)
  assert.deepEqual(
    readdirSync(killed).filter((name) => name.endsWith('.part')),
    [],
  )
  await again.queue.close()
  const [first = ''] = packed().sort()
  const fd = openSync(join(dir, first), 'r+')
  writeSync(fd, 'x', statSync(join(dir, first)).size - 100)
  closeSync(fd)
  const third = await opened(dir, { limitBytes })
  const kept = await waiting(third.queue)
  const { quarantine } = third.queue.figures()
  assert.equal(kept.length + quarantine.batches, texts.length)
  assert.equal(quarantine.samples, quarantine.batches * 200)
  assert.ok(quarantine.batches > 0 && kept.at(-1)?.[0] === texts.length)
  await third.queue.close()
  assert.deepEqual(said, [])
})

test('beyond its limit the queue drops the oldest, counts their samples for ever, and stays within', async (t) => {
  const dir = folder(t)
  const limitBytes = 8 * 1024 * 1024
  const { queue, said } = await opened(dir, { limitBytes })
  // Chance: nothing that packing could make smaller.
  const text = randomBytes(50_000).toString('hex')
  let most = 0
  for (let i = 0; i < 200; i++) {
    await queue.commit(batch(text, 100))
    most = Math.max(most, bytesOfBatches(dir))
  }
  const { bytes, droppedSamples, batches } = queue.figures()
  assert.ok(bytes <= limitBytes, `${bytes}`)
  assert.ok(most <= limitBytes, `${most} at its most, while a segment and its packed form stood side by side`)
  assert.equal(batches * 100 + droppedSamples, 20_000)
  assert.ok(said.includes('gateways.samplesDropped'))
  const numbers = (await waiting(queue)).map(([number]) => number)
  assert.equal(numbers.at(-1), 200)
  assert.equal(numbers[0], 201 - batches, 'the newest are kept, in a row')
  await queue.close()
  const again = await opened(dir, { limitBytes })
  assert.equal(again.queue.figures().droppedSamples, droppedSamples)
  await again.queue.close()
})

test('a full disk: batches go on in memory, what does not fit is counted, and it recovers by itself', async (t) => {
  const mount = mkdtempSync(join(tmpdir(), 'lianshu-small-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mount])
  t.after(() => {
    execFileSync('umount', ['-l', mount])
    rmSync(mount, { recursive: true })
  })
  const { queue, said } = await opened(join(mount, 'queue'), { memoryBytes: 1024 * 1024 })
  await queue.commit(batch('before'))
  try {
    writeFileSync(join(mount, 'others'), Buffer.alloc(8 * 1024 * 1024))
  } catch {
    // As full as it gets.
  }
  const text = 'x'.repeat(100_000)
  // The ballast gives room to the small files, soon used up.
  for (let i = 0; i < 60; i++) await queue.commit(batch(text, 100))
  assert.equal(queue.onDisk, false)
  const full = queue.figures()
  assert.ok(full.droppedSamples > 0)
  assert.equal((full.batches - 1) * 100 + full.droppedSamples, 6_000, 'kept or counted, nothing else')
  assert.deepEqual((await waiting(queue))[0], [1, 'before'], 'what was on the disk can be read')
  rmSync(join(mount, 'others'))
  await queue.commit(batch('after'))
  assert.equal(queue.onDisk, true)
  assert.ok(said.includes('gateways.queueNotOnDisk') && said.includes('gateways.queueOnDiskAgain'))
  const kept = await waiting(queue)
  assert.deepEqual(kept.at(-1), [62, 'after'])
  // As a kill leaves it: what came while the disk was full stands on it now, too.
  const killed = folder(t)
  cpSync(join(mount, 'queue'), killed, { recursive: true })
  await queue.close()
  const { queue: next } = await opened(killed)
  assert.deepEqual(
    (await waiting(next)).map(([number]) => number),
    kept.map(([number]) => number),
  )
  await next.close()
})

const writer = `
  import { DiskQueue } from '${join(import.meta.dirname, 'disk-queue.ts')}'
  const queue = await DiskQueue.open({ dir: process.argv[1], limitBytes: 2 ** 30, memoryBytes: 2 ** 22, log: console.error })
  for (;;) {
    const { number } = await queue.commit({ items: Buffer.from('batch ' + Math.random() + 'x'.repeat(20_000)), samples: 1, oldestMs: 1, live: true })
    process.stdout.write(number + '\\n')
    if (number % 3 === 0) { queue.acknowledge(number); process.stdout.write('ack ' + number + '\\n') }
  }`

test('what was committed survives SIGKILL, ten times in a row, under numbers that grow by one', async (t) => {
  const dir = folder(t)
  const [committed, acknowledged] = [new Set<number>(), new Set<number>()]
  for (let round = 0; round < 10; round++) {
    const child: ChildProcess = spawn(process.execPath, ['--input-type=module-typescript', '-e', writer, dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface(child.stdout!).on('line', (line) => {
      if (line.startsWith('ack')) acknowledged.add(Number(line.slice(4)))
      else committed.add(Number(line))
    })
    const before = committed.size
    while (committed.size < before + 20) await sleep(5)
    await sleep(Math.random() * 50)
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  const { queue } = await opened(dir)
  const there = new Set((await waiting(queue)).map(([number]) => number))
  for (const number of committed) assert.ok(there.has(number) || acknowledged.has(number), `${number} is lost`)
  // What the kill overtook between commit and word is there as well; no number is missing in between.
  assert.ok(Math.max(...committed) - committed.size <= 10)
  assert.ok(((await queue.commit(batch('next')))?.number ?? 0) > Math.max(...committed))
  await queue.close()
})
