import type { Routes } from '#kernel/http.ts'
import type { Log } from '#kernel/log.ts'
import { telemetryApi } from '../contract.ts'
import { pushBatch, pushValues } from './ingest/push-values.ts'
import type { Ingest } from './ingest/start-ingest.ts'
import { exportValues } from './query/export-values.ts'
import { readIngestHealth, readQuarantine } from './query/read-ingest.ts'
import { readLastGood } from './query/read-last-good.ts'
import { readDeviceLatest, readDevicePoints, readLatest } from './query/read-latest.ts'
import { type PaceParts, readDevicePace } from './query/read-pace.ts'
import { readProductionDays } from './query/read-production-days.ts'
import { answerRaw } from './query/read-raw.ts'
import { readSeries, type SeriesParts } from './query/read-series.ts'
import { type LiveParts, watchLive } from './query/watch-live.ts'
import { changeRetention, previewRetention, type RetentionSettingParts, readRetention } from './retention/retention.ts'
import type { TelemetrySystem } from './tables.ts'
import { type PushWaveformParts, pushWaveform } from './waveform/push-waveform.ts'
import { listWaveforms, type WaveformParts, waveformContent } from './waveform/read-waveforms.ts'

export interface RouteParts
  extends SeriesParts,
    LiveParts,
    Omit<PaceParts, 'db' | 'devices'>,
    RetentionSettingParts,
    WaveformParts,
    PushWaveformParts {
  system: TelemetrySystem
  log: Log
  /** Opened by the first batch: a process that gets none has no pipeline. */
  ingest: () => Ingest
}

export const telemetryRoutes =
  (parts: RouteParts): Routes =>
  (on) => {
    on.serve(telemetryApi.devicePoints, ({ ctx, params, query }) => readDevicePoints(parts, ctx, params.deviceId, query.ownerId))
    on.serve(telemetryApi.devicePace, ({ ctx, params }) => readDevicePace(parts, ctx, params.deviceId))
    on.serve(telemetryApi.deviceLatest, ({ ctx, params, query }) => readDeviceLatest(parts, ctx, params.deviceId, query.ownerId))
    on.serve(telemetryApi.lastGood, ({ ctx, params, query }) => readLastGood(parts, ctx, params.id, query))
    on.serve(telemetryApi.latest, ({ ctx, body }) => readLatest(parts, ctx, body))
    on.serve(telemetryApi.series, ({ ctx, query }) => readSeries(parts, ctx, query))
    on.serve(telemetryApi.raw, ({ ctx, query }) => answerRaw(parts, ctx, query))
    on.serve(telemetryApi.productionDays, ({ ctx, query }) => readProductionDays(parts, ctx, query))
    on.serveText(telemetryApi.exportCsv, ({ ctx, query, signal }) => exportValues(parts, ctx, query, signal))
    on.serveEvents(telemetryApi.live, ({ ctx, query, signal }) => watchLive(parts, ctx, query, signal))
    on.serveDeviceUpload(telemetryApi.push, ({ authorization, call, upload }) =>
      pushValues(parts.ingest(), { authorization, address: call.address, upload }, parts.log),
    )
    on.serveDeviceUpload(telemetryApi.pushWaveform, ({ authorization, call, query, upload }) =>
      pushWaveform(parts, { authorization, address: call.address, query, upload }),
    )
    on.serve(telemetryApi.waveforms, ({ ctx, params, query }) => listWaveforms(parts, ctx, params.deviceId, query))
    on.serveFile(telemetryApi.waveformContent, ({ ctx, params }) => waveformContent(parts, ctx, params.deviceId, params.id))
    on.serve(telemetryApi.retention, ({ ctx }) => readRetention(parts, ctx))
    on.serve(telemetryApi.previewRetention, ({ ctx, body }) => previewRetention(parts, ctx, body.kept))
    on.serve(telemetryApi.changeRetention, ({ ctx, body }) => changeRetention(parts, ctx, body))
    on.serveDeviceUpload(telemetryApi.batch, ({ authorization, call, upload }) =>
      pushBatch(parts.ingest(), { authorization, address: call.address, upload }, parts.log),
    )
    on.serve(telemetryApi.ingestHealth, ({ ctx, query }) => readIngestHealth(parts, ctx, query.hours))
    on.serve(telemetryApi.quarantine, ({ ctx, query }) => readQuarantine(parts.db, ctx, query))
  }
