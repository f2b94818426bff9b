import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import type { FieldDevice } from '../field.ts'
import { asDevice, openPublisher, runProgram } from './foreign-client.ts'
import { message, type Peer, type PeerTest } from './peer-test.ts'

// Eclipse Mosquitto's own client as the device. Its exit codes are the CONNACK's; 7 and 14 say that the connection was lost.

const BAD_USER_OR_PASSWORD = 'Connection Refused: bad user name or password.'

const publish = (peer: Peer, device: FieldDevice, text: string, ...more: string[]) =>
  runProgram('mosquitto_pub', [...asDevice(peer.port, device), '-t', device.topic, '-q', '1', ...more, '-s'], text)

const untouched = async (peer: Peer, device: FieldDevice) => {
  const found = await peer.latest(device)
  assert.ok(
    Object.values(found).every((sample) => sample === null),
    JSON.stringify(found),
  )
}

const values: PeerTest[] = [
  {
    name: 'a QoS 1 publish stands in the API with value, quality, time and number',
    run: async (peer) => {
      const device = await peer.newDevice()
      const ts = Date.now() - 5_000
      const text = JSON.stringify({
        ts,
        seq: 41,
        values: { temperature: 71.25, running: true, program: 'P-7', count: 12 },
        q: { count: 64 },
      })
      assert.deepEqual(await publish(peer, device, text), { code: 0, said: '' })
      const found = await peer.untilLatest(device, 'temperature', 71.25)
      assert.equal(found.temperature?.atMs, ts)
      assert.equal(found.temperature?.seq, 41)
      assert.equal(found.temperature?.quality, 0)
      assert.equal(found.count?.quality, 64)
      assert.equal(found.running?.value, 1)
      assert.equal(found.program?.value, 'P-7')
      assert.ok((found.temperature?.receivedMs ?? 0) >= ts + 4_000, 'received later than measured')
    },
  },
  {
    name: 'QoS 0 and QoS 2 publishes arrive too',
    run: async (peer) => {
      const device = await peer.newDevice()
      assert.equal((await publish(peer, device, message({ temperature: 1 }), '-q', '0')).code, 0)
      await peer.untilLatest(device, 'temperature', 1)
      assert.equal((await publish(peer, device, message({ temperature: 2 }), '-q', '2')).code, 0)
      await peer.untilLatest(device, 'temperature', 2)
    },
  },
  {
    name: 'the same message twice is one value',
    run: async (peer) => {
      const device = await peer.newDevice()
      const ts = Date.now() - 60_000
      const text = JSON.stringify({ ts, values: { temperature: 3 } })
      await publish(peer, device, text)
      await publish(peer, device, text)
      await peer.untilLatest(device, 'temperature', 3)
      const { atMs } = await peer.samples(device, 'temperature', ts - 1_000, ts + 1_000)
      assert.deepEqual(atMs, [ts])
    },
  },
  {
    name: 'of an array with bad pieces the good ones are stored and the others counted',
    run: async (peer) => {
      const device = await peer.newDevice()
      const ts = Date.now()
      const text = JSON.stringify([
        { ts: ts - 2, values: { temperature: 5, nobody: 1 } },
        { ts: ts - 1, values: { temperature: 'hot' } },
        { ts: ts + 3_600_000, values: { temperature: 6 } },
        { ts: 1_000, values: { temperature: 7 } },
      ])
      assert.equal((await publish(peer, device, text)).code, 0)
      await peer.untilLatest(device, 'temperature', 5)
      for (const reason of ['unknownPoint', 'wrongType', 'future', 'ancient'] as const) await peer.untilRefused(device, reason)
    },
  },
]

const refusals: PeerTest[] = [
  {
    name: 'a wrong password is refused and counted',
    run: async (peer) => {
      const device = await peer.newDevice()
      const args = [...asDevice(peer.port, device, 'not-the-secret'), '-t', device.topic, '-q', '1', '-m', message({ temperature: 9 })]
      const { code, said } = await runProgram('mosquitto_pub', args)
      assert.equal(code, 4, said)
      assert.match(said, new RegExp(BAD_USER_OR_PASSWORD, 'i'))
      await peer.untilRefused(device, 'wrongCredential')
      await untouched(peer, device)
    },
  },
  {
    name: 'a device that does not exist, and no user name at all, are refused',
    run: async (peer) => {
      const device = await peer.newDevice()
      const stranger = { ...device, user: `${device.user}-no` }
      assert.equal((await publish(peer, stranger, message({ temperature: 9 }))).code, 4)
      const anonymous = ['-h', '127.0.0.1', '-p', String(peer.port), '-t', device.topic, '-q', '1', '-m', message({ temperature: 9 })]
      assert.notEqual((await runProgram('mosquitto_pub', anonymous)).code, 0)
      await untouched(peer, device)
    },
  },
  {
    name: 'a publish to another device’s topic ends the connection, is counted, and changes nothing',
    run: async (peer) => {
      const [device, other] = [await peer.newDevice(), await peer.newDevice()]
      const args = [...asDevice(peer.port, device), '-t', other.topic, '-q', '1', '-m', message({ temperature: 666 })]
      const { code, said } = await runProgram('mosquitto_pub', args)
      assert.notEqual(code, 0, said)
      await peer.untilRefused(device, 'foreignTopic')
      await untouched(peer, other)
    },
  },
  {
    name: 'malformed JSON is acknowledged, counted and shown with its text',
    run: async (peer) => {
      const device = await peer.newDevice()
      assert.equal((await publish(peer, device, '{"ts": 1, "values": {"temperature": ')).code, 0)
      await peer.untilRefused(device, 'malformed')
      const { items } = await peer.field.client.call(telemetryApi.quarantine, { query: { reason: 'malformed', device: device.code } })
      assert.equal(items[0]?.text, '{"ts": 1, "values": {"temperature": ')
      await untouched(peer, device)
    },
  },
  {
    name: 'a message of nearly 256 kB is taken, a larger one is not and ends the connection',
    run: async (peer) => {
      const device = await peer.newDevice()
      const startMs = Date.now() - 5_000_000
      const items = (count: number) =>
        JSON.stringify(Array.from({ length: count }, (_, i) => ({ ts: startMs + i, values: { temperature: i } })))
      const bytes = Buffer.byteLength(items(1_000)) / 1_000
      const most = Math.floor((255 * 1_024) / (bytes + 1))
      assert.equal((await publish(peer, device, items(most))).code, 0)
      const { atMs } = await peer.samples(device, 'temperature', startMs, startMs + 1_000_000)
      assert.equal(atMs.length, most)
      const large = await publish(peer, device, items(Math.ceil((300 * 1_024) / bytes)))
      assert.notEqual(large.code, 0, large.said)
      await peer.untilRefused(device, 'tooLarge')
    },
  },
]

