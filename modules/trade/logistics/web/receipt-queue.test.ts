import { expect, test } from 'vitest'
import { ApiError } from '#ui/api.ts'
import type { Receipt, ReceiptInput } from '../receiving-contract.ts'
import type { WithoutNoticeInput } from '../without-notice-contract.ts'
import { keptFor, newKey, sendWaiting } from './receipt-queue.ts'

function memory() {
  const values = new Map<string, string>()
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
}
const waiting = (receiptKey: string) => ({
  input: { receiptKey } as ReceiptInput,
  shipmentNumber: 'SN-1',
  supplierName: '压铸厂',
  refused: null,
})
const failure = (status: number, code: string) => new ApiError(code, status, 'why', {}, {})
const keys = (kept: ReturnType<typeof keptFor>) => kept.queue().map((one) => `${one.input.receiptKey}${one.refused ? '!' : ''}`)

test('what waits is sent in order, and stays while the network is away', async () => {
  const kept = keptFor(memory(), 'org', 'person')
  for (const key of ['a', 'b', 'c']) kept.add(waiting(key))
  const asked: string[] = []
  const outcome = await sendWaiting(kept, async ({ receiptKey }) => {
    asked.push(receiptKey)
    if (receiptKey === 'b') throw failure(0, 'ui.offline')
    return { number: receiptKey } as Receipt
  })
  expect([asked, keys(kept), outcome.stopped]).toEqual([['a', 'b'], ['b', 'c'], true])
  await sendWaiting(kept, async () => ({}) as Receipt)
  expect(keys(kept)).toEqual([])
})

test('a refusal keeps the receipt with its reason and lets the others go', async () => {
  const kept = keptFor(memory(), 'org', 'person')
  for (const key of ['a', 'b']) kept.add(waiting(key))
  const send = async ({ receiptKey }: { receiptKey: string }) => {
    if (receiptKey === 'a') throw failure(403, 'logistics.overTolerance')
    return {} as Receipt
  }
  expect(await sendWaiting(kept, send)).toMatchObject({ refused: 1, stopped: false })
  expect(keys(kept)).toEqual(['a!'])
  // It is not tried again by itself.
  expect(await sendWaiting(kept, () => Promise.reject(new Error('asked')))).toMatchObject({ refused: 0, stopped: false })
})

test('refused for a notice that was open: with the word that it is of other goods it is sent again, under its key', async () => {
  const kept = keptFor(memory(), 'org', 'person')
  kept.add({ ...waiting('a'), input: { receiptKey: 'a', besides: ['n0'] } as unknown as WithoutNoticeInput, shipmentNumber: '' })
  await sendWaiting(kept, () => Promise.reject(failure(409, 'logistics.noticeOpen')))
  expect(keys(kept)).toEqual(['a!'])
  kept.insist('a', ['n0', 'n1'] as never)
  expect(kept.queue()).toMatchObject([{ input: { receiptKey: 'a', besides: ['n0', 'n1'] }, refused: null }])
})

test('a lost session, a restart of the server and too many requests are no refusals', async () => {
  for (const error of [
    failure(401, 'request.notSignedIn'),
    failure(403, 'request.csrf'),
    failure(503, 'x'),
    failure(429, 'x'),
    new Error('?'),
  ]) {
    const kept = keptFor(memory(), 'org', 'person')
    kept.add(waiting('a'))
    expect((await sendWaiting(kept, () => Promise.reject(error))).stopped).toBe(true)
    expect(keys(kept)).toEqual(['a'])
  }
})

test('each person has a queue of his own, and broken storage is an empty one', () => {
  const store = memory()
  keptFor(store, 'org', 'one').add(waiting('a'))
  expect(keptFor(store, 'org', 'two').queue()).toEqual([])
  store.setItem('lianshu.receive.queue.org.two', '{')
  expect(keptFor(store, 'org', 'two').queue()).toEqual([])
  expect(newKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
