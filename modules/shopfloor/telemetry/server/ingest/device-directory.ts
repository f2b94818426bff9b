import type { Clock } from '#kernel/clock.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import type { DevicesPublic, IngestDevice, LogInRefusal } from '#modules/shopfloor/devices/public.ts'
import type { GatewaysPublic } from '#modules/shopfloor/gateways/public.ts'
import type { OrgId } from '#values/ids.ts'
import { GatewayVoice } from './gateway-voice.ts'
import { deviceOf, isInTurn } from './read-batch.ts'
import { type IngestPoint, kindCode, SeriesState } from './series-state.ts'

export type PointType = IngestDevice['points'][number]['valueType']

/** A device as the ingest works with it; the same object as long as it is known, so that what hangs on it stays. */
export interface KnownDevice {
  readonly key: string
  readonly code: string
  readonly orgId: OrgId
  readonly orgNo: number
  readonly deviceId: DeviceId
  active: boolean
  hashes: readonly Buffer[]
  points: ReadonlyMap<string, IngestPoint>
  loadedMs: number
  usedMs: number
  /** Of a gateway that sent a batch; null: it was asked and is none. */
  voice?: GatewayVoice | null
}

/** A device that proved who it is; `hash` is of the secret it used, which may be withdrawn while it is connected. */
export interface DeviceSession {
  device: KnownDevice
  hash: Buffer
}

/** News of a change comes by the bus; should it be missed, a device is read again after this long. */
const FRESH_MS = 60_000
/** When PostgreSQL is away, what was known goes on for this long. */
const STALE_MS = 15 * 60_000
/** Who is out of turn makes PostgreSQL be asked so often at most. */
const TURN_MS = 1_000
const UNUSED_MS = 30 * 60_000
const MISSING_MS = 5_000
const MAX_MISSING = 10_000
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

export interface DirectoryParts {
  devices: Pick<DevicesPublic, 'identify' | 'logIn'>
  gateways: Pick<GatewaysPublic, 'voiceOf'>
  clock: Clock
}

/** The devices that speak to this process, with their credentials, points and series. */
export class DeviceDirectory {
  readonly #devices: Pick<DevicesPublic, 'identify' | 'logIn'>
  readonly #gateways: Pick<GatewaysPublic, 'voiceOf'>
  readonly #clock: Clock
  readonly #known = new Map<string, KnownDevice>()
  readonly #missing = new Map<string, number>()
  readonly #loading = new Map<string, Promise<KnownDevice | undefined>>()
  readonly #series = new Map<number, SeriesState>()
  #gatewayNews = 0

  constructor({ devices, gateways, clock }: DirectoryParts) {
    this.#devices = devices
    this.#gateways = gateways
    this.#clock = clock
  }

  /** Errors: the failure of PostgreSQL when the device is not known yet. */
  logIn(userName: string, secret: string | Buffer, address: string): Promise<DeviceSession | LogInRefusal> {
    return this.#devices.logIn({ userName, secret, address }, (key) => this.#find(key))
  }

  /** Whether the session may still send; reads the device again when it is time to. */
  async renew({ device, hash }: DeviceSession): Promise<boolean> {
    if (this.#clock.nowMs() - device.loadedMs > FRESH_MS) await this.#find(device.key)
    return device.active && device.hashes.includes(hash)
  }

  /** No promise where nothing must be read: this is asked for every message. */
  isFresh({ device, hash }: DeviceSession): boolean {
    const nowMs = this.#clock.nowMs()
    device.usedMs = nowMs
    return nowMs - device.loadedMs <= FRESH_MS && device.active && device.hashes.includes(hash)
  }

  /** What the directory knows of the device is out of date. */
  forget(orgCode: string, deviceCode: string): void {
    const key = `${orgCode}/${deviceCode}`
    this.#missing.delete(key)
    const device = this.#known.get(key)
    if (device) device.loadedMs = 0
  }

  /** What the gateway speaks for is out of date. */
  forgetGateway(orgCode: string, gatewayCode: string): void {
    this.#gatewayNews++
    const voice = this.#known.get(`${orgCode}/${gatewayCode}`)?.voice
    if (voice) voice.loadedMs = 0
  }

  /** The voice, when it and every device that the items name are known and fresh; this is asked for every batch. */
  freshVoice(gateway: KnownDevice, items: readonly unknown[]): GatewayVoice | undefined {
    const { voice } = gateway
    const nowMs = this.#clock.nowMs()
    if (!voice || nowMs - voice.loadedMs > FRESH_MS) return undefined
    for (let i = 0; i < items.length; i++) {
      const code = deviceOf(items[i])
      if (code === undefined || !voice.codes.has(code)) continue
      const device = voice.devices.get(code)
      if (!device || nowMs - device.loadedMs > FRESH_MS) return undefined
      // It may read sooner than the news of its turn comes here: it is asked again before values are refused.
      if (nowMs - voice.loadedMs > TURN_MS && code !== gateway.code && !isInTurn(items[i], code, voice)) {
        voice.loadedMs = 0
        return undefined
      }
      device.usedMs = nowMs
    }
    return voice
  }

  /** Reads what `freshVoice` misses; undefined: the device is no gateway. Errors: PostgreSQL's, when it was not known before. */
  async findVoice(gateway: KnownDevice, items: readonly unknown[]): Promise<GatewayVoice | undefined> {
    const voice = await this.#voiceOf(gateway)
    if (!voice) return undefined
    const codes = new Set(items.map(deviceOf).filter((code) => code !== undefined && voice.codes.has(code)))
    const orgCode = gateway.key.slice(0, gateway.key.indexOf('/'))
    await Promise.all(
      [...codes].map(async (code) => {
        const device = await this.#find(`${orgCode}/${code}`)
        if (device) {
          device.usedMs = this.#clock.nowMs()
          voice.devices.set(device.code, device)
        } else if (code !== undefined) voice.devices.delete(code)
      }),
    )
    return voice
  }

  async #voiceOf(gateway: KnownDevice): Promise<GatewayVoice | undefined> {
    const nowMs = this.#clock.nowMs()
    const known = gateway.voice
    if (known && nowMs - known.loadedMs <= FRESH_MS) return known
    const news = this.#gatewayNews
    try {
      const voice = await this.#gateways.voiceOf(gateway.orgId, gateway.deviceId)
      if (!voice) {
        gateway.voice = null
        return undefined
      }
      // What came while it was read may not be in it.
      const loadedMs = news === this.#gatewayNews ? nowMs : 0
      if (known) known.know(voice, loadedMs)
      else gateway.voice = new GatewayVoice(voice, loadedMs)
      return gateway.voice ?? undefined
    } catch (error) {
      // When PostgreSQL is away, what was known goes on.
      if (known && nowMs - gateway.usedMs < STALE_MS) return known
      throw error
    }
  }

