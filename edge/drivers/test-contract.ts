import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Driver, LinkLost, type Point, type Sample, type Shown, type WriteOutcome } from './driver.ts'

/** A simulator of the protocol with a unit that answers, and what a driver must see of it. */
export interface ContractPeer<Unit, Place> {
  unit: Unit
  /** No such unit behind the link; undefined where a link is one device. */
  absentUnit?: Unit
  /** Places of every kind with the values that stand there. */
  good: { place: Place; value: Sample['value'] }[]
  /** Well-formed, but the device refuses it. */
  bad: Place
  /** By which number, and how its answer to the place alone ends, in hex; undefined where the protocol's library keeps its wire to itself. */
  badBy: { code: NonNullable<Shown['code']>; answer: RegExp | undefined }
  /** Other values than those of `good`; empty for a driver that cannot write. */
  writes: { place: Place; value: NonNullable<Sample['value']> }[]
  /** The device takes requests and answers none. */
  silence(silent: boolean): void
  /** Every connection breaks. */
  cut(): void
  connections(): number
}

export interface Contract<Unit, Place> {
  /** The prefix of the reasons. */
  protocol: string
  /** With zh.json and en.json. */
  folder: string
  /** A new simulator; it stops with the test. */
  start(t: TestContext): Promise<ContractPeer<Unit, Place>>
  /** A driver of its own for the simulator that was started last, with the time-out `SILENT_AFTER_MS`. */
  driver(): Driver<Unit, Place>
  /** A driver for an address where nothing listens. */
  driverOfNothing(): Driver<Unit, Place>
}

const never = new AbortController().signal
/** The time-out of a driver under test: silence is waited for so long, and an answer is expected within it also on a busy machine. */
export const SILENT_AFTER_MS = 1_000
/** A few time-outs, and not for ever. */
const SOON_MS = 20 * SILENT_AFTER_MS

/** What the gateway relies on in every driver; each driver's driver.test.ts runs it on its simulator. */
export function driverContract<Unit, Place>(contract: Contract<Unit, Place>): void {
  reading(contract)
  losing(contract)
  writing(contract)
}

async function opened<Unit, Place>(t: TestContext, contract: Contract<Unit, Place>) {
  const peer = await contract.start(t)
  const driver = contract.driver()
  t.after(() => driver.close())
  await driver.connect(never)
  const points: Point<Place>[] = peer.good.map(({ place }, id) => ({ id, place }))
  const readGood = () => driver.read({ unit: peer.unit, points }, never)
  const assertGood = async () => {
    const byId = (await readGood()).toSorted((a, b) => a.point - b.point)
    assert.deepEqual(
      byId.map(({ value, quality }) => ({ value, quality })),
      peer.good.map(({ value }) => ({ value, quality: 'good' })),
    )
  }
  return { peer, driver, points, readGood, assertGood }
}

