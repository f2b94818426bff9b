import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { LinkLost } from '../driver.ts'
import { modbus } from './config.ts'
import { ModbusConnection } from './connection.ts'
import { takeFrames } from './frames.ts'
import { readRequest } from './pdu.ts'

const never = new AbortController().signal
const request = readRequest('holding', 0, 1)
const good = Buffer.from('03020007', 'hex')

const frame = (id: number, unitId: number, pdu: Buffer, protocol = 0) => {
  const header = Buffer.alloc(7)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(protocol, 2)
  header.writeUInt16BE(pdu.length + 1, 4)
  header[6] = unitId
  return Buffer.concat([header, pdu])
}

/** A connection to a server that does with each request what the test says. */
async function linked(t: TestContext, answer: (socket: Socket, id: number, count: number) => void, more: object = {}) {
  let count = 0
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => takeFrames(data, (id) => answer(socket, id, ++count)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const connection = new ModbusConnection(modbus.connection.parse({ host: '127.0.0.1', port, requestTimeoutMs: 10_000, ...more }))
  t.after(async () => {
    connection.close()
    await new Promise((resolve) => server.close(resolve))
  })
  await connection.open(never)
  return connection
}

test('frames come whole, however the stream is cut', () => {
  const frames = fc.array(
    fc.record({ id: fc.nat(65_535), unitId: fc.nat(255), pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }) }, { noNullPrototype: true }),
    {
      maxLength: 8,
    },
  )
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 50 }), (sent, cuts) => {
      const stream = Buffer.concat(sent.map(({ id, unitId, pdu }) => frame(id, unitId, Buffer.from(pdu))))
      const taken: { id: number; unitId: number; pdu: Uint8Array }[] = []
      let rest: Buffer = Buffer.alloc(0)
      for (let at = 0, i = 0; at < stream.length; i++) {
        const end = at + cuts[i % cuts.length]!
        const data = Buffer.concat([rest, stream.subarray(at, end)])
        const used = takeFrames(data, (id, unitId, pdu) => taken.push({ id, unitId, pdu: Uint8Array.from(pdu) }))
        assert.notEqual(used, undefined)
        rest = data.subarray(used)
        at = end
      }
      assert.deepEqual(taken, sent)
      assert.equal(rest.length, 0)
    }),
  )
})

test('an answer that dribbles in byte by byte is taken', async (t) => {
  const connection = await linked(t, async (socket, id) => {
    for (const byte of frame(id, 1, good)) {
      socket.write(Buffer.of(byte))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  })
  assert.deepEqual(await connection.request(1, request, never), { kind: 'answer', pdu: good })
})

test('answers that come together, and in another order, find their requests', async (t) => {
  const waiting: number[] = []
  const connection = await linked(
    t,
    (socket, id) => {
      waiting.unshift(id)
      if (waiting.length === 3) socket.write(Buffer.concat(waiting.map((each) => frame(each, each, good))))
    },
    { maxInFlight: 3 },
  )
  const answers = await Promise.all([1, 2, 3].map((unitId) => connection.request(unitId, request, never)))
  assert.deepEqual(new Set(answers.map(({ kind }) => kind)), new Set(['answer']))
})

test('another unit’s, another function’s and a malformed exception’s answers are wrong, and the link goes on', async (t) => {
  const wrong = [
    (id: number) => frame(id, 2, good),
    (id: number) => frame(id, 1, Buffer.from('04020007', 'hex')),
    (id: number) => frame(id, 1, Buffer.from('830202', 'hex')),
    (id: number) => frame(id, 1, Buffer.from('84', 'hex')),
  ]
  const connection = await linked(t, (socket, id, count) => socket.write(wrong[count - 1]?.(id) ?? frame(id, 1, good)))
  for (const _ of wrong) assert.deepEqual(await connection.request(1, request, never), { kind: 'wrong' })
  assert.equal((await connection.request(1, request, never)).kind, 'answer')
})

test('a gateway that stood still itself took it for the silence of the device', async (t) => {
  const connection = await linked(t, (socket, id) => socket.write(frame(id, 1, good)), { requestTimeoutMs: 300 })
  const answer = connection.request(1, request, never)
  await new Promise((resolve) => setImmediate(resolve))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900)
  assert.deepEqual(await answer, { kind: 'answer', pdu: good })
})

