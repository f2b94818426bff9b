import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { outboundRequest } from './outbound.ts'
import { type AddressVerdict, addressVerdict, networkOf } from './outbound-address.ts'

const OT = ['192.168.40.0/24', 'fd00:40::/64', '127.0.0.0/8']

const verdicts: [string, AddressVerdict][] = [
  ['8.8.8.8', 'public'],
  ['2606:4700:4700::1111', 'public'],
  ['192.168.40.7', 'declared'],
  ['192.168.41.7', 'private'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.1', 'public'],
  ['fd00:40::9', 'declared'],
  ['fd00:41::9', 'private'],
  ['::ffff:192.168.40.7', 'declared'],
  ['::ffff:c0a8:2907', 'private'],
  ['::ffff:8.8.8.8', 'public'],
  // NAT64 leads to what it holds.
  ['64:ff9b::8.8.8.8', 'public'],
  ['64:ff9b::a9fe:a9fe', 'forbidden'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['127.0.0.1', 'declared'],
  ['::1', 'private'],
  ['169.254.169.254', 'forbidden'],
  ['::ffff:169.254.169.254', 'forbidden'],
  ['fe80::1', 'forbidden'],
  ['fd00:ec2::254', 'forbidden'],
  ['100.100.100.200', 'forbidden'],
  ['100.64.0.1', 'private'],
  ['0.0.0.0', 'forbidden'],
  ['::', 'forbidden'],
  ['224.0.0.1', 'forbidden'],
  ['ff02::1', 'forbidden'],
  ['255.255.255.255', 'forbidden'],
  ['240.0.0.1', 'forbidden'],
  ['192.0.2.1', 'forbidden'],
  ['2002:a00:1::', 'forbidden'],
  ['2001:0:53aa:64c::', 'forbidden'],
  ['not an address', 'forbidden'],
  ['', 'forbidden'],
]

test('each address is what it leads to, in whatever notation', () => {
  assert.deepEqual(
    verdicts.map(([address]) => [address, addressVerdict(address, OT)]),
    verdicts,
  )
})

test('no notation of a link-local or undeclared private address comes through', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(fc.constantFrom([10], [169, 254], [192, 168], [172, 20], [127]), byte, byte, byte, (head, b, c, d) => {
      const bytes = [...head, b, c, d].slice(0, 4)
      const hex = (i: number) => (((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16)
      const dotted = bytes.join('.')
      for (const written of [dotted, `::ffff:${dotted}`, `::ffff:${hex(0)}:${hex(2)}`, `64:ff9b::${hex(0)}:${hex(2)}`])
        assert.ok(['private', 'forbidden'].includes(addressVerdict(written, [])), written)
    }),
  )
})

test('a network that may be declared lies in one private range and names itself by its first address', () => {
  assert.deepEqual(networkOf('192.168.40.0/24'), { wanted: '192.168.40.0/24', declarable: true })
  assert.deepEqual(networkOf('192.168.40.7/24'), { wanted: '192.168.40.0/24', declarable: true })
  assert.deepEqual(networkOf('fd00:40::/64'), { wanted: 'fd00:40::/64', declarable: true })
  for (const cidr of [
    '0.0.0.0/0',
    '::/0',
    '192.0.0.0/8',
    '169.254.0.0/16',
    '8.8.8.0/24',
    '100.64.0.0/10',
    'fe80::/10',
    '::ffff:10.0.0.0/104',
  ])
    assert.equal(networkOf(cidr)?.declarable, false, cidr)
  for (const cidr of ['10.0.0.0', '10.0.0.0/33', 'plc/24', '', '10.0.0.0/-1']) assert.equal(networkOf(cidr), undefined, cidr)
})

const server = createServer((request, response) => {
  if (request.url === '/elsewhere') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()
  else if (request.url === '/large') response.end(Buffer.alloc(100_000))
  else if (request.url !== '/silent') response.end(`${request.method} ${request.headers.host}`)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
after(() => {
  server.close()
  server.closeAllConnections()
})
const port = () => (server.address() as AddressInfo).port
const local = { networks: ['127.0.0.0/8'], plain: true }
const refused = (reason: string) => (error: unknown) => (error as { details?: { reason?: string } }).details?.reason === reason
const failed = (code: string) => (error: unknown) => (error as { code?: string }).code === code
const names = (addresses: string[]) => {
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    // A second question would get another answer: DNS rebinding.
    return (asked.length === 1 ? addresses : ['169.254.169.254']).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
  return { asked, resolve }
}

test('the connection goes to the address that was judged, by a name that is resolved once', async () => {
  const { asked, resolve } = names(['127.0.0.1'])
  const answer = await outboundRequest(
    `http://plc.example:${port()}/`,
    { method: 'POST', body: 'x' },
    { ...local, ports: [port()], resolve },
  )
  assert.equal(answer.body.toString(), `POST plc.example:${port()}`)
  assert.deepEqual(asked, ['plc.example'])
})

test('one address of a name that is not allowed refuses them all', async () => {
  for (const addresses of [
    ['8.8.8.8', '10.0.0.1'],
    ['2606:4700::1', '::ffff:169.254.169.254'],
    ['127.0.0.1', '100.100.100.200'],
  ]) {
    const { resolve } = names(addresses)
    await assert.rejects(
      outboundRequest('https://two.example/', {}, { resolve, networks: ['127.0.0.0/8'] }),
      failed('request.targetNotAllowed'),
    )
  }
  await assert.rejects(outboundRequest('https://none.example/', {}, { resolve: async () => [] }), failed('request.targetUnknown'))
})

test('a redirect is handed back, not followed', async () => {
  const answer = await outboundRequest(`http://127.0.0.1:${port()}/elsewhere`, {}, { ...local, ports: [port()] })
  assert.deepEqual([answer.status, answer.headers.location], [302, 'http://169.254.169.254/latest/meta-data/'])
})

test('protocols, ports, credentials and other spellings of inner addresses are refused before anything is sent', async () => {
  const cases: [string, string][] = [
    ['file:///etc/passwd', 'protocol'],
    ['ftp://8.8.8.8/', 'protocol'],
    ['http://8.8.8.8/', 'protocol'],
    ['https://8.8.8.8:22/', 'port'],
    ['https://user:password@8.8.8.8/', 'credentialsInUrl'],
    ['nonsense', 'noUrl'],
    ['https://2130706433/', 'private'],
    ['https://0x7f.1/', 'private'],
    ['https://017700000001/', 'private'],
    ['https://127.1/', 'private'],
    ['https://[::ffff:7f00:1]/', 'private'],
    ['https://[::1]/', 'private'],
    ['https://169.254.169.254/', 'forbidden'],
    ['https://①⑥⑨.254.169.254/', 'forbidden'],
    ['https://0/', 'forbidden'],
  ]
  for (const [address, reason] of cases) await assert.rejects(outboundRequest(address, {}), refused(reason), address)
  await assert.rejects(outboundRequest('https://localhost/', {}), refused('private'))
})

test('an answer that is too large or too late ends the request', async () => {
  const rules = { ...local, ports: [port()] }
  await assert.rejects(
    outboundRequest(`http://127.0.0.1:${port()}/large`, {}, { ...rules, maxAnswerBytes: 50_000 }),
    failed('request.targetAnswerTooLarge'),
  )
  await assert.rejects(
    outboundRequest(`http://127.0.0.1:${port()}/silent`, {}, { ...rules, timeoutMs: 200 }),
    failed('request.targetTimedOut'),
  )
})
