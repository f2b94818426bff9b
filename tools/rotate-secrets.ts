import pg from 'pg'
import { withLogin } from '#embedded/postgres/roles.ts'
import { StartError } from '#embedded/start-error.ts'
import { systemClock } from '#kernel/clock.ts'
import { openPool, systemDatabase } from '#kernel/postgres.ts'
import { rotateMasterKey } from '#modules/foundation/security/server/rotate-master-key.ts'
import { readConfig } from '../apps/supervisor/config.ts'
import { readRun } from '../apps/supervisor/run-file.ts'
import { openStores } from '../apps/supervisor/stores.ts'

// `npm run secrets:rotate [-- --data]`: a new master key, whether the platform runs or not; with --data new data keys too. Killed
// half-way it goes on at the next call. On servers of one's own: DATABASE_URL_SYSTEM and LIANSHU_KEYS_FILE.

/** One rotation at a time, whatever the file's or the database's place. */
const ROTATION_LOCK = 4715

async function place(stops: (() => Promise<void>)[]): Promise<{ systemUrl: string; keysFile: string }> {
  const config = readConfig([])
  const given = process.env.DATABASE_URL_SYSTEM
  if (given) return { systemUrl: given, keysFile: config.keysFile }
  const run = readRun(config.dataDir)
  if (!run?.keysMade)
    throw new StartError({
      zh: `${config.dataDir} 中没有主密钥，无可轮换。请先运行 npm start。`,
      en: `There is no master key in ${config.dataDir} to rotate. Run npm start first.`,
    })
  const { superuserUrl, ownerUrl, stop } = await openStores(config, run)
  stops.push(stop)
  const login = ['lianshu_system', run.passwords.system] as const
  const systemUrl = superuserUrl === undefined ? withLogin(ownerUrl, ...login) : withLogin(superuserUrl, ...login, 'lianshu')
  return { systemUrl, keysFile: config.keysFile }
}

async function alone(systemUrl: string, stops: (() => Promise<void>)[]): Promise<void> {
  const client = new pg.Client({ connectionString: systemUrl })
  await client.connect()
  stops.push(() => client.end())
  const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [ROTATION_LOCK])
  if (!rows[0]?.got) throw new StartError({ zh: '另一次密钥轮换正在进行。', en: 'Another rotation is under way.' })
}

async function main(args: string[]): Promise<void> {
  const unknown = args.filter((arg) => arg !== '--data')
  if (unknown.length > 0)
    throw new StartError({ zh: `未知参数：${unknown.join(' ')}。可用：--data`, en: `Unknown: ${unknown.join(' ')}. Known: --data` })
  const stops: (() => Promise<void>)[] = []
  try {
    const { systemUrl, keysFile } = await place(stops)
    await alone(systemUrl, stops)
    const pool = openPool(systemUrl, { max: 1, name: 'secrets-rotate' })
    stops.push(() => pool.destroy())
    const done = await rotateMasterKey(systemDatabase(pool), keysFile, {
      data: args.includes('--data'),
      now: systemClock.now(),
      onStep: (step) => process.stdout.write(`${step}\n`),
    })
    const { resumed, masterKey, wrapped, organisations, secrets, dropped } = done
    console.log(
      `${resumed ? '已续完上次未完成的轮换' : '主密钥已轮换'}：${masterKey}；重新封装数据密钥 ${wrapped} 个；更换 ${organisations} 家企业的数据密钥，重新加密 ${secrets} 条；已删除旧主密钥 ${dropped.length} 个。`,
    )
    console.log(
      `${resumed ? 'An unfinished rotation is done' : 'The master key is rotated'}: ${masterKey}; ${wrapped} data keys wrapped anew; ${organisations} organisations with a new data key, ${secrets} secrets sealed anew; ${dropped.length} old master keys dropped.`,
    )
    console.log(
      '请把新的密钥文件另行备份；更早的数据库备份只能用当时的密钥文件解密。 Back the new key file up apart; older back-ups of the database need the key file of their time.',
    )
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof StartError) console.error(`${error.zh}\n${error.en}`)
  else console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
