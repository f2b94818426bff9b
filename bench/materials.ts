import { materialsApi } from '#modules/trade/materials/contract.ts'
import { makeManyMaterials } from '#modules/trade/materials/server/many-materials.ts'
import { openField } from '../tests/field.ts'
import type { Bench, BenchOptions, Figure } from './bench.ts'
import { quantile, rounded, spread, timed } from './statistics.ts'

const MATERIALS = { quick: 20_000, full: 200_000 }
const TIMES = { quick: 10, full: 40 }

export const materialsBench: Bench = {
  name: 'materials',
  summary: `a catalogue of ${MATERIALS.full.toLocaleString('en')} materials searched by the API: code, Chinese, pinyin, specification; many, few and none found`,
  goal: 'each search p95 < 200 ms, with row-level security',
  run,
}

const searches = {
  'part of a code': 'mt-0123',
  'one code': 'mt-012345',
  'Chinese, very many': '轴承',
  'Chinese with a number, some': '壳体12',
  'initials, very many': 'bsxkt',
  'pinyin and specification': 'zhoucheng m12x1',
  'one letter': 'm',
  none: '没有这种东西',
}

async function run({ quick, scales, say }: BenchOptions): Promise<Figure> {
  const field = await openField()
  try {
    const n = Math.round((quick ? MATERIALS.quick : MATERIALS.full) * (scales[0] ?? 1))
    const category = await field.client.call(materialsApi.createCategory, {
      body: { parentId: null, code: 'MT', name: '物料', nameEn: null, prefix: 'MT', attributes: [] },
    })
    const postgres = await field.postgres()
    const startedMs = performance.now()
    await makeManyMaterials(postgres, field.orgId, category.id, n)
    await postgres.query('vacuum analyze materials.material')
    say(`${n} materials made in ${rounded((performance.now() - startedMs) / 1_000)} s`)
    const found: Record<string, ReturnType<typeof spread> & { found: number }> = {}
    const all: number[] = []
    for (const [name, search] of Object.entries(searches)) {
      let total = 0
      const ms = await timed(quick ? TIMES.quick : TIMES.full, async () => {
        total = (await field.client.call(materialsApi.list, { query: { search, limit: 100 } })).total
      })
      found[name] = { ...spread(ms), found: total }
      all.push(...ms)
      say(`${name} (${search}): p50 ${found[name].p50}, p95 ${found[name].p95} ms, ${total} found`)
    }
    // The way a search would go without the index of pairs: along the list, every text looked at.
    const walked = await timed(quick ? 3 : 10, () =>
      postgres.query("select count(*) from (select from materials.material where search_text like '%没有这种东西%' limit 10001) found"),
    )
    const p95 = quantile(all, 0.95)
    return {
      value: rounded(p95),
      unit: 'ms',
      ratio: rounded(p95 / quantile(walked, 0.5)),
      against: 'one walk over the table as its owner, without security',
      detail: { materials: n, searches: found, walkMs: rounded(quantile(walked, 0.5)) },
    }
  } finally {
    await field.stop()
  }
}
