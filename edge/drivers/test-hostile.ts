import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Driver, LinkLost, type ReadRequest } from './driver.ts'

export interface HostilePeer<Unit, Place> {
  protocol: string
  /** With a short time-out. */
  driver(port: number): Driver<Unit, Place>
  request: ReadRequest<Unit, Place>
  /** Beginnings of answers, in hexadecimal: what follows them is senseless. */
  beginnings: readonly string[]
  /** What is answered as it should be, by its number from 1 on: a handshake. */
  handshake?(request: Buffer, number: number): Buffer | undefined
}

/** Whatever bytes come in place of an answer, every read ends: with samples, the bad ones without a value, or with a lost link. */
export function hostileAnswers<Unit, Place>({ protocol, driver, request, beginnings, handshake }: HostilePeer<Unit, Place>): void {
  test(`${protocol}: whatever bytes come in place of an answer, every read ends: bad, or with a lost link`, {
    timeout: 60_000,
  }, async (t) => {
    let garbage: Uint8Array = Buffer.alloc(0)
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      let number = 0
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', (data) => socket.write(handshake?.(data, ++number) ?? garbage))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    })
    const { port } = server.address() as { port: number }
    const never = new AbortController().signal
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', ...beginnings), fc.uint8Array({ maxLength: 60 }), async (beginning, rest) => {
        garbage = Buffer.concat([Buffer.from(beginning, 'hex'), rest])
        const link = driver(port)
        const outcome = await link
          .connect(never)
          .then(() => link.read(request, never))
          .catch((error: unknown) => error)
        await link.close()
        if (outcome instanceof LinkLost) return
        assert.ok(Array.isArray(outcome), String(outcome))
        assert.equal(outcome.length, request.points.length)
        for (const { quality, value } of outcome) assert.ok(quality === 'good' || value === null)
      }),
      { numRuns: 60 },
    )
  })
}
