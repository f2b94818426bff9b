import { setTimeout as sleep } from 'node:timers/promises'
import type { ThingModelId } from '#modules/shopfloor/devices/contract.ts'
import { type RefusalReason, telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import type { TestCertificates } from '../certificates.ts'
import type { Field, FieldDevice } from '../field.ts'

export interface PeerTest {
  name: string
  run(peer: Peer): Promise<void>
}

/** One that needs no platform: somebody else's device or master against a driver of ours. */
export interface LoneTest {
  name: string
  alone(): Promise<void>
}

const SEEN_WITHIN_MS = 30_000
const POLL_MS = 100

/** What a test with somebody else's client needs: devices of its own, and the public API to see what came of it. */
export class Peer {
  readonly field: Field
  readonly certificates: TestCertificates
  readonly #model: ThingModelId
  #devices = 0

  constructor(field: Field, certificates: TestCertificates, model: ThingModelId) {
    this.field = field
    this.certificates = certificates
    this.#model = model
  }

  get port(): number {
    return this.field.platform.mqttPort
  }

  newDevice(): Promise<FieldDevice> {
    return this.field.addDevice(`peer-${++this.#devices}`, this.#model)
  }

  async latest(device: FieldDevice) {
    const { points } = await this.field.client.call(telemetryApi.deviceLatest, { params: { deviceId: device.id } })
    return Object.fromEntries(points.map(({ point, sample }) => [point.name, sample]))
  }

  async untilLatest(device: FieldDevice, point: string, value: unknown) {
    return eventually(
      () => this.latest(device),
      (found) => found[point]?.value === value,
      `${point} = ${String(value)}`,
    )
  }

  /** How often the platform counted it for the device, as its page shows. */
  async refusals(device: FieldDevice, reason: RefusalReason): Promise<number> {
    const { byDevice } = await this.field.client.call(telemetryApi.ingestHealth)
    return byDevice.filter((row) => row.device === device.code && row.count === reason).reduce((sum, row) => sum + row.n, 0)
  }

  untilRefused(device: FieldDevice, reason: RefusalReason) {
    return eventually(
      () => this.refusals(device, reason),
      (n) => n > 0,
      `${reason} counted for ${device.code}`,
    )
  }

  async samples(device: FieldDevice, point: string, fromMs: number, untilMs: number) {
    const { points } = await this.field.client.call(telemetryApi.deviceLatest, { params: { deviceId: device.id } })
    const measuringPointId = points.find((one) => one.point.name === point)?.point.id ?? ''
    return this.field.client.call(telemetryApi.raw, {
      query: { measuringPointId, from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString(), limit: 100_000 },
    })
  }
}

export async function eventually<Found>(read: () => Promise<Found>, holds: (found: Found) => boolean, what: string): Promise<Found> {
  const until = performance.now() + SEEN_WITHIN_MS
  let found = await read()
  while (!holds(found)) {
    if (performance.now() > until) throw new Error(`Not within ${SEEN_WITHIN_MS / 1_000} s: ${what}. Found ${JSON.stringify(found)}`)
    await sleep(POLL_MS)
    found = await read()
  }
  return found
}

export const message = (values: Record<string, unknown>, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ ts: Date.now(), values, ...more })
