import { loadavg } from 'node:os'
import { collaborationApi } from '#modules/foundation/collaboration/contract.ts'
import { materialsApi } from '#modules/trade/materials/contract.ts'
import { makeManyMaterials } from '#modules/trade/materials/server/many-materials.ts'
import { inParallel, openField } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { quantile, rounded, spread, timed } from './statistics.ts'
import { generateDocuments, SUPPLIERS } from './trade-at-size.ts'

const DOCUMENTS = { quick: 20_000, full: 100_000 }
const DEVICES = { quick: 500, full: 2_000 }
const TIMES = { quick: 10, full: 40 }

export const searchBench: Bench = {
  name: 'search',
  summary: `the one search box over ${DOCUMENTS.full.toLocaleString('en')} orders, shipments, invoices, lots and materials each, ${SUPPLIERS.toLocaleString('en')} partners: by number, partner, code, Chinese; one, many and none found`,
  goal: 'each search p95 < 200 ms',
  run,
}

/** Some are older than all that a walk looks at. */
const searches = {
  'an old order by its number': (n: number) => `-${String(n - 7).padStart(6, '0')}`,
  'an old invoice by its number': (n: number) => String(26_000_000_000_000_000_000n + BigInt(n - 7) * 7919n),
  'part of a number, many': () => 'po-20',
  'a partner, his documents': () => '供应商77精密',
  'every partner': () => '精密机械',
  'a partner and a month': (n: number) => `供应商${(n - 9) % SUPPLIERS}精 po-`,
  'a lot': (n: number) => `-${String(n - 11).padStart(6, '0')}`,
  'a material by pinyin, very many': () => 'sgqzc',
  'a device by its code': () => 'machine-00007',
  'one letter': () => 'm',
  none: () => '没有这种东西',
}

async function run({ quick, scales, say }: BenchOptions): Promise<Figure> {
  const field = await openField()
  try {
    const n = Math.round((quick ? DOCUMENTS.quick : DOCUMENTS.full) * (scales[0] ?? 1))
    const postgres = await field.postgres()
    const category = await field.client.call(materialsApi.createCategory, {
      body: { parentId: null, code: 'MT', name: '物料', nameEn: null, prefix: 'MT', attributes: [] },
    })
    await makeManyMaterials(postgres, field.orgId, category.id, n)
    await postgres.query('vacuum analyze materials.material')
    await generateDocuments(postgres, field.orgId, n)
    const model = await field.addModel('machine', {
      properties: [{ name: 'state', label: '状态', kind: 'instant' as const, valueType: 'number' as const }],
    })
    const codes = Array.from({ length: quick ? DEVICES.quick : DEVICES.full }, (_, i) => `machine-${String(i + 1).padStart(5, '0')}`)
    await inParallel(codes, 6, (code) => field.addDevice(code, model))
    say(`${n} of each kind, ${codes.length} devices`)
    const found: Record<string, ReturnType<typeof spread> & { found: Record<string, number> }> = {}
    const all: number[] = []
    for (const [name, textOf] of Object.entries(searches)) {
      const text = textOf(n)
      let groups: Record<string, number> = {}
      const ms = await timed(quick ? TIMES.quick : TIMES.full, async () => {
        const answer = await field.client.call(collaborationApi.search, { query: { text } })
        groups = Object.fromEntries(answer.groups.map((group) => [group.name, group.items.length]))
      })
      found[name] = { ...spread(ms), found: groups }
      all.push(...ms)
      say(`${name} (${text}): p50 ${found[name].p50}, p95 ${found[name].p95} ms; ${JSON.stringify(groups)}`)
    }
    const worst = Math.max(...Object.values(found).map(({ p95 }) => p95))
    return {
      value: worst,
      unit: 'ms',
      ratio: null,
      against: null,
      detail: { ofEachKind: n, partners: SUPPLIERS, searches: found, p95OfAllMs: rounded(quantile(all, 0.95)), loadAverage: loadavg()[0] },
    }
  } finally {
    await field.stop()
  }
}
