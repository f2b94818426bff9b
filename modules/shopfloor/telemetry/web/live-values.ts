import { useReducer } from 'react'
import type { ApiError } from '#ui/api.ts'
import { apiUrl } from '#ui/api.ts'
import { type LiveState, useEventSource } from '#ui/live.ts'
import type { LiveEvent, Sample, TelemetryPoint } from '../contract.ts'
import { telemetryApi } from '../contract.ts'

export interface LiveValues {
  state: LiveState
  /** Why the server refused, or the code with which it ended the stream. */
  error: ApiError | undefined
  ended: string | undefined
  points: { point: TelemetryPoint; sample: Sample | null }[]
}

type Held = Pick<LiveValues, 'ended' | 'points'>

/** The newer of two samples of a point by source time: a late one never replaces what is shown. */
export function takeEvent(held: Held, event: LiveEvent): Held {
  switch (event.type) {
    case 'latest':
      return { ended: undefined, points: event.points }
    case 'ended':
      return { ...held, ended: event.reason }
    case 'values': {
      const news = new Map(event.values.map((value) => [value.pointId as string, value.sample]))
      const points = held.points.map((entry) => {
        const sample = news.get(entry.point.id)
        return sample && (!entry.sample || sample.atMs >= entry.sample.atMs) ? { ...entry, sample } : entry
      })
      return { ...held, points }
    }
    default:
      return event satisfies never
  }
}

export function useLiveValues(deviceId: string, ownerId: string | undefined, enabled: boolean): LiveValues {
  const [held, take] = useReducer(takeEvent, { ended: undefined, points: [] })
  const url = enabled ? apiUrl(telemetryApi.live, { query: { deviceIds: deviceId, ownerId: ownerId as never } }) : null
  const { state, error } = useEventSource<LiveEvent>(url, take)
  return { state, error, ...held }
}
