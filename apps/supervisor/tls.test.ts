import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get, type RequestOptions, request } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { connectAsync } from 'mqtt'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { firstAdministrator, PASSWORD } from '../../tests/api-client.ts'
import { type TestCertificates, testCertificates } from '../../tests/certificates.ts'
import { type StartedPlatform, startPlatform } from '../../tests/started-platform.ts'
import { root } from './config.ts'

// The started platform with a certificate, listening for everybody: only TLS is to be reached from elsewhere. 127.0.0.2 stands for elsewhere.

const ELSEWHERE = '127.0.0.2'
let files: TestCertificates
let platform: StartedPlatform
let ca: Buffer

before(async () => {
  files = await testCertificates()
  ca = readFileSync(files.caFile)
  platform = await startPlatform({ certificate: files, env: { LIANSHU_HOST: '0.0.0.0' } })
})
after(async () => {
  await platform?.stop()
  files?.remove()
})

const secureRequest = (more: RequestOptions = {}) => ({
  host: ELSEWHERE,
  servername: 'localhost',
  port: platform.secure.httpsPort,
  ca,
  ...more,
})

function answerOf(path: string, more: RequestOptions = {}): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    get({ ...secureRequest({ path, headers: { host: `factory.example.cn:${platform.secure.httpsPort}` }, ...more }) }, async (answer) => {
      let body = ''
      for await (const part of answer) body += String(part)
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
    }).on('error', reject)
  })
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connectTcp(port, ELSEWHERE)
  const refused = await Promise.race([once(socket, 'connect').then(() => false), once(socket, 'error').then(() => true)]).catch(() => true)
  socket.destroy()
  return refused
}

test('from elsewhere only the ports with TLS are reached, by whoever trusts the authority', async () => {
  const ready = await answerOf('/api/health/ready')
  assert.deepEqual([ready.status, JSON.parse(ready.body)], [200, { ready: true }])
  assert.equal(await isRefused(Number(new URL(platform.address).port)), true)
  assert.equal(await isRefused(platform.mqttPort), true)
  await assert.rejects(answerOf('/', { ca: undefined }), /unable to (verify|get)|self.signed/)
  assert.match(platform.run().address ?? '', /^https:/)
})

test('a page over TLS is kept to TLS, one over the plain port of this machine is not', async () => {
  const { headers } = await answerOf('/', { headers: { host: 'factory.example.cn', accept: 'text/html' } })
  assert.equal(headers['strict-transport-security'], 'max-age=31536000')
  const local = await answerOf('/', { headers: { host: 'localhost', accept: 'text/html' } })
  assert.equal(local.headers['strict-transport-security'], undefined)
  const plain = await fetch(platform.address, { headers: { accept: 'text/html' } })
  assert.equal(plain.headers.get('strict-transport-security'), null)
})

test('the cookie of a session that begins over TLS goes over TLS only', async () => {
  const setupCode = platform.run().passwords.setup ?? ''
  await firstAdministrator(platform.address, setupCode)
  const path = `/api${accessApi.logIn.path}`
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ login: 'operator', password: PASSWORD })
  const secure = request(secureRequest({ method: 'POST', path, headers }))
  secure.end(body)
  const [answer] = (await once(secure, 'response')) as [IncomingMessage]
  answer.resume()
  const [cookie = ''] = answer.headers['set-cookie'] ?? []
  for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Strict', 'Path=/']) assert.ok(cookie.split('; ').includes(attribute), cookie)
  const plain = await fetch(`${platform.address}${path}`, { method: 'POST', headers, body })
  assert.doesNotMatch(plain.headers.getSetCookie()[0] ?? '', /Secure/)
})

