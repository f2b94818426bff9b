// Snap7's server with blocks filled as its own author's buffers would be: `node s7-server.cjs PACKAGES PORT`.
const [packages, port] = process.argv.slice(2)
const { S7Server } = require(require.resolve('node-snap7', { paths: [packages] }))

const server = new S7Server()
const db1 = Buffer.alloc(512)
db1.writeInt16BE(-12_345, 0)
db1.writeUInt16BE(0xfedc, 2)
db1.writeInt32BE(-1_234_567_890, 4)
db1.writeUInt32BE(0xfedcba98, 8)
db1.writeFloatBE(-1_234.5, 12)
db1.writeDoubleBE(-1.5e300, 16)
db1.writeBigInt64BE(-1_234_567_890_123_456_789n, 24)
db1[32] = 0b1000_0001
db1.write('\x0a\x05Snap7', 40, 'latin1')
const merkers = Buffer.alloc(64)
merkers.writeUInt16BE(4_711, 10)
const outputs = Buffer.from([0, 0b0100_0000])
// Snap7 counts bytes where it should count timers: only number 0 lies where both say.
const timers = Buffer.alloc(32)
timers.writeUInt16BE(0x2125, 0)
const counters = Buffer.alloc(32)
counters.writeUInt16BE(0x0042, 0)
server.SetParam(server.LocalPort, Number(port))
for (const [area, index, memory] of [
  [server.srvAreaDB, 1, db1],
  [server.srvAreaDB, 2, Buffer.alloc(2_000)],
  [server.srvAreaMK, 0, merkers],
  [server.srvAreaPA, 0, outputs],
  [server.srvAreaTM, 0, timers],
  [server.srvAreaCT, 0, counters],
]) {
  const done = area === server.srvAreaDB ? server.RegisterArea(area, index, memory) : server.RegisterArea(area, memory)
  if (!done) throw new Error(server.ErrorText(server.LastError()))
}
if (!server.StartTo('127.0.0.1')) throw new Error(server.ErrorText(server.LastError()))
setInterval(() => undefined, 1_000)
