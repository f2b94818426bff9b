import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { freePort } from '#embedded/ports.ts'
import { openSms } from './sms.ts'

const folder = mkdtempSync(join(tmpdir(), 'lianshu-sms-'))
let answer = { status: 200, text: '{"code":"OK"}' }
const asked: { method: string; url: string; type: string; body: string }[] = []
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  asked.push({ method: request.method ?? '', url: request.url ?? '', type: request.headers['content-type'] ?? '', body })
  response.statusCode = answer.status
  response.end(answer.text)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
after(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

let files = 0
function opened(gateway: object | string) {
  const file = join(folder, `${++files}.json`)
  writeFileSync(file, typeof gateway === 'string' ? gateway : JSON.stringify(gateway))
  return openSms(file)
}
const message = {
  id: 'id-1',
  phone: '+8613812345678',
  kind: 'news',
  text: '压铸机 "3#" 停了\n&to=1',
  content: '压铸机 "3#" 停了\n&to=1',
} as const

test('a message goes as the gateway’s manual says, and nothing in it becomes another field', async () => {
  const json = opened({
    url: `http://127.0.0.1:${port}/send`,
    body: '{"mobile":"{{phone}}","content":"{{text}}","template":"{{template}}","params":["{{content}}"],"ref":"{{id}}"}',
    signature: '【链枢】',
    templates: { code: 'T1', news: 'T2' },
  })
  assert.deepEqual(await json.send(message), { kind: 'sent' })
  assert.equal(asked.at(-1)?.type, 'application/json')
  assert.deepEqual(JSON.parse(asked.at(-1)?.body ?? ''), {
    mobile: '13812345678',
    content: `【链枢】${message.text}`,
    template: 'T2',
    params: [message.content],
    ref: 'id-1',
  })
  const form = opened({
    url: `http://127.0.0.1:${port}/send?to={{phone}}`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'text={{text}}',
    phone: 'international',
  })
  await form.send(message)
  assert.equal(asked.at(-1)?.url, '/send?to=%2B8613812345678')
  assert.deepEqual([...new URLSearchParams(asked.at(-1)?.body)], [['text', message.text]])
  const inUrl = opened({ method: 'GET', url: `http://127.0.0.1:${port}/send?to={{phone}}&text={{text}}` })
  await inUrl.send(message)
  assert.deepEqual(
    [...new URL(asked.at(-1)?.url ?? '', 'http://x').searchParams],
    [
      ['to', '13812345678'],
      ['text', message.text],
    ],
  )
})

test('what the gateway answers decides: taken, never, or again; neither text nor number stands in the reason', async () => {
  const sms = opened({
    url: `http://127.0.0.1:${port}/send`,
    body: '{"to":"{{phone}}"}',
    accepted: '"code":\\s*"OK"',
    refused: 'MOBILE_NUMBER_ILLEGAL',
  })
  assert.deepEqual(await sms.send(message), { kind: 'sent' })
  answer = { status: 200, text: '{"code":"BUSY 13812345678"}' }
  assert.deepEqual(await sms.send(message), { kind: 'failed', reason: 'HTTP 200' })
  answer = { status: 400, text: '{"code":"isv.MOBILE_NUMBER_ILLEGAL"}' }
  assert.deepEqual(await sms.send(message), { kind: 'refused', reason: 'HTTP 400 refused' })
  answer = { status: 503, text: '{"code":"OK"}' }
  assert.deepEqual(await sms.send(message), { kind: 'failed', reason: 'HTTP 503' })
  const away = opened({ url: `http://127.0.0.1:${await freePort()}/`, body: '{{phone}}' })
  assert.deepEqual(await away.send(message), { kind: 'failed', reason: 'ECONNREFUSED' })
})

test('a description that cannot work ends the start with what is wrong, and without its secrets', () => {
  const wrong = (gateway: object | string, what: RegExp) => assert.throws(() => opened(gateway), what)
  wrong('no json', /is no JSON/)
  wrong({ url: 'https://gateway.example/', body: 'x' }, /\{\{phone\}\} stands nowhere/)
  wrong({ url: 'http://gateway.example/{{phone}}' }, /url must be https/)
  wrong({ url: 'file:///etc/{{phone}}' }, /url must be https/)
  wrong({ url: 'https://gateway.example/{{phone}}', accepted: '(' }, /regular expression/)
  wrong({ url: 'https://gateway.example/{{phone}}', password: 'gw-secret' }, /(?=.*password)(?!.*gw-secret)/)
  assert.throws(() => openSms(join(folder, 'absent.json')), /SMS_GATEWAY_FILE .*ENOENT/)
})
