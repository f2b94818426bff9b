import assert from 'node:assert/strict'
import { runProgram } from './foreign-client.ts'
import { message, type PeerTest } from './peer-test.ts'

// curl as a device that speaks HTTPS only.

const push = (address: string, user: string, secret: string, body: string) =>
  runProgram(
    'curl',
    [
      ...['-s', '-w', '\n%{http_code}', '-u', `${user}:${secret}`, '-H', 'content-type: application/json'],
      ...['--data-binary', '@-', `${address}/api/telemetry/push`],
    ],
    body,
  )

export const curlTests: readonly PeerTest[] = [
  {
    name: 'curl pushes a batch and is told what was stored and what not',
    run: async (peer) => {
      const device = await peer.newDevice()
      const { said } = await push(peer.field.platform.address, device.user, device.secret, message({ temperature: 50.5, nobody: 1 }))
      const [answer = '', status] = said.split('\n')
      assert.equal(status, '200', said)
      const { stored, refused, refusals } = JSON.parse(answer) as { stored: number; refused: number; refusals: { reason: string }[] }
      assert.deepEqual([stored, refused, refusals[0]?.reason], [1, 1, 'unknownPoint'])
      await peer.untilLatest(device, 'temperature', 50.5)
    },
  },
  {
    name: 'curl with a wrong secret gets 401 and stores nothing',
    run: async (peer) => {
      const device = await peer.newDevice()
      const { said } = await push(peer.field.platform.address, device.user, 'wrong', message({ temperature: 1 }))
      assert.equal(said.split('\n').at(-1), '401', said)
      assert.equal((await peer.latest(device)).temperature, null)
    },
  },
]
