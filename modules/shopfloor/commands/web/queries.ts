import { queryOptions } from '@tanstack/react-query'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { call } from '#ui/api.ts'
import { commandsApi, type WriteId } from '../contract.ts'

/** Until its end a command is looked at this often. */
export const WATCH_MS = 1_000
const VALUES_MS = 2_000

export const commandQueries = {
  command: (id: string) =>
    queryOptions({
      queryKey: ['commands', 'command', id],
      queryFn: ({ signal }) => call(commandsApi.get, { params: { id: id as WriteId }, signal }),
      refetchInterval: ({ state }) => (state.data && state.data.dueAt === null ? false : WATCH_MS),
    }),
  points: (deviceId: string) =>
    queryOptions({
      queryKey: ['commands', 'points', deviceId],
      queryFn: ({ signal }) => call(commandsApi.points, { params: { deviceId: deviceId as DeviceId }, signal }),
    }),
  values: (deviceId: string) =>
    queryOptions({
      queryKey: ['commands', 'values', deviceId],
      queryFn: ({ signal }) => call(telemetryApi.deviceLatest, { params: { deviceId: deviceId as DeviceId }, signal }),
      refetchInterval: VALUES_MS,
    }),
  sites: queryOptions({ queryKey: ['commands', 'sites'], queryFn: ({ signal }) => call(commandsApi.sites, { signal }) }),
}
