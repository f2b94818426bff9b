import type { Bus } from '#kernel/bus.ts'
import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { TelemetryPublic } from '../public.ts'
import { decodeStored, STORED_TOPIC } from './ingest/stored-stream.ts'
import { lastStored, storedBetween } from './query/read-stored.ts'

export const telemetryPublic = ({ clickhouse, bus }: { clickhouse: ClickHouse; bus: Bus }): TelemetryPublic => ({
  watchStored: (take) => bus.subscribe(STORED_TOPIC, (_, payload) => take(decodeStored(payload))),
  storedBetween: (series, fromMs, untilMs) => storedBetween(clickhouse, series, fromMs, untilMs),
  lastStored: (series, beforeMs) => lastStored(clickhouse, series, beforeMs),
})
