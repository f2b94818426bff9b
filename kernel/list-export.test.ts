import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { requestErrors } from '#values/errors.ts'
import { EXPORT_MAX_ROWS } from '#values/list.ts'
import { testContext } from '../tests/context.ts'
import { testPools } from '../tests/pools.ts'
import { exportList, numberCell } from './list-export.ts'
import { moduleDatabase, systemDatabase } from './postgres.ts'
import { readSpreadsheet } from './spreadsheet.ts'
import type { WrittenCell } from './spreadsheet-writer.ts'

const pools = await testPools({ after })
const db = moduleDatabase<{ 'kernel.audit': Record<string, unknown> }>(pools.app, () => Promise.reject(new Error('no grants')))
const ctx = testContext()

/** A list of so many rows; `read` says how many of them were asked for. */
function listOf(n: number) {
  const asked = { read: 0 }
  const page = async ({ cursor, limit }: { cursor: string | undefined; limit: number }) => {
    const from = Number(cursor ?? 0)
    const until = Math.min(n, from + limit)
    asked.read = until
    return { items: Array.from({ length: until - from }, (_, i) => from + i), nextCursor: until < n ? String(until) : null }
  }
  return { asked, page }
}

const exported = (n: number, most?: number) => {
  const list = listOf(n)
  const file = exportList(db, ctx, (_, key) => (key === 'request.exportCut' ? 'more than {{n}}' : key), {
    entity: 'sample.part',
    asked: { sort: 'code', search: '轴承' },
    sheet: '样品',
    ...(most === undefined ? {} : { most }),
    page: list.page,
    columns: [
      { title: 'no', width: 8, cell: (row: number): WrittenCell => row },
      { title: 'text', width: 8, cell: (row: number): WrittenCell => `=${row}` },
    ],
  })
  return { file, asked: list.asked }
}

test('a list beyond ten thousand rows is whole in the file, each row once, and who took it is in the audit', async () => {
  const { file } = exported(12_345)
  const { bytes, fileName } = await file
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) chunks.push(chunk)
  const cells: string[] = []
  for await (const rows of readSpreadsheet(Buffer.concat(chunks))) cells.push(...rows.map((row) => row.cells.join(' ')))
  assert.deepEqual(cells.slice(0, 2), ['no text', '0 =0'])
  assert.equal(cells.length, 12_346)
  assert.equal(new Set(cells).size, 12_346)
  assert.match(fileName, /^样品-\d{4}-\d\d-\d\d\.xlsx$/)
  const rows = await systemDatabase<{ 'kernel.audit': { org_id: string; action: string; entity: string; after: unknown } }>(
    pools.system,
  ).inSystem((tx) =>
    tx.selectFrom('kernel.audit').selectAll().where('org_id', '=', ctx.orgId).where('action', '=', 'lists.exported').execute(),
  )
  assert.equal(rows.length, 1)
  assert.match(JSON.stringify(rows[0]), /轴承/)
})

test('it is read as it is fetched, and no further: who stops fetching stops the reading', async () => {
  const { file, asked } = exported(EXPORT_MAX_ROWS)
  const { bytes } = await file
  assert.equal(asked.read, 2_000)
  for await (const _ of bytes as AsyncIterable<Uint8Array>) break
  assert.ok(asked.read < 150_000, `${asked.read} rows were read`)
})

test('what the list refuses is refused before the file begins', async () => {
  const refused = exportList(db, ctx, (_, key) => key, {
    entity: 'sample.part',
    asked: { sort: 'code' },
    sheet: '样品',
    page: async (): Promise<{ items: number[]; nextCursor: null }> => {
      throw requestErrors.invalid({ sort: 'code' })
    },
    columns: [],
  })
  await assert.rejects(refused, { code: 'request.invalid' })
})

test('beyond the limit a last row says so', async () => {
  const { file } = exported(1_201, 1_200)
  const { bytes } = await file
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) chunks.push(chunk)
  let [n, last] = [0, '']
  for await (const rows of readSpreadsheet(Buffer.concat(chunks))) {
    n += rows.length
    last = rows.at(-1)?.cells.join(' ').trim() ?? last
  }
  assert.deepEqual([n, last], [1_202, 'more than 1200'])
})

test('a number is one as long as a spreadsheet keeps all its digits', () => {
  assert.deepEqual(['1234.50', '-0.000001', '123456789012.345678', null].map(numberCell), [1234.5, -0.000001, '123456789012.345678', null])
})