test('TLS below 1.2 and ciphers without forward secrecy are refused by HTTPS and MQTT', async () => {
  const attempt = async (port: number, change: ConnectionOptions) => {
    const socket = connectTls({ host: ELSEWHERE, servername: 'localhost', port, ca, ...change })
    try {
      await once(socket, 'secureConnect')
      return socket.getProtocol()
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? (error as Error).message
    } finally {
      socket.destroy()
    }
  }
  for (const port of [platform.secure.httpsPort, platform.secure.mqttsPort]) {
    assert.equal(await attempt(port, {}), 'TLSv1.3')
    assert.equal(await attempt(port, { maxVersion: 'TLSv1.2' }), 'TLSv1.2')
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    assert.match((await attempt(port, old)) ?? '', /ERR_SSL|ECONNRESET/)
    assert.match((await attempt(port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' })) ?? '', /ERR_SSL|ECONNRESET/)
  }
})

test('a certificate that was renewed is shown by HTTPS and MQTT without a restart, and a connection that stands goes on', async () => {
  const pids = platform.run().pids
  const { passwords } = platform.run()
  const url = `mqtts://${ELSEWHERE}:${platform.secure.mqttsPort}`
  const trust = { ca, servername: 'localhost', rejectUnauthorized: true }
  const standing = await connectAsync(url, { ...trust, username: 'bus', password: passwords.bus ?? '', reconnectPeriod: 0 })
  await files.renew(['localhost', '127.0.0.1', 'renewed.example.cn'])
  for (const port of [platform.secure.httpsPort, platform.secure.mqttsPort]) {
    const giveUpAt = performance.now() + 20_000
    for (;;) {
      const socket = connectTls({ host: ELSEWHERE, servername: 'localhost', port, ca })
      await once(socket, 'secureConnect')
      const names = socket.getPeerCertificate().subjectaltname ?? ''
      socket.destroy()
      if (names.includes('renewed.example.cn')) break
      assert.ok(performance.now() < giveUpAt, `${port} still shows ${names}`)
      await sleep(200)
    }
  }
  assert.equal(standing.connected, true)
  await standing.endAsync()
  assert.deepEqual(platform.run().pids, pids)
})

async function refusedStart(env: Record<string, string>): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lianshu-refused-'))
  try {
    const child = spawn(process.execPath, [join(root, 'apps/supervisor/main.ts'), '--no-demo'], {
      env: { ...process.env, LIANSHU_DATA: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
    const [code] = await once(child, 'close')
    assert.equal(code, 1, said)
    return said
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

test('a start that would let others read along, or with files that cannot be used, is refused in words', async () => {
  assert.match(await refusedStart({ LIANSHU_HOST: '0.0.0.0' }), /明文传输.*LIANSHU_PLAIN=1.*in the clear/s)
  assert.match(await refusedStart({ TLS_CERT_FILE: files.certFile }), /须同时设置.*set together/s)
  const swapped = { TLS_CERT_FILE: files.keyFile, TLS_KEY_FILE: files.keyFile }
  assert.match(await refusedStart(swapped), /证书或私钥无法使用.*cannot be used/s)
})

test('certificates:make makes what a browser trusts, keeps its authority and says what is wrong', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'lianshu-made-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const make = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(root, 'tools/make-certificates.ts'), '--dir', dir, ...args])
  const made = await make('--name', 'Factory.example.cn', '--name', '192.168.1.10', '--name', 'fd00::10')
  assert.match(made.stdout, new RegExp(`TLS_CERT_FILE=${dir}/server.crt\\nTLS_KEY_FILE=${dir}/server.key`))
  const read = (name: string) => new X509Certificate(readFileSync(join(dir, name)))
  const [authority, first] = [read('ca.crt'), read('server.crt')]
  for (const name of ['factory.example.cn', 'FACTORY.example.cn']) assert.ok(first.checkHost(name))
  for (const address of ['192.168.1.10', 'fd00::10']) assert.ok(first.checkIP(address))
  assert.equal(first.checkHost('other.example.cn'), undefined)
  assert.ok(authority.ca && !first.ca && first.checkIssued(authority) && first.verify(authority.publicKey))
  for (const name of ['ca.key', 'server.key']) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600)
  await make('--name', 'factory.example.cn', '--days', '30', '--rsa')
  assert.equal(read('ca.crt').fingerprint256, authority.fingerprint256)
  assert.notEqual(read('server.crt').fingerprint256, first.fingerprint256)
  assert.ok(read('server.crt').verify(authority.publicKey))
  const refusals: [string[], RegExp][] = [
    [[], /主机名或地址.*Name the hosts/s],
    [['--name', 'two words'], /two words/],
    [['--name', '300.1.2.3'], /300\.1\.2\.3/],
    [['--name', 'a.cn', '--days', '4000'], /1 至 825/],
    [['--name', 'a.cn', '--nonsense'], /--nonsense/],
  ]
  for (const [args, says] of refusals) {
    const failure = (await make(...args).catch((error: { stderr: string }) => error)) as { stderr: string }
    assert.match(failure.stderr, says)
  }
  rmSync(join(dir, 'ca.key'))
  const half = (await make('--name', 'a.cn').catch((error: { stderr: string }) => error)) as { stderr: string }
  assert.match(half.stderr, /只有 ca\.crt 与 ca\.key 之一/)
})
