import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { pino } from 'pino'
import { testCertificates } from '../tests/certificates.ts'
import { readCertificate, serveCertificate } from './certificate.ts'
import { systemClock } from './clock.ts'

const files = await testCertificates()
after(() => files.remove())

/** Waits for what the server shows; its files are looked at each five seconds. */
async function untilShown(port: number, names: RegExp): Promise<void> {
  for (const giveUpAt = performance.now() + 20_000; performance.now() < giveUpAt; ) {
    const { subjectaltname } = await shown(port)
    if (names.test(subjectaltname ?? '')) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${names} was not shown`)
}

async function shown(port: number) {
  const socket: TLSSocket = connect({
    port,
    host: '127.0.0.1',
    ca: readFileSync(files.caFile),
    servername: 'localhost',
    checkServerIdentity: () => undefined,
  })
  await once(socket, 'secureConnect')
  const certificate = socket.getPeerCertificate()
  socket.destroy()
  return certificate
}

test('a renewed certificate is shown without a restart; a half-written or foreign one never, and each reason is told once', async (t) => {
  const lines: { msg: string; reason?: string }[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const certificate = serveCertificate(files, { log, clock: systemClock })
  const server = createServer(certificate.options, (socket) => socket.on('error', () => undefined).end()).listen(0, '127.0.0.1')
  certificate.follow(server)
  await once(server, 'listening')
  t.after(() => {
    certificate.stop()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  await untilShown(port, /DNS:localhost/)
  const cert = readFileSync(files.certFile)
  writeFileSync(files.certFile, cert.subarray(0, 200))
  await until(() => lines.some(({ msg }) => msg === 'the new TLS certificate is not used'))
  await untilShown(port, /DNS:localhost/)
  writeFileSync(files.certFile, cert)
  await files.renew(['localhost', 'renewed.example.cn'], { days: 3 })
  await untilShown(port, /renewed\.example\.cn/)
  const told = lines.map(({ msg }) => msg)
  assert.equal(told.filter((msg) => msg === 'the new TLS certificate is not used').length, 1)
  assert.equal(told.filter((msg) => msg === 'the TLS certificate was renewed').length, 1)
  await until(() => lines.some(({ msg }) => msg === 'the TLS certificate expires soon'))
})

async function until(holds: () => boolean): Promise<void> {
  for (const giveUpAt = performance.now() + 20_000; !holds(); ) {
    if (performance.now() > giveUpAt) throw new Error(`Not within 20 s: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

test('a key of another certificate, a key that others can read and a missing file are refused in words', async (t) => {
  const other = await testCertificates()
  t.after(() => other.remove())
  const foreign = readCertificate({ certFile: files.certFile, keyFile: other.keyFile })
  assert.ok(foreign.kind === 'unusable' && /不匹配/.test(foreign.zh) && /is not that of the certificate/.test(foreign.en))
  chmodSync(other.keyFile, 0o644)
  const open = readCertificate(other)
  assert.ok(open.kind === 'unusable' && /chmod 600/.test(open.zh) && /chmod 600/.test(open.en))
  const missing = readCertificate({ ...files, certFile: '/nowhere/server.crt' })
  assert.ok(missing.kind === 'unusable' && /\/nowhere\/server\.crt/.test(missing.en))
})
