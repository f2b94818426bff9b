import assert from 'node:assert/strict'
import { get } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { LinkId, WireStatus } from '#modules/shopfloor/gateways/contract.ts'
import { systemClock } from '../../clock.ts'
import { readConfig } from '../config.ts'
import { EventLog } from '../event-log.ts'
import { servePage } from './serve-page.ts'

const ID = 'l' as LinkId
const unit = { goodPoints: 3, badPoints: 1, badAddresses: [], sinceMs: 1_000 }
const status: WireStatus = {
  ...{ revision: 3, version: '0.1.0', startedAtMs: 1_000, atMs: 2_000, clockSkewMs: 0, memoryMb: 120, cpuPercent: 2 },
  queue: { batches: 41, bytes: 3 * 2 ** 20, limitBytes: 2 ** 30, oldestMs: Date.UTC(2026, 0, 2), droppedSamples: 7, onDisk: true },
  uplink: { connectedSinceMs: null },
  links: [
    {
      ...{ id: ID, state: 'connected', reason: null, sinceMs: 1_000, cycle: null },
      units: [{ ...unit, device: 'M<1>', state: 'open', reason: 'modbus.noAnswer' }],
    },
  ],
}
const settings = { user: 'ORG/GW-1', server: 'https://platform.example.com', pagePort: 0, pageAddress: '127.0.0.1' }

async function served(t: TestContext, change: object = {}) {
  const log = new EventLog(systemClock, () => undefined)
  log.add('info', 'gateways.linkConnected')
  log.add('warning', 'gateways.clockSkewed', { seconds: 90 })
  log.add('error', 'opcua.callRefused', { status: '0x80AF0000' }, { device: 'M-2' })
  const shown = async () => ({
    status,
    names: new Map([[ID as string, { name: '电表总线', protocol: 'modbus' }]]),
    troubles: log.troubles(),
  })
  const page = await servePage({ ...settings, ...change }, { shown }, log, systemClock)
  t.after(() => page?.close())
  const ask = (headers: Record<string, string> = {}, path = '/', method = 'GET') =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port: page?.port, path, method, headers, agent: false }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (part) => {
          text += part
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      })
      request.on('error', reject)
    })
  return { page, log, ask }
}

test('the page says how the gateway is, in Chinese and English: platform, queue, links, devices, last troubles', async (t) => {
  const { ask } = await served(t)
  const { text } = await ask()
  for (const words of [
    'ORG/GW-1',
    '未连接，数据留存在本机',
    '41 批',
    '电表总线',
    'M&#60;1&#62;',
    '无应答',
    '设备在规定时间内无应答',
    '3 个点正常，1 个读不到',
  ])
    assert.ok(text.includes(words), words)
  assert.ok(text.indexOf('服务器没有执行此方法（0x80AF0000）') < text.indexOf('与平台相差 90 秒'), 'the newest trouble first')
  assert.ok(!text.includes('M<1>') && !text.includes('<script') && !text.includes('{{'))
  for (const english of [await ask({ 'accept-language': 'en-GB,en' }), await ask({}, '/?lang=en')])
    assert.ok(english.text.includes('not connected; data is kept here') && english.text.includes('Last warnings and errors'))
})

test('it changes nothing and tells nothing to a page of another name, nor without its password where one is set', async (t) => {
  const open = await served(t)
  assert.equal((await open.ask({ host: 'evil.example.com' })).status, 421)
  assert.equal((await open.ask({ host: `localhost:${open.page?.port}` })).status, 200)
  assert.equal((await open.ask({}, '/', 'POST')).status, 405)
  assert.equal((await open.ask({}, '/config')).status, 404)
  const { ask } = await served(t, { pagePassword: 'Kupfer-Bach' })
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  assert.deepEqual(
    [(await ask()).status, (await ask(basic('x:wrong'))).status, (await ask(basic('x:Kupfer-Bach'))).status],
    [401, 401, 200],
  )
})

test('beyond the computer itself it needs a password; a port that is taken stops nothing', async (t) => {
  const env = { LIANSHU_GATEWAY_SERVER: 'https://a.example', LIANSHU_GATEWAY_MQTT: 'mqtts://a.example', LIANSHU_GATEWAY_USER: 'O/G' }
  const given = { ...env, LIANSHU_GATEWAY_SECRET: 'secret-of-it', LIANSHU_GATEWAY_DATA_DIR: '/tmp/x', LIANSHU_GATEWAY_PAGE_PORT: '8690' }
  assert.equal(readConfig(undefined, given).pageAddress, '127.0.0.1')
  assert.throws(() => readConfig(undefined, { ...given, LIANSHU_GATEWAY_PAGE_ADDRESS: '0.0.0.0' }), /pagePassword is missing/)
  const { page } = await served(t)
  const { page: second, log } = await served(t, { pagePort: page?.port })
  assert.deepEqual([second, log.troubles()[0]?.code], [undefined, 'gateways.pageFailed'])
  const { page: none } = await served(t, { pagePort: undefined })
  assert.equal(none, undefined)
})
