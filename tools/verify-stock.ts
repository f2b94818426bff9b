import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { withLogin } from '#embedded/postgres/roles.ts'
import { moduleDatabase, openPool, systemDatabase } from '#kernel/postgres.ts'
import type { InventoryTables } from '#modules/trade/inventory/server/tables.ts'
import { stockChecks, verifyStock } from '#modules/trade/inventory/server/verify-stock.ts'
import type { OrgId } from '#values/ids.ts'
import { readConfig } from '../apps/supervisor/config.ts'
import { readRun } from '../apps/supervisor/run-file.ts'

// `npm run stock:verify`: adds up every organisation's stock again from its moves. Exit code 0: all as it must be; 1: not; 2: could not look.

/** As the server's own processes are given them, else as the supervisor of this folder would give them. */
function storeUrls(): { app: string; system: string } {
  const { DATABASE_URL_APP, DATABASE_URL_SYSTEM } = process.env
  if (DATABASE_URL_APP && DATABASE_URL_SYSTEM) return { app: DATABASE_URL_APP, system: DATABASE_URL_SYSTEM }
  const config = readConfig([])
  const run = readRun(config.dataDir)
  if (!run) throw new Error(`${config.dataDir} 从未启动过，没有可校验的库存。 Nothing was ever started in ${config.dataDir}.`)
  const of = (role: 'app' | 'system') => {
    if (config.databaseUrl !== undefined) return withLogin(config.databaseUrl, `lianshu_${role}`, run.passwords[role])
    if (run.ports.postgres === undefined) throw new Error('请先运行 npm start。 Run npm start first.')
    return `postgres://lianshu_${role}:${run.passwords[role]}@127.0.0.1:${run.ports.postgres}/lianshu`
  }
  return { app: of('app'), system: of('system') }
}

/** Why it ran, for the transaction's settings; it writes nothing. */
const contextOf = (orgId: OrgId) => ({
  orgId,
  orgNo: 0,
  actor: { kind: 'system' as const, id: 'stock:verify' },
  now: new Date(),
  locale: 'zh-CN' as const,
  traceId: uuidv7(),
  address: '',
  userAgent: '',
  scopes: { permissions: new Set<string>(), sites: 'all' as const },
})

async function main(): Promise<number> {
  const urls = storeUrls()
  const app = openPool(urls.app, { max: 1, name: 'stock-verify' })
  const system = openPool(urls.system, { max: 1, name: 'stock-verify' })
  const db = moduleDatabase<InventoryTables>(app, () => Promise.reject(new Error('No granted rows are read.')))
  try {
    const { rows: organisations } = await systemDatabase<never>(system).inSystem((tx) =>
      sql<{ id: OrgId; name: string }>`select org_id as id, name from organisations.organisation order by code`.execute(tx),
    )
    let [kept, moves, wrong] = [0, 0, 0]
    for (const { id, name } of organisations) {
      const report = await db.inTenant(contextOf(id), verifyStock)
      if (report.moves === 0 && report.balances === 0) continue
      kept++
      moves += report.moves
      wrong += report.problems.length
      const state = report.problems.length === 0 ? '相符 sound' : '✕ 不符 wrong'
      process.stdout.write(`${name}  ${report.moves} moves  ${report.balances} balances  ${report.reservations} reservations  ${state}\n`)
      for (const { check, found } of report.problems) process.stdout.write(`  ✕ ${check}  ${found}\n`)
    }
    process.stdout.write(`检查项 Checks: ${stockChecks.join(', ')}\n`)
    process.stdout.write(
      wrong === 0
        ? `库存账相符：${kept} 家企业，${moves} 笔移动。 The stock is sound: ${kept} organisations, ${moves} moves.\n`
        : `库存账不符：${wrong} 处。 The stock is wrong in ${wrong} places.\n`,
    )
    return wrong === 0 ? 0 : 1
  } finally {
    await app.destroy()
    await system.destroy()
  }
}

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  return 2
})
