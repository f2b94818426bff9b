import { withLogin } from '#embedded/postgres/roles.ts'
import { verifyAudit } from '#kernel/audit-chain.ts'
import { openPool, systemDatabase } from '#kernel/postgres.ts'
import { readConfig } from '../apps/supervisor/config.ts'
import { readRun } from '../apps/supervisor/run-file.ts'

// `npm run audit:verify`: recomputes every organisation's audit chain. Exit code 0: all as it was written; 1: not; 2: could not look.

/** As the server's own processes are given it, else as the supervisor of this folder would give it. */
function systemUrl(): string {
  const given = process.env.DATABASE_URL_SYSTEM
  if (given) return given
  const config = readConfig([])
  const run = readRun(config.dataDir)
  if (!run) throw new Error(`${config.dataDir} 从未启动过，没有可校验的记录。 Nothing was ever started in ${config.dataDir}.`)
  if (config.databaseUrl !== undefined) return withLogin(config.databaseUrl, 'lianshu_system', run.passwords.system)
  if (run.ports.postgres === undefined) throw new Error('请先运行 npm start。 Run npm start first.')
  return `postgres://lianshu_system:${run.passwords.system}@127.0.0.1:${run.ports.postgres}/lianshu`
}

async function main(): Promise<number> {
  const pool = openPool(systemUrl(), { max: 1, name: 'audit-verify' })
  try {
    const { rows, breaks, heads } = await verifyAudit(systemDatabase<unknown>(pool))
    for (const { org, chainNo, hash } of heads) {
      const found = breaks.find((one) => one.org === org)
      const state = found ? `✕ ${found.chainNo}: ${found.reason === 'changed' ? '被改动 changed' : '缺失 missing'}` : '完整 complete'
      process.stdout.write(`${org ?? '平台 platform'}  ${chainNo}  ${hash}  ${state}\n`)
    }
    for (const found of breaks.filter((one) => !heads.some((head) => head.org === one.org)))
      process.stdout.write(`${found.org ?? '平台 platform'}  ✕ ${found.chainNo}: ${found.reason}\n`)
    process.stdout.write(
      breaks.length === 0
        ? `审计记录完整：${heads.length} 条链，${rows} 条记录。 The audit is complete: ${heads.length} chains, ${rows} entries.\n`
        : `审计记录不完整：${breaks.length} 条链有改动或缺失。 ${breaks.length} chains were changed or lack entries.\n`,
    )
    return breaks.length === 0 ? 0 : 1
  } finally {
    await pool.destroy()
  }
}

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  return 2
})
