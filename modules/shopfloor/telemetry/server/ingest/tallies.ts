import { sql } from 'kysely'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { OrgId } from '#values/ids.ts'
import type { RefusalReason } from '../../contract.ts'
import type { TelemetrySystem } from '../tables.ts'
import { countIndex, countNames } from './counts.ts'

const HOUR_MS = 3_600_000
const PIECE_LENGTH = 500
/** Of each organisation and reason, between two flushes and in the table. */
const PIECES_KEPT = 200
/** Devices that do not exist may call themselves anything: beyond this many names between two flushes they share one. */
const MAX_STRANGERS = 500
const OTHERS = '…'
const KEEP_HOURS = 24 * 31

interface Tally {
  orgId: OrgId
  device: string
  counts: Float64Array
  lastAtMs: number
}

interface Piece {
  orgId: OrgId
  reason: RefusalReason
  device: string
  point: string | null
  atMs: number
  piece: string
}

/** Counts what came of each device's values, in memory; written every few seconds, so that a value costs an addition. */
export class Tallies {
  readonly #system: TelemetrySystem
  readonly #clock: Clock
  readonly #log: Log
  #tallies = new Map<string, Tally>()
  #pieces = new Map<string, Piece[]>()
  #strangers = 0

  constructor({ system, clock, log }: { system: TelemetrySystem; clock: Clock; log: Log }) {
    this.#system = system
    this.#clock = clock
    this.#log = log
  }

  /** The counts of a device to add to, by `countIndex`; valid until the next flush, so ask again for each message. */
  of(orgId: OrgId, device: string): Float64Array {
    const key = `${orgId} ${device}`
    let tally = this.#tallies.get(key)
    if (!tally) {
      tally = { orgId, device, counts: new Float64Array(countNames.length), lastAtMs: 0 }
      this.#tallies.set(key, tally)
    }
    tally.lastAtMs = this.#clock.nowMs()
    return tally.counts
  }

  refuse(orgId: OrgId, device: string, reason: RefusalReason, pieces: number, point: string | null, piece: unknown): void {
    this.of(orgId, device)[countIndex[reason]]! += pieces
    const key = `${orgId} ${reason}`
    const kept = this.#pieces.get(key) ?? []
    if (kept.length === PIECES_KEPT) kept.shift()
    const text = typeof piece === 'string' ? piece : (JSON.stringify(piece) ?? '')
    kept.push({
      orgId,
      reason,
      device,
      point: point && printable(point).slice(0, 100),
      atMs: this.#clock.nowMs(),
      piece: printable(text.slice(0, PIECE_LENGTH)),
    })
    this.#pieces.set(key, kept)
  }

  /** As `refuse` for a name that is no device's. */
  refuseStranger(orgId: OrgId, device: string, reason: RefusalReason, piece: string): void {
    const name = printable(device).slice(0, 63)
    const known = this.#tallies.has(`${orgId} ${name}`)
    if (!known) this.#strangers++
    this.refuse(orgId, known || this.#strangers <= MAX_STRANGERS ? name : OTHERS, reason, 1, null, piece)
  }

  /** What could not be written is kept for the next time; PostgreSQL away stops no values. */
  async flush(): Promise<void> {
    const tallies = this.#tallies
    const pieces = this.#pieces
    if (tallies.size === 0 && pieces.size === 0) return
    this.#tallies = new Map()
    this.#pieces = new Map()
    this.#strangers = 0
    try {
      await this.#write([...tallies.values()], [...pieces.values()].flat())
    } catch (error) {
      this.#log.warn({ error: (error as Error).message }, 'ingest counters were not written')
      this.#takeBack(tallies, pieces)
    }
  }

  #takeBack(tallies: Map<string, Tally>, pieces: Map<string, Piece[]>): void {
    for (const { orgId, device, counts } of tallies.values()) {
      const into = this.of(orgId, device)
      for (let i = 0; i < counts.length; i++) into[i]! += counts[i]!
    }
    for (const [key, kept] of pieces) this.#pieces.set(key, [...kept, ...(this.#pieces.get(key) ?? [])].slice(-PIECES_KEPT))
  }

  async #write(tallies: readonly Tally[], pieces: readonly Piece[]): Promise<void> {
    const hour = new Date(Math.floor(this.#clock.nowMs() / HOUR_MS) * HOUR_MS)
    const rows = tallies.flatMap(({ orgId, device, counts, lastAtMs }) =>
      countNames.flatMap((name, i) => (counts[i] ? [{ orgId, device, name, n: counts[i], at: new Date(lastAtMs).toISOString() }] : [])),
    )
    await this.#system.inSystem(async (tx) => {
      await sql`
        insert into telemetry.ingest_counter (org_id, hour, device, count_of, n, last_at)
        select r."orgId", ${hour}, r.device, r.name, r.n, r.at
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r ("orgId" uuid, device text, name text, n bigint, at timestamptz)
        order by 1, 3, 4
        on conflict (org_id, hour, device, count_of) do update set n = ingest_counter.n + excluded.n, last_at = greatest(ingest_counter.last_at, excluded.last_at)`.execute(
        tx,
      )
      if (pieces.length === 0) return
      await sql`
        insert into telemetry.quarantine (org_id, at, reason, device, point, piece)
        select r."orgId", to_timestamp(r."atMs" / 1000.0), r.reason, r.device, r.point, r.piece
        from jsonb_to_recordset(${JSON.stringify(pieces)}::jsonb) as r ("orgId" uuid, reason text, device text, point text, "atMs" bigint, piece text)`.execute(
        tx,
      )
      const kinds = new Map(pieces.map((piece) => [`${piece.orgId} ${piece.reason}`, piece]))
      for (const { orgId, reason } of kinds.values()) {
        await sql`
          delete from telemetry.quarantine where org_id = ${orgId} and reason = ${reason} and id < (
            select id from telemetry.quarantine where org_id = ${orgId} and reason = ${reason} order by id desc offset ${PIECES_KEPT - 1} limit 1)`.execute(
          tx,
        )
      }
    })
  }

  /** Counters older than a month go. */
  async sweep(): Promise<void> {
    const before = new Date(this.#clock.nowMs() - KEEP_HOURS * HOUR_MS)
    await this.#system.inSystem((tx) => tx.deleteFrom('telemetry.ingest_counter').where('hour', '<', before).execute())
  }
}

/** PostgreSQL takes no NUL in text, a page no other control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const printable = (text: string): string => text.toWellFormed().replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '\ufffd')