  /** Lets go of devices that have been silent for long. */
  sweep(): void {
    const nowMs = this.#clock.nowMs()
    for (const [key, device] of this.#known) {
      if (nowMs - device.usedMs < UNUSED_MS) continue
      this.#known.delete(key)
      for (const point of device.points.values()) for (const { state } of point.bindings) this.#series.delete(state.series)
    }
    for (const [key, untilMs] of this.#missing) if (untilMs < nowMs) this.#missing.delete(key)
  }

  async #find(key: string): Promise<KnownDevice | undefined> {
    const nowMs = this.#clock.nowMs()
    const known = this.#known.get(key)
    if (known && nowMs - known.loadedMs <= FRESH_MS) return known
    if ((this.#missing.get(key) ?? 0) > nowMs) return undefined
    const loading = this.#loading.get(key) ?? this.#load(key)
    this.#loading.set(key, loading)
    try {
      return await loading
    } catch (error) {
      if (known && nowMs - known.usedMs < STALE_MS && known.loadedMs > 0) return known
      throw error
    } finally {
      this.#loading.delete(key)
    }
  }

  async #load(key: string): Promise<KnownDevice | undefined> {
    const [orgCode = '', code = '', ...more] = key.split('/')
    const read = more.length === 0 && NAME.test(orgCode) && NAME.test(code) ? await this.#devices.identify(orgCode, code) : undefined
    const known = this.#known.get(key)
    const nowMs = this.#clock.nowMs()
    if (!read) {
      if (known) Object.assign(known, { active: false, hashes: [] })
      this.#known.delete(key)
      if (this.#missing.size < MAX_MISSING) this.#missing.set(key, nowMs + MISSING_MS)
      return undefined
    }
    const facts = {
      active: read.active,
      hashes: read.credentials.map((credential) => keep(known?.hashes, credential.hash)),
      points: new Map(read.points.map((point) => [point.name, this.#point(read.orgNo, point)])),
      loadedMs: nowMs,
    }
    if (known) return Object.assign(known, facts)
    const device = { key, code, orgId: read.orgId, orgNo: read.orgNo, deviceId: read.deviceId, usedMs: nowMs, ...facts }
    this.#known.set(key, device)
    return device
  }

  #point(orgNo: number, point: IngestDevice['points'][number]): IngestPoint {
    return {
      name: point.name,
      type: point.valueType,
      kind: point.kind,
      min: point.min ?? Number.NEGATIVE_INFINITY,
      max: point.max ?? Number.POSITIVE_INFINITY,
      bindings: point.bindings.map((binding) => ({
        fromMs: binding.fromMs,
        untilMs: binding.untilMs ?? Number.POSITIVE_INFINITY,
        state: this.#state(orgNo, binding.series, kindCode[point.kind]),
      })),
    }
  }

  #state(orgNo: number, series: number, kind: number): SeriesState {
    const known = this.#series.get(series)
    if (known && known.kind === kind) return known
    const state = new SeriesState(orgNo, series, kind)
    this.#series.set(series, state)
    return state
  }
}

/** The same object for the same hash, so that a session's is found by identity. */
const keep = (hashes: readonly Buffer[] | undefined, hash: Buffer): Buffer => hashes?.find((known) => known.equals(hash)) ?? hash