function reading<Unit, Place>(contract: Contract<Unit, Place>): void {
  const { protocol } = contract
  test(`${protocol}: to make a driver touches no network`, async (t) => {
    const peer = await contract.start(t)
    contract.driver()
    contract.driverOfNothing()
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(peer.connections(), 0)
  })

  test(`${protocol}: one good sample for each point`, async (t) => {
    const { assertGood, readGood } = await opened(t, contract)
    await assertGood()
    const before = Date.now()
    for (const { receivedMs, reason } of await readGood()) {
      assert.ok(receivedMs >= before - 1 && receivedMs <= Date.now())
      assert.equal(reason, undefined)
    }
  })

  test(`${protocol}: what goes over its wire is counted, timed and kept`, async (t) => {
    const { peer, driver, readGood } = await opened(t, contract)
    const { traffic } = driver
    // A library that keeps its wire to itself.
    if (!traffic) return
    const before = traffic.requests
    await readGood()
    assert.ok(traffic.requests > before)
    assert.deepEqual([traffic.unanswered, new Set(traffic.frames().map(({ way }) => way))], [0, new Set(['sent', 'received'])])
    assert.ok((traffic.roundTrip()?.p50Ms ?? -1) >= 0)
    peer.silence(true)
    await readGood().catch(() => undefined)
    peer.silence(false)
    assert.ok(traffic.unanswered > 0)
    assert.ok(traffic.frames().length <= 100 && traffic.frames().some(({ way }) => way === 'silence'))
  })

  test(`${protocol}: a place that the device refuses is one bad sample with a reason, the others stay good`, async (t) => {
    const { peer, driver, points } = await opened(t, contract)
    const bad = { id: 1_000, place: peer.bad }
    for (const round of [1, 2]) {
      const samples = await driver.read({ unit: peer.unit, points: [...points, bad] }, never)
      assert.equal(samples.length, points.length + 1, `round ${round}`)
      assert.deepEqual(
        samples.filter(({ quality }) => quality !== 'good').map(({ point, value }) => ({ point, value })),
        [{ point: 1_000, value: null }],
      )
      assertReasons(contract, samples)
    }
  })

  test(`${protocol}: a refusal is shown by the device’s own number and the frames that told it, a silence by the request alone`, async (t) => {
    const { peer, driver, points } = await opened(t, contract)
    const at = [...points, { id: 1_000, place: peer.bad }]
    const badOf = (samples: Sample[]) => samples.find(({ point }) => point === 1_000)?.shown
    const shown = badOf(await driver.read({ unit: peer.unit, points: at }, never))
    assert.deepEqual(shown?.code, peer.badBy.code)
    assertHasWords(contract, shown?.code?.name)
    assertFrames(driver, shown, peer.badBy.answer)
    // What was learned goes on being shown by the frames that taught it.
    assert.deepEqual(badOf(await driver.read({ unit: peer.unit, points: at }, never))?.code, peer.badBy.code)
    if (!driver.traffic || peer.absentUnit === undefined) return
    const [silent] = await driver.read({ unit: peer.absentUnit, points: points.slice(0, 1) }, never)
    assert.equal(silent?.shown?.frames[0]?.way, 'sent')
    assert.equal(silent?.shown?.frames.length, 2)
  })

  test(`${protocol}: a unit that is away gives bad samples, the link and its other unit go on`, async (t) => {
    const { peer, driver, points, assertGood } = await opened(t, contract)
    if (peer.absentUnit === undefined) return
    const samples = await driver.read({ unit: peer.absentUnit, points }, never)
    assert.deepEqual(new Set(samples.map(({ point }) => point)), new Set(points.map(({ id }) => id)))
    assert.ok(samples.every(({ quality, value }) => quality.startsWith('bad') && value === null))
    assertReasons(contract, samples)
    await assertGood()
  })
}

function losing<Unit, Place>(contract: Contract<Unit, Place>): void {
  const { protocol } = contract
  test(`${protocol}: where nothing listens the link is lost, with a reason`, async (t) => {
    const driver = contract.driverOfNothing()
    t.after(() => driver.close())
    assertHasWords(contract, await reasonOfLoss(driver.connect(never)))
  })

  test(`${protocol}: closed twice, and opened again`, async (t) => {
    const { driver, assertGood, readGood } = await opened(t, contract)
    await driver.close()
    await driver.close()
    assertHasWords(contract, await reasonOfLoss(readGood()))
    await driver.connect(never)
    await assertGood()
  })

  test(`${protocol}: a connection that breaks is a lost link, and a new one works`, async (t) => {
    const { peer, driver, assertGood, readGood } = await opened(t, contract)
    peer.silence(true)
    const reading = reasonOfLoss(readGood())
    setTimeout(() => peer.cut(), 20)
    assertHasWords(contract, await reading)
    assertHasWords(contract, await reasonOfLoss(readGood()))
    peer.silence(false)
    await driver.connect(never)
    await assertGood()
  })

  test(`${protocol}: a signal ends what it was given to at once, and nothing else`, async (t) => {
    const { peer, driver, points, assertGood } = await opened(t, contract)
    const stopped = new Error('stopped')
    await assert.rejects(driver.read({ unit: peer.unit, points }, AbortSignal.abort(stopped)), stopped)
    peer.silence(true)
    const controller = new AbortController()
    const reading = driver.read({ unit: peer.unit, points }, controller.signal)
    const startedMs = performance.now()
    setTimeout(() => controller.abort(stopped), 20)
    await assert.rejects(reading, stopped)
    assert.ok(performance.now() - startedMs < SILENT_AFTER_MS, 'it waited for its time-out')
    peer.silence(false)
    await assertGood()
    await driver.close()
    await assert.rejects(driver.connect(AbortSignal.abort(stopped)), stopped)
  })

  test(`${protocol}: a device that is silent gives bad samples in bounded time, or the link is lost`, async (t) => {
    const { peer, readGood, points } = await opened(t, contract)
    peer.silence(true)
    const startedMs = performance.now()
    const outcome = await readGood().catch((error: unknown) => {
      assert.ok(error instanceof LinkLost)
      return undefined
    })
    assert.ok(performance.now() - startedMs < SOON_MS)
    assert.equal(outcome?.length ?? points.length, points.length)
    for (const { quality } of outcome ?? []) assert.match(quality, /^bad/)
  })
}

