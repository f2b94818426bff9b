import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#embedded/ports.ts'
import { openSms } from '#kernel/sms.ts'
import { eventually, type LoneTest } from './peer-test.ts'

// Kannel, an SMS gateway of other hands, behind which a carrier stands that writes down what Kannel hands over.

const SECRET = 'kannel-secret'

async function withKannel(run: (sendUrl: string, handed: { to: string; text: string }[]) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lianshu-kannel-'))
  const handed: { to: string; text: string }[] = []
  const carrier = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://carrier').searchParams
    handed.push({ to: query.get('to') ?? '', text: ucs2(/[?&]text=([^&]*)/.exec(request.url ?? '')?.[1] ?? '') })
    response.end('0: Accepted for delivery')
  })
  await new Promise<void>((resolve) => carrier.listen(0, '127.0.0.1', resolve))
  const [admin, boxes, http] = [await freePort(), await freePort(), await freePort()]
  const { port } = carrier.address() as AddressInfo
  const file = join(folder, 'kannel.conf')
  writeFileSync(
    file,
    `
group = core
admin-port = ${admin}
admin-interface = 127.0.0.1
admin-password = ${SECRET}
smsbox-port = ${boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
log-level = 2

group = smsc
smsc = http
smsc-id = carrier
system-type = kannel
port = ${await freePort()}
connect-allow-ip = "127.0.0.1"
smsc-username = us
smsc-password = ${SECRET}
send-url = "http://127.0.0.1:${port}/carrier"

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${boxes}
sendsms-port = ${http}
sendsms-interface = 127.0.0.1
log-level = 2

group = sendsms-user
username = lianshu
password = ${SECRET}
default-sender = 10690000
concatenation = true
max-messages = 5
`,
  )
  const running: ChildProcess[] = []
  const start = (box: string) => running.push(spawn(`/usr/sbin/${box}`, ['-v', '4', file], { stdio: 'ignore' }))
  const answers = (url: string, what: string) =>
    eventually(
      () =>
        fetch(url).then(
          () => true,
          () => false,
        ),
      (up) => up,
      what,
    )
  try {
    start('bearerbox')
    await answers(`http://127.0.0.1:${admin}/status.txt`, 'bearerbox answers')
    start('smsbox')
    const sendUrl = `http://127.0.0.1:${http}/cgi-bin/sendsms`
    await answers(sendUrl, 'smsbox answers')
    await run(sendUrl, handed)
  } finally {
    for (const box of running) box.kill('SIGKILL')
    await new Promise((resolve) => carrier.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  }
}

/** As a telephone shows it: UCS-2, high byte first (3GPP TS 23.038, data coding 8). */
function ucs2(encoded: string): string {
  const bytes = encoded.replace(/\+/g, ' ').match(/%[0-9a-f]{2}|[^%]/gi) ?? []
  const raw = Buffer.from(bytes.map((one) => (one.length === 3 ? Number.parseInt(one.slice(1), 16) : one.charCodeAt(0))))
  return raw.swap16().toString('utf16le')
}

export const smsTests: readonly LoneTest[] = [
  {
    name: 'Kannel takes short messages as its manual says, in Chinese, and refuses a wrong password',
    alone: () =>
      withKannel(async (sendUrl, handed) => {
        const folder = mkdtempSync(join(tmpdir(), 'lianshu-sms-'))
        try {
          const opened = (password: string) => {
            const file = join(folder, 'gateway.json')
            const query = 'to={{phone}}&text={{text}}&charset=UTF-8&coding=2'
            const url = `${sendUrl}?username=lianshu&password=${password}&${query}`
            writeFileSync(file, JSON.stringify({ method: 'GET', url, signature: '【链枢】', phone: 'international', accepted: '^[03]:' }))
            return openSms(file)
          }
          const text = '压铸机 3# 停机 & 报警：100% “过热”'
          const message = { id: 'a', phone: '+8613812345678', kind: 'news', text, content: text } as const
          const wrong = await opened('wrong').send(message)
          assert.equal(wrong.kind, 'failed')
          assert.match(wrong.reason, /^HTTP 40\d/)
          const sms = opened(SECRET)
          assert.deepEqual(await sms.send(message), { kind: 'sent' })
          await eventually(
            async () => handed,
            (all) => all.length > 0,
            'the carrier has it',
          )
          assert.deepEqual(handed, [{ to: '+8613812345678', text: `【链枢】${text}` }])
        } finally {
          rmSync(folder, { recursive: true, force: true })
        }
      }),
  },
]
