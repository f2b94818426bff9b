import assert from 'node:assert/strict'
import { asDevice, runProgram } from './foreign-client.ts'
import { message, type Peer, type PeerTest } from './peer-test.ts'

// OpenSSL's, Mosquitto's and curl's own TLS against ours, by the file of an authority that `certificates:make` would make.

const handshake = (peer: Peer, port: number, ...more: string[]) =>
  runProgram('openssl', [
    ...['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', '-CAfile', peer.certificates.caFile],
    ...['-verify_return_error', '-brief', ...more],
  ])

const portsOf = ({ field }: Peer) => Object.values(field.platform.secure)

export const tlsTests: readonly PeerTest[] = [
  {
    name: 'openssl verifies the chain and speaks TLS 1.3 and 1.2 with forward secrecy, nothing older',
    run: async (peer) => {
      for (const port of portsOf(peer)) {
        assert.match((await handshake(peer, port)).said, /Protocol version: TLSv1\.3.*Verification: OK/s)
        assert.match((await handshake(peer, port, '-tls1_2')).said, /Protocol version: TLSv1\.2.*ECDHE-ECDSA-AES\d+-GCM.*Verification: OK/s)
        for (const old of ['-tls1', '-tls1_1']) {
          const { code, said } = await handshake(peer, port, old, '-cipher', 'DEFAULT@SECLEVEL=0')
          assert.notEqual(code, 0, said)
          assert.match(said, /alert protocol version/, said)
        }
      }
    },
  },
  {
    name: 'mosquitto_pub publishes over TLS by the authority’s file, and not without it or to a name that is not the platform’s',
    run: async (peer) => {
      const device = await peer.newDevice()
      const port = peer.field.platform.secure.mqttsPort
      const publish = (value: number, ...more: string[]) =>
        runProgram('mosquitto_pub', [
          ...asDevice(port, device),
          ...['-t', device.topic, '-q', '1', '-m', message({ temperature: value }), ...more],
        ])
      assert.deepEqual(await publish(31.5, '--cafile', peer.certificates.caFile), { code: 0, said: '' })
      await peer.untilLatest(device, 'temperature', 31.5)
      const known = await publish(32, '--capath', '/etc/ssl/certs')
      assert.notEqual(known.code, 0, known.said)
      const elsewhere = await publish(33, '--cafile', peer.certificates.caFile, '-h', '127.0.0.2')
      assert.notEqual(elsewhere.code, 0, elsewhere.said)
      const plain = await publish(34)
      assert.notEqual(plain.code, 0, plain.said)
      assert.equal((await peer.latest(device)).temperature?.value, 31.5)
    },
  },
  {
    name: 'curl pushes over HTTPS by the authority’s file and refuses without it',
    run: async (peer) => {
      const device = await peer.newDevice()
      const address = `https://localhost:${peer.field.platform.secure.httpsPort}/api/telemetry/push`
      const push = (...more: string[]) =>
        runProgram(
          'curl',
          [
            ...['-sS', '-w', '\n%{http_code}', '-u', `${device.user}:${device.secret}`, '-H', 'content-type: application/json', ...more],
            ...['--data-binary', '@-', address],
          ],
          message({ temperature: 41.5 }),
        )
      assert.match((await push()).said, /certificate/)
      const { said } = await push('--cacert', peer.certificates.caFile)
      assert.equal(said.split('\n').at(-1), '200', said)
      await peer.untilLatest(device, 'temperature', 41.5)
    },
  },
]