function writing<Unit, Place>(contract: Contract<Unit, Place>): void {
  const { protocol } = contract
  test(`${protocol}: what is written is read back`, async (t) => {
    const { peer, driver } = await opened(t, contract)
    const items = peer.writes.map(({ place, value }, id) => ({ unit: peer.unit, point: { id, place }, value }))
    if (items.length === 0) return
    const outcomes = (await driver.write?.(items, never)) ?? []
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.readBack : outcome)),
      peer.writes.map(({ value }) => value),
    )
  })

  test(`${protocol}: a write is refused where the device refuses, and unknown where it does not answer`, async (t) => {
    const { peer, driver } = await opened(t, contract)
    const [write] = peer.writes
    if (!write) return
    const item = (place: Place) => ({ unit: peer.unit, point: { id: 1, place }, value: write.value })
    const [refused] = (await driver.write?.([item(peer.bad)], never)) ?? []
    assertNotDone(contract, refused, 'refused')
    peer.silence(true)
    const [unknown] = (await driver.write?.([item(write.place)], never)) ?? []
    assertNotDone(contract, unknown, 'unknown')
  })

  test(`${protocol}: a link that breaks under a write leaves it unknown`, async (t) => {
    const { peer, driver } = await opened(t, contract)
    const [write] = peer.writes
    if (!write) return
    peer.silence(true)
    setTimeout(() => peer.cut(), 20)
    const [outcome] = (await driver.write?.([{ unit: peer.unit, point: { id: 1, place: write.place }, value: write.value }], never)) ?? []
    assertNotDone(contract, outcome, 'unknown')
  })
}

type Words = Pick<Contract<unknown, unknown>, 'protocol' | 'folder'>

async function reasonOfLoss(call: Promise<unknown>): Promise<string> {
  const outcome = await call.then(
    () => 'it went on',
    (error: unknown) => (error instanceof LinkLost ? error : String(error)),
  )
  assert.ok(outcome instanceof LinkLost, `a lost link was expected: ${String(outcome)}`)
  return outcome.reason
}

/** Request and answer, as they went over the wire and not before it was asked. */
function assertFrames({ traffic }: Driver, shown: Shown | undefined, answer: RegExp | undefined): void {
  if (!traffic || !answer) {
    assert.deepEqual([traffic, shown?.frames], [undefined, []])
    return
  }
  const hex = ({ head }: { head: Buffer }) => head.toString('hex')
  const [sent, received] = shown?.frames ?? []
  assert.deepEqual([sent?.way, received?.way, shown?.frames.length], ['sent', 'received', 2])
  assert.ok(sent && received && sent.atMs <= received.atMs && received.atMs <= Date.now())
  assert.match(hex(received), answer)
  assert.equal(received.size, received.head.length)
  const frames = traffic.frames()
  assert.ok(frames.some((frame) => frame.way === 'sent' && hex(frame) === hex(sent)))
  assert.ok(frames.some((frame) => frame.way === 'received' && hex(frame).includes(hex(received))))
}

function assertReasons(contract: Words, samples: readonly Sample[]): void {
  for (const { quality, reason } of samples) if (quality !== 'good') assertHasWords(contract, reason)
}

function assertNotDone(contract: Words, outcome: WriteOutcome | undefined, kind: 'refused' | 'unknown'): void {
  if (outcome?.kind !== kind) assert.fail(`${kind} was expected: ${JSON.stringify(outcome)}`)
  assertHasWords(contract, outcome.reason)
}

function assertHasWords({ protocol, folder }: Words, reason: string | undefined): void {
  if (!reason?.startsWith(`${protocol}.`)) assert.fail(`a reason of ${protocol} was expected: ${reason}`)
  for (const language of ['zh', 'en']) {
    const words = JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')) as Record<string, string>
    assert.ok(words[reason.slice(protocol.length + 1)], `${reason} has no words in ${language}.json`)
  }
}
