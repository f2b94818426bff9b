import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainHost, reachable } from './listen-host.ts'

const at = (host: string, more: { tls?: boolean; plainAllowed?: boolean } = {}) =>
  plainHost({ host, tls: false, plainAllowed: false, ...more })

test('plain ports listen on this machine alone unless the operator says otherwise', () => {
  for (const host of ['127.0.0.1', '127.8.8.8', 'localhost', '::1', '::ffff:127.0.0.1']) assert.deepEqual(at(host), { kind: 'at', host })
  for (const host of ['0.0.0.0', '::', '10.1.2.3', '192.168.1.5', 'factory.example.cn', '127.0.0.1.example.cn', 'fe80::1', '']) {
    assert.equal(at(host).kind, 'refused', host)
    assert.deepEqual(at(host, { plainAllowed: true }), { kind: 'at', host })
    assert.deepEqual(at(host, { tls: true }), { kind: 'at', host: '127.0.0.1' })
  }
})

test('the refusal says the three ways out in both languages', () => {
  const refused = at('0.0.0.0')
  assert.ok(refused.kind === 'refused')
  for (const text of [refused.zh, refused.en])
    assert.match(text, /0\.0\.0\.0.*TLS_CERT_FILE.*certificates:make.*LIANSHU_HTTPS=1.*LIANSHU_PLAIN=1/s)
})

test('a process of this machine reaches what listens everywhere', () => {
  assert.deepEqual(['0.0.0.0', '::', '10.1.2.3'].map(reachable), ['127.0.0.1', '::1', '10.1.2.3'])
})
