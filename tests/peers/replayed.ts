import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { readMap, thingModelOf } from '../../simulator/replay/map-file.ts'
import { type Row, readRows } from '../../simulator/replay/rows.ts'
import { asDevice, runProgram } from './foreign-client.ts'
import type { PeerTest } from './peer-test.ts'

const root = resolve(import.meta.dirname, '../..')
const file = resolve(root, '../shared/data/skab/valve1/0.csv')

/** Recorded rows line by line through `mosquitto_pub -l`; undefined where the recorded data is not at hand. */
export const replayTest: PeerTest | undefined = existsSync(file)
  ? {
      name: 'mosquitto_pub -l sends a recorded file (skab valve1/0), every row arrives',
      run: async (peer) => {
        const map = readMap(join(root, 'simulator/maps/skab.yaml'))
        const device = await peer.field.addDevice('peer-bench', await peer.field.importModel(thingModelOf(map)))
        const rows: Row[] = []
        for await (const read of readRows(file, map)) if (read.kind === 'row') rows.push(read.row)
        const lines = rows.map(({ ts, values }, i) => JSON.stringify({ ts, seq: i + 1, values }))
        const args = [...asDevice(peer.port, device), '-t', device.topic, '-q', '1', '-l']
        assert.deepEqual(await runProgram('mosquitto_pub', args, `${lines.join('\n')}\n`), { code: 0, said: '' })
        const { points } = await peer.field.client.call(devicesApi.points, { params: { id: device.id } })
        const [first, last] = [rows[0], rows.at(-1)]
        for (const name of ['pressureBar', 'voltageV', 'anomaly']) {
          const measuringPointId = points.find((point) => point.name === name)?.measuringPoint?.id ?? ''
          const period = { from: new Date(first?.ts ?? 0).toISOString(), until: new Date((last?.ts ?? 0) + 1).toISOString() }
          const shown = await peer.field.client.call(telemetryApi.raw, { query: { measuringPointId, ...period, limit: 100_000 } })
          const expected = new Map(rows.map((row) => [row.ts, Number(row.values[name])]))
          assert.deepEqual(new Map(shown.atMs.map((at, i) => [at, shown.value[i]])), expected, name)
        }
      },
    }
  : undefined
