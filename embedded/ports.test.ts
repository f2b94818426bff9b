import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import test from 'node:test'
import { freePort, isPortFree } from './ports.ts'

// A server that starts seconds after its port was chosen found that port taken as the source of another's connection.
test('a port that was chosen for a server was taken by an outgoing connection', async () => {
  const ports = []
  for (let i = 0; i < 30; i++) ports.push(await freePort())
  assert.equal(new Set(ports).size, 30, 'none is handed out twice')
  assert.deepEqual(
    ports.filter((port) => port >= 32_768),
    [],
  )
})

test('a port on which somebody listens is not handed out', async (t) => {
  const next = (await freePort()) + 1
  const server = createServer().listen(next, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  assert.equal(await isPortFree(next, '127.0.0.1'), false)
  assert.notEqual(await freePort(), next)
})
