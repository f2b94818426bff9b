import { useEffect, useRef, useState } from 'react'
import { type ApiError, errorOf } from './api.ts'

/** `live`: open; `reconnecting`: the line broke and is tried again; `stopped`: the server refused, or there is nothing to listen to. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'stopped'

const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 30_000

/** The wait before the nth attempt (from 0): doubled each time, up to half a minute, spread so that all pages do not return at once. */
export const retryDelayMs = (attempt: number, random: number): number =>
  Math.round(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt) * (0.75 + random / 2))

// EventSource hides the status of a refused connection; a short request of the same address tells it.
async function refusalOf(url: string): Promise<ApiError | undefined> {
  const abort = new AbortController()
  try {
    const response = await fetch(url, { credentials: 'same-origin', signal: abort.signal, headers: { accept: 'text/event-stream' } })
    if (response.ok) {
      abort.abort()
      return undefined
    }
    const error = await errorOf(response)
    return error.status >= 500 || error.status === 429 ? undefined : error
  } catch {
    return undefined
  }
}

/**
 * Listens to a stream of server-sent events as long as `url` is given. It reconnects by itself; a refusal (an ended session, a revoked
 * grant) stops it and is returned as `error`.
 */
export function useEventSource<Message = unknown>(
  url: string | null,
  onMessage: (message: Message) => void,
): { state: LiveState; error: ApiError | undefined } {
  const [state, setState] = useState<LiveState>(url ? 'connecting' : 'stopped')
  const [error, setError] = useState<ApiError>()
  const handler = useRef(onMessage)
  handler.current = onMessage

  useEffect(() => {
    setError(undefined)
    if (!url) {
      setState('stopped')
      return
    }
    setState('connecting')
    let closed = false
    let attempt = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    let source: EventSource | undefined

    const open = () => {
      source = new EventSource(url, { withCredentials: true })
      source.onopen = () => {
        attempt = 0
        setState('live')
      }
      source.onmessage = (event: MessageEvent<string>) => handler.current(JSON.parse(event.data) as Message)
      source.onerror = () => void lost()
    }
    const lost = async () => {
      if (closed) return
      setState('reconnecting')
      if (source?.readyState === EventSource.CONNECTING) return
      source?.close()
      const refusal = await refusalOf(url)
      if (closed) return
      if (refusal) {
        setError(refusal)
        setState('stopped')
        return
      }
      timer = setTimeout(open, retryDelayMs(attempt++, Math.random()))
    }
    open()
    return () => {
      closed = true
      clearTimeout(timer)
      source?.close()
    }
  }, [url])

  return { state, error }
}