const sessions: PeerTest[] = [
  {
    name: 'a device may subscribe to nothing, so a retained message comes back to nobody',
    run: async (peer) => {
      const device = await peer.newDevice()
      assert.equal((await publish(peer, device, message({ temperature: 4 }), '-r')).code, 0)
      await peer.untilLatest(device, 'temperature', 4)
      for (const topic of [device.topic, '#', 'live/#', 'events/#']) {
        const heard = await runProgram('mosquitto_sub', [...asDevice(peer.port, device), '-t', topic, '-W', '2', '-v'])
        assert.doesNotMatch(heard.said, /temperature/, `${topic}: ${heard.said}`)
      }
    },
  },
  {
    name: 'a will on another device’s topic changes nothing there',
    run: async (peer) => {
      const [device, other] = [await peer.newDevice(), await peer.newDevice()]
      const will = ['--will-topic', other.topic, '--will-payload', message({ temperature: 13 }), '--will-qos', '1']
      const publisher = openPublisher([...asDevice(peer.port, device), '-t', device.topic, '-q', '1', ...will])
      publisher.write(message({ temperature: 12 }))
      const seen = await Promise.race([
        peer.untilLatest(device, 'temperature', 12).then(
          () => 'connected' as const,
          () => 'refused' as const,
        ),
        publisher.ended.then(() => 'refused' as const),
      ])
      publisher.kill('SIGKILL')
      await publisher.ended
      // Either the connection with such a will is refused, or its will goes nowhere.
      await sleep(seen === 'connected' ? 1_500 : 0)
      await untouched(peer, other)
    },
  },
  {
    name: 'a disabled credential cuts the device off at once',
    run: async (peer) => {
      const device = await peer.newDevice()
      const publisher = openPublisher([...asDevice(peer.port, device), '-t', device.topic, '-q', '1'])
      publisher.write(message({ temperature: 20 }))
      await peer.untilLatest(device, 'temperature', 20)
      const { client } = peer.field
      const { own } = await client.call(devicesApi.get, { params: { id: device.id } })
      const credentialId = own?.credentials[0]?.id
      assert.ok(credentialId)
      await client.call(devicesApi.disableCredential, { params: { id: device.id, credentialId }, body: {} })
      await sleep(1_500)
      publisher.write(message({ temperature: 21 }))
      await sleep(1_500)
      publisher.kill('SIGKILL')
      await publisher.ended
      assert.equal((await peer.latest(device)).temperature?.value, 20)
      assert.equal((await publish(peer, device, message({ temperature: 22 }))).code, 4)
    },
  },
  {
    name: 'two devices with one client id do not throw each other out',
    run: async (peer) => {
      const [one, two] = [await peer.newDevice(), await peer.newDevice()]
      const open = (device: FieldDevice) => openPublisher([...asDevice(peer.port, device), '-i', 'gateway', '-t', device.topic, '-q', '1'])
      const [first, second] = [open(one), open(two)]
      first.write(message({ temperature: 30 }))
      second.write(message({ temperature: 31 }))
      await peer.untilLatest(one, 'temperature', 30)
      await peer.untilLatest(two, 'temperature', 31)
      first.write(message({ temperature: 32 }))
      await peer.untilLatest(one, 'temperature', 32)
      assert.equal(first.exitCode(), undefined)
      for (const publisher of [first, second]) publisher.kill('SIGKILL')
      await Promise.all([first.ended, second.ended])
    },
  },
  {
    name: 'MQTT 5 is refused by name, not by silence',
    run: async (peer) => {
      const device = await peer.newDevice()
      const args = asDevice(peer.port, device).map((arg) => (arg === 'mqttv311' ? 'mqttv5' : arg))
      const { code, said } = await runProgram('mosquitto_pub', [...args, '-t', device.topic, '-q', '1', '-m', message({ temperature: 5 })])
      assert.notEqual(code, 0)
      assert.match(said, /protocol version|refused|lost/i)
    },
  },
]

export const mosquittoTests: readonly PeerTest[] = [...values, ...refusals, ...sessions]
