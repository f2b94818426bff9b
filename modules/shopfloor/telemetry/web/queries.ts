import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { call } from '#ui/api.ts'
import type { TelemetryPoint } from '../contract.ts'
import { telemetryApi } from '../contract.ts'
import type { KeptMonths } from '../retention.ts'

export type Retention = z.output<typeof telemetryApi.retention.response>

export interface Period {
  fromMs: number
  untilMs: number
}

const iso = (ms: number) => new Date(ms).toISOString()

const CURVE_BUCKETS = 500

export const telemetryQueries = {
  devicePoints: (deviceId: string, ownerId: string | undefined) =>
    queryOptions({
      queryKey: ['telemetry', 'devicePoints', deviceId, ownerId],
      queryFn: ({ signal }) =>
        call(telemetryApi.devicePoints, { params: { deviceId: deviceId as never }, query: { ownerId: ownerId as never }, signal }),
    }),
  devicePace: (deviceId: string) =>
    queryOptions({
      queryKey: ['telemetry', 'devicePace', deviceId],
      queryFn: ({ signal }) => call(telemetryApi.devicePace, { params: { deviceId: deviceId as never }, signal }),
      refetchInterval: 10_000,
    }),
  lastGood: (pointId: string, deviceId: string, ownerId: string | undefined) =>
    queryOptions({
      queryKey: ['telemetry', 'lastGood', pointId, ownerId],
      queryFn: ({ signal }) =>
        call(telemetryApi.lastGood, {
          params: { id: pointId as never },
          query: ownerId === undefined ? {} : { ownerId: ownerId as never, deviceId: deviceId as never },
          signal,
        }),
      refetchInterval: 10_000,
    }),
  series: (ids: readonly string[], period: Period, partner?: { ownerId: string; deviceId: string }) =>
    queryOptions({
      queryKey: ['telemetry', 'series', ids, period, partner],
      queryFn: ({ signal }) =>
        call(telemetryApi.series, {
          query: {
            measuringPointIds: ids.join(','),
            from: iso(period.fromMs),
            until: iso(period.untilMs),
            maxBuckets: CURVE_BUCKETS,
            ...(partner as object),
          },
          signal,
        }),
      enabled: ids.length > 0,
      placeholderData: (before) => before,
    }),
  productionDays: (ids: readonly string[], from: string, until: string) =>
    queryOptions({
      queryKey: ['telemetry', 'days', ids, from, until],
      queryFn: ({ signal }) => call(telemetryApi.productionDays, { query: { measuringPointIds: ids.join(','), from, until }, signal }),
      enabled: ids.length > 0,
    }),
  waveforms: (deviceId: string) =>
    queryOptions({
      queryKey: ['telemetry', 'waveforms', deviceId],
      queryFn: ({ signal }) => call(telemetryApi.waveforms, { params: { deviceId: deviceId as never }, signal }),
    }),
  retention: queryOptions({
    queryKey: ['telemetry', 'retention'],
    queryFn: ({ signal }) => call(telemetryApi.retention, { signal }),
  }),
  retentionPreview: (kept: KeptMonths | null) =>
    queryOptions({
      queryKey: ['telemetry', 'retention', 'preview', kept],
      queryFn: ({ signal }) => call(telemetryApi.previewRetention, { body: { kept }, signal }),
      gcTime: 0,
    }),
  health: (hours: number) =>
    queryOptions({
      queryKey: ['telemetry', 'health', hours],
      queryFn: ({ signal }) => call(telemetryApi.ingestHealth, { query: { hours }, signal }),
      refetchInterval: 10_000,
    }),
}

/** A point that a chart can draw; a text can only be listed. */
export const isDrawable = (point: TelemetryPoint): boolean => point.valueType !== 'string'
