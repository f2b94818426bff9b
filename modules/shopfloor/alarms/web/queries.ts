import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { apiUrl, call } from '#ui/api.ts'
import { type LiveState, useEventSource } from '#ui/live.ts'
import { type AlarmFloodId, type AlarmId, alarmsApi } from '../contract.ts'

const TREND_BUCKETS = 300
const FLOODS_MS = 30_000

export const alarmQueries = {
  summary: queryOptions({ queryKey: ['alarms', 'summary'], queryFn: ({ signal }) => call(alarmsApi.summary, { signal }) }),
  floods: queryOptions({
    queryKey: ['alarms', 'floods'],
    queryFn: ({ signal }) => call(alarmsApi.floods, { signal }),
    // One that nothing adds to is over without news of it.
    refetchInterval: FLOODS_MS,
  }),
  /** As they came: the first-out first. */
  ofFlood: (id: AlarmFloodId) =>
    queryOptions({
      queryKey: ['alarms', 'flood', id],
      queryFn: ({ signal }) => call(alarmsApi.list, { query: { floodId: id, sort: 'raisedAt', limit: 200 }, signal }),
    }),
  alarm: (id: string) =>
    queryOptions({
      queryKey: ['alarms', 'alarm', id],
      queryFn: ({ signal }) => call(alarmsApi.get, { params: { id: id as AlarmId }, signal }),
    }),
  timeline: (id: string) =>
    queryOptions({
      queryKey: ['alarms', 'timeline', id],
      queryFn: ({ signal }) => call(alarmsApi.events, { query: { alarmId: id as AlarmId, sort: '-at', limit: 50 }, signal }),
    }),
  kpis: (from: string, until: string) =>
    queryOptions({
      queryKey: ['alarms', 'kpis', from, until],
      queryFn: ({ signal }) => call(alarmsApi.kpis, { query: { from, until }, signal }),
      placeholderData: (before) => before,
    }),
  ofDevice: (deviceId: string) =>
    queryOptions({
      queryKey: ['alarms', 'device', deviceId],
      queryFn: async ({ signal }) => {
        const [standing, rules] = await Promise.all([
          call(alarmsApi.list, { query: { deviceId: deviceId as never, limit: 20 }, signal }),
          call(alarmsApi.rules, { query: { deviceId: deviceId as never, limit: 100 }, signal }),
        ])
        return { standing: standing.items, rules: rules.items }
      },
    }),
  curve: (measuringPointId: string, from: string, until: string) =>
    queryOptions({
      queryKey: ['alarms', 'curve', measuringPointId, from, until],
      queryFn: ({ signal }) =>
        call(telemetryApi.series, { query: { measuringPointIds: measuringPointId, from, until, maxBuckets: TREND_BUCKETS }, signal }),
    }),
}

/** Keeps what the page shows of alarms as it is now. */
export function useLiveAlarms(): LiveState {
  const client = useQueryClient()
  const { state } = useEventSource(apiUrl(alarmsApi.live, {}), () => void client.invalidateQueries({ queryKey: ['alarms'] }))
  return state
}
