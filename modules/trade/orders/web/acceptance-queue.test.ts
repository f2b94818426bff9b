import { expect, test } from 'vitest'
import { ApiError } from '#ui/api.ts'
import type { Order } from '../contract.ts'
import { type Acceptance, keptFor, sendAcceptances } from './acceptance-queue.ts'

function memory() {
  const values = new Map<string, string>()
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
}
const signed = (orderId: string, change: Partial<Acceptance> = {}): Acceptance => ({
  key: `k-${orderId}`,
  orderId: orderId as Acceptance['orderId'],
  number: `PO-${orderId}`,
  side: 'supplier',
  version: 3,
  revision: 1,
  hash: 'h1',
  refused: null,
  ...change,
})
const failure = (status: number, code: string) => new ApiError(code, status, 'why', {}, {})
const keys = (kept: ReturnType<typeof keptFor>) => kept.queue().map((one) => `${one.key}${one.refused ? `! ${one.refused.code}` : ''}`)
const orderOf = (openRevision: number | null, revisions: [number, string, string[]][], version = 4) =>
  ({
    number: 'PO-a',
    version,
    openRevision,
    revisions: revisions.map(([no, hash, sides]) => ({ no, hash, signatures: sides.map((side) => ({ side })) })),
  }) as unknown as Order

test('what was signed without a network waits and is sent in order when it is back, each under its key', async () => {
  const kept = keptFor(memory(), 'org', 'person')
  for (const id of ['a', 'b']) kept.add(signed(id))
  const asked: string[] = []
  const server = (away: boolean) => ({
    accept: async ({ key }: { key: string }) => {
      asked.push(key)
      if (away) throw failure(0, 'ui.offline')
      return orderOf(null, [])
    },
    order: () => Promise.reject(new Error('not asked')),
  })
  expect((await sendAcceptances(kept, server(true))).stopped).toBe(true)
  expect(keys(kept)).toEqual(['k-a', 'k-b'])
  expect((await sendAcceptances(kept, server(false))).sent.length).toBe(2)
  expect([asked, keys(kept)]).toEqual([['k-a', 'k-a', 'k-b'], []])
})

test('another revision meanwhile is refused with its reason, kept, and not tried again by itself', async () => {
  const kept = keptFor(memory(), 'org', 'person')
  for (const id of ['a', 'b']) kept.add(signed(id))
  let asked = 0
  const server = {
    accept: async ({ orderId }: { orderId: string }) => {
      asked++
      if (orderId === 'a') throw failure(409, 'orders.changedMeanwhile')
      return orderOf(null, [])
    },
    order: async () =>
      orderOf(2, [
        [1, 'h1', ['buyer']],
        [2, 'h2', ['buyer']],
      ]),
  }
  expect(await sendAcceptances(kept, server)).toMatchObject({ refused: 1, stopped: false })
  expect([asked, keys(kept)]).toEqual([2, ['k-a! orders.changedMeanwhile']])
  expect(await sendAcceptances(kept, server)).toMatchObject({ refused: 0 })
  expect(asked).toBe(2)
})

test('where the order moved on and the signed revision is still the open one, it is signed; another hash never', async () => {
  const tried: number[] = []
  const serverOf = (hash: string) => ({
    accept: async ({ version }: { version: number }) => {
      tried.push(version)
      if (version === 3) throw failure(409, 'orders.changedMeanwhile')
      return orderOf(null, [])
    },
    order: async () => orderOf(1, [[1, hash, ['buyer']]]),
  })
  const kept = keptFor(memory(), 'org', 'person')
  kept.add(signed('a'))
  expect(await sendAcceptances(kept, serverOf('h1'))).toMatchObject({ refused: 0, sent: [{}] })
  kept.add(signed('a'))
  expect(await sendAcceptances(kept, serverOf('other'))).toMatchObject({ refused: 1, sent: [] })
  expect(tried).toEqual([3, 4, 3])
})

test('an acceptance whose answer was lost is done, not refused', async () => {
  const kept = keptFor(memory(), 'org', 'person')
  kept.add(signed('a'))
  const server = {
    accept: () => Promise.reject(failure(409, 'request.answerLost')),
    order: async () => orderOf(null, [[1, 'h1', ['buyer', 'supplier']]]),
  }
  expect(await sendAcceptances(kept, server)).toMatchObject({ refused: 0, sent: [{}] })
  expect(keys(kept)).toEqual([])
})

test('each person has his own, one for an order; orders that wait for an answer are kept, others are not', () => {
  const store = memory()
  const kept = keptFor(store, 'org', 'one')
  kept.add(signed('a'))
  kept.add(signed('a', { key: 'later', revision: 2 }))
  expect([keys(kept), keptFor(store, 'org', 'two').queue()]).toEqual([['later'], []])
  const order = { id: 'a', actions: ['accept'] } as unknown as Order
  kept.keepOrder(order)
  expect(kept.order('a')).toEqual(order)
  kept.keepOrder({ ...order, actions: [] })
  expect(kept.order('a')).toBeUndefined()
  store.setItem('lianshu.orders.acceptances.org.one', '{')
  expect(kept.queue()).toEqual([])
})
