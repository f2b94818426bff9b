import { X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { StartError } from '#embedded/start-error.ts'
import { systemClock } from '#kernel/clock.ts'
import { readConfig } from '../apps/supervisor/config.ts'
import { issueServerCertificate, type KeyAndCertificate, type KeyType, makeAuthority } from './certificates.ts'

// `npm run certificates:make -- --name HOST [--name ADDRESS …]`: a certificate authority of one's own and a server certificate. Run again it
// keeps the authority and renews the server's certificate, which a running platform takes up by itself.

const usage = (zh: string, en: string) =>
  new StartError({
    zh: `${zh}\n用法：npm run certificates:make -- --name 主机名或地址 [--name …] [--dir 目录] [--days 天数] [--rsa]`,
    en: `${en}\nUsage: npm run certificates:make -- --name HOST_OR_ADDRESS [--name …] [--dir FOLDER] [--days DAYS] [--rsa]`,
  })

const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/
/** Clients refuse longer ones also of authorities of one's own. */
const MOST_DAYS = 825

interface Wish {
  names: string[]
  dir: string
  days: number
  type: KeyType
}

function readWish(args: string[]): Wish {
  let given: { name?: string[]; dir?: string; days?: string; rsa?: boolean }
  try {
    const options = {
      name: { type: 'string', multiple: true },
      dir: { type: 'string' },
      days: { type: 'string' },
      rsa: { type: 'boolean' },
    }
    given = parseArgs({ args, options: options as never, strict: true }).values
  } catch (error) {
    throw usage('参数有误。', (error as Error).message)
  }
  const names = [...new Set((given.name ?? []).map((name) => name.trim().toLowerCase()))]
  if (names.length === 0)
    throw usage('请写出浏览器和设备用来访问平台的主机名或地址。', 'Name the hosts or addresses by which the platform is reached.')
  const wrong = names.filter((name) => isIP(name) === 0 && (!HOST.test(name) || name.length > 253 || /^[\d.]+$/.test(name)))
  if (wrong.length > 0) throw usage(`不是主机名或地址：${wrong.join('、')}`, `No host name or address: ${wrong.join(', ')}`)
  const days = Number(given.days ?? 397)
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    throw usage(`--days 须为 1 至 ${MOST_DAYS} 的整数。`, `--days is a whole number from 1 to ${MOST_DAYS}.`)
  return { names, dir: resolve(given.dir ?? join(readConfig([]).dataDir, 'tls')), days, type: given.rsa ? 'rsa' : 'ecdsa' }
}

async function authorityIn(dir: string, type: KeyType): Promise<{ authority: KeyAndCertificate; made: boolean }> {
  const [certFile, keyFile] = [join(dir, 'ca.crt'), join(dir, 'ca.key')]
  if (existsSync(certFile) !== existsSync(keyFile)) {
    throw new StartError({
      zh: `${dir} 中只有 ca.crt 与 ca.key 之一，未改动任何内容。请恢复另一个，或换一个目录。`,
      en: `Of ca.crt and ca.key only one is in ${dir}; nothing was changed. Restore the other or choose another folder.`,
    })
  }
  if (existsSync(certFile)) return { authority: { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }, made: false }
  const authority = await makeAuthority(`Lianshu CA ${systemClock.now().toISOString().slice(0, 10)}`, type, systemClock.now())
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  place(keyFile, authority.key, 0o600)
  place(certFile, authority.cert, 0o644)
  return { authority, made: true }
}

/** The file is whole at every moment: a running platform may look at it. */
function place(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode })
  chmodSync(`${file}.new`, mode)
  renameSync(`${file}.new`, file)
}

async function main(): Promise<void> {
  const { names, dir, days, type } = readWish(process.argv.slice(2))
  const { authority, made } = await authorityIn(dir, type)
  const server = await issueServerCertificate(authority, { names, days, type, now: systemClock.now() })
  const [certFile, keyFile] = [join(dir, 'server.crt'), join(dir, 'server.key')]
  place(keyFile, server.key, 0o600)
  place(certFile, server.cert, 0o644)
  const until = new X509Certificate(server.cert).validToDate.toISOString().slice(0, 10)
  const ca = new X509Certificate(authority.cert)
  console.log(`${made ? '已建立 CA 并签发' : '已用现有 CA 签发'}服务器证书，有效期至 ${until}：${names.join('、')}
${made ? 'Made an authority and' : 'With the authority that was there, made'} a server certificate until ${until} for ${names.join(', ')}

TLS_CERT_FILE=${certFile}
TLS_KEY_FILE=${keyFile}

请将 CA 证书导入浏览器、网关（caFile）和设备；首次导入前核对指纹。ca.key 可以签发受信任的证书，请妥善保管，最好移出本机。
Have browsers, gateways (caFile) and devices trust the authority; compare its fingerprint first. Whoever holds ca.key can issue certificates
that are trusted: keep it well, best away from this machine.
${join(dir, 'ca.crt')}  SHA-256 ${ca.fingerprint256}`)
}

await main().catch((error: unknown) => {
  if (error instanceof StartError) console.error(`${error.zh}\n${error.en}`)
  else console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
