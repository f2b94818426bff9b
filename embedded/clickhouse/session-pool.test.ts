import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { SessionPool } from './session-pool.ts'

const never = new AbortController().signal

test('one statement a session, in order of arrival', async () => {
  const pool = new SessionPool(['a', 'b'], 10)
  let running = 0
  let most = 0
  const order: number[] = []
  await Promise.all(
    [0, 1, 2, 3, 4].map((i) =>
      pool.use(never, async () => {
        order.push(i)
        most = Math.max(most, ++running)
        await setImmediate()
        running--
      }),
    ),
  )
  assert.equal(most, 2)
  assert.deepEqual(order, [0, 1, 2, 3, 4])
})

test('the line has an end, and one may leave it', async () => {
  const pool = new SessionPool(['a'], 1)
  const { promise, resolve } = Promise.withResolvers<void>()
  const running = pool.use(never, () => promise)
  const leaving = new AbortController()
  const waiting = pool.use(leaving.signal, async () => assert.fail('it left'))
  await assert.rejects(
    pool.use(never, async () => undefined),
    /TOO_MANY_SIMULTANEOUS_QUERIES/,
  )
  leaving.abort()
  await assert.rejects(waiting, /QUERY_WAS_CANCELLED/)
  const next = pool.use(never, async (session) => session)
  resolve()
  await running
  assert.equal(await next, 'a')
})

test('a statement that fails gives its session back', async () => {
  const pool = new SessionPool(['a'], 1)
  await assert.rejects(
    pool.use(never, async () => {
      throw new Error('no')
    }),
    /no/,
  )
  assert.equal(await pool.use(never, async (session) => session), 'a')
})
