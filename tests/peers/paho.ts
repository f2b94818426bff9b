import assert from 'node:assert/strict'
import { runProgram } from './foreign-client.ts'
import type { PeerTest } from './peer-test.ts'

// Eclipse Paho for Python, as many a retrofit gateway uses it.

const MESSAGES = 500

const script = `
import json, sys, time
import paho.mqtt.client as mqtt
host, port, user, secret, topic, start, count = sys.argv[1:]
client = mqtt.Client(client_id="paho", protocol=mqtt.MQTTv311)
client.username_pw_set(user, secret)
client.connect(host, int(port), keepalive=30)
client.loop_start()
sent = [client.publish(topic, json.dumps({"ts": int(start) + i, "seq": i, "values": {"temperature": i / 10}}), qos=1) for i in range(int(count))]
for each in sent:
    each.wait_for_publish(20)
print(sum(each.is_published() for each in sent))
client.disconnect()
client.loop_stop()
`

export const pahoTests: readonly PeerTest[] = [
  {
    name: `Paho for Python sends ${MESSAGES} messages without waiting, all are acknowledged and stored`,
    run: async (peer) => {
      const device = await peer.newDevice()
      const startMs = Date.now() - 60_000
      const target = ['127.0.0.1', String(peer.port), device.user, device.secret, device.topic]
      const ended = await runProgram('/usr/bin/python3', ['-c', script, ...target, String(startMs), String(MESSAGES)])
      assert.deepEqual(ended, { code: 0, said: String(MESSAGES) })
      const { atMs, value } = await peer.samples(device, 'temperature', startMs, startMs + MESSAGES)
      assert.equal(atMs.length, MESSAGES)
      assert.deepEqual(value.slice(0, 3), [0, 0.1, 0.2])
    },
  },
]