test('frames that nobody asked for are passed over', async (t) => {
  const connection = await linked(t, (socket, id) => {
    for (let other = 1; other < 2_000; other++) socket.write(frame((id + other) & 0xffff, 1, Buffer.from('0302ffff', 'hex')))
    socket.write(frame(id, 1, good))
  })
  assert.deepEqual(await connection.request(1, request, never), { kind: 'answer', pdu: good })
})

for (const [what, bytes] of [
  ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['another protocol id', frame(1, 1, good, 7)],
  ['a length of nothing', Buffer.from('000100000000', 'hex')],
  ['a length beyond the longest frame', Buffer.from('0001000000ff', 'hex')],
] as const) {
  test(`${what} is no Modbus TCP: the link is closed, since nothing after it can be trusted`, async (t) => {
    const connection = await linked(t, (socket) => socket.write(bytes))
    await assert.rejects(connection.request(1, request, never), { reason: 'modbus.garbage' })
    await assert.rejects(connection.request(1, request, never), { reason: 'modbus.garbage' })
  })
}

test('whatever bytes come, every request ends: by an answer, a time-out or a lost link', async (t) => {
  let bytes: Buffer = Buffer.alloc(0)
  const answered = frame(0, 1, good)
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // Nearly right ones: a few bytes of a good answer changed, or cut off.
    fc
      .tuple(fc.array(fc.tuple(fc.nat(answered.length - 1), fc.nat(255)), { maxLength: 3 }), fc.nat(answered.length))
      .map(([changes, length]) => {
        const near = Buffer.from(answered)
        for (const [at, value] of changes) near[at] = value
        return near.subarray(0, length)
      }),
  )
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      const reply = Buffer.from(bytes)
      if (reply.length >= 2) data.copy(reply, 0, 0, 2)
      socket.write(reply)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise((resolve) => server.close(resolve)))
  const settings = modbus.connection.parse({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, requestTimeoutMs: 50 })
  await fc.assert(
    fc.asyncProperty(hostile, async (made) => {
      bytes = Buffer.from(made)
      const connection = new ModbusConnection(settings)
      await connection.open(never)
      const outcome = await connection.request(1, request, never).then(
        ({ kind }) => kind,
        (error: unknown) => (error instanceof LinkLost ? 'lost' : `threw ${String(error)}`),
      )
      connection.close()
      assert.ok(['answer', 'exception', 'silent', 'wrong', 'lost'].includes(outcome), outcome)
    }),
    { numRuns: 60 },
  )
})

test('a host that takes no connection is a connect time-out', async (t) => {
  // A stopped process accepts nobody; the kernel does so for it until its queue is full.
  const child = spawn(process.execPath, [
    '-e',
    "const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))",
  ])
  t.after(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  child.kill('SIGSTOP')
  const port = Number(String(line))
  const waiting = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  t.after(() => {
    for (const socket of waiting) socket.destroy()
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  const connection = new ModbusConnection(modbus.connection.parse({ host: '127.0.0.1', port, connectTimeoutMs: 300 }))
  await assert.rejects(connection.open(never), { reason: 'modbus.connectTimeout' })
  connection.close()
})

test('no request is sent before its turn, also when those before it are given up', async (t) => {
  let open = 0
  let most = 0
  const connection = await linked(
    t,
    (socket, id) => {
      most = Math.max(most, ++open)
      setTimeout(() => {
        open--
        socket.write(frame(id, 1, good))
      }, 5)
    },
    { maxInFlight: 2 },
  )
  const controller = new AbortController()
  const given = Array.from({ length: 4 }, () => connection.request(1, request, controller.signal).catch(() => undefined))
  const others = Array.from({ length: 10 }, () => connection.request(1, request, never))
  controller.abort()
  await Promise.all([...given, ...others])
  // The two that were given up are still with the device.
  assert.ok(most <= 4, `${most} at once`)
})

test('65,536 requests later the numbers begin again', { timeout: 60_000 }, async (t) => {
  const connection = await linked(t, (socket, id) => socket.write(frame(id, 1, good)), { maxInFlight: 16, requestTimeoutMs: 5_000 })
  let answered = 0
  const lane = async () => {
    while (answered < 66_000) {
      answered++
      assert.equal((await connection.request(1, request, never)).kind, 'answer')
    }
  }
  await Promise.all(Array.from({ length: 16 }, lane))
})
