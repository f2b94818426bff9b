import { systemClock } from '#edge/clock.ts'
import { startModbusSimulator } from '#edge/drivers/modbus/simulator.ts'

// `node e2e/modbus-peer.ts PORT`: a machine of 500 float32 values in holding registers, which move twice a second. tests/peers has the same by pymodbus.

const POINTS = 500
const MOVES_EVERY_MS = 500

const simulator = await startModbusSimulator({ port: Number(process.argv[2]) })
const move = () => {
  const tenths = (Math.floor(systemClock.nowMs() / MOVES_EVERY_MS) % 10) / 10
  for (let i = 0; i < POINTS; i++) simulator.unit(1).set({ address: `holding:${2 * i}`, dataType: 'float32' }, i + tenths)
}
move()
setInterval(move, MOVES_EVERY_MS)
