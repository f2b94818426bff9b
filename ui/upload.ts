import type { z } from 'zod'
import type { Endpoint } from '#values/endpoint.ts'
import { ApiError, apiUrl, type CallInput, errorOf, fileHeaders } from './api.ts'

/** Sends a file as it is to an endpoint that takes bytes, telling its progress from 0 to 1; an aborted one rejects with AbortError. */
export function sendFile<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  e: Endpoint<P, Q, B, R>,
  input: Pick<CallInput<P, Q, B>, 'params' | 'query'>,
  { file, onProgress, signal }: { file: Blob; onProgress: (part: number) => void; signal: AbortSignal },
): Promise<z.output<R>> {
  // fetch tells nothing of how much has been sent.
  const request = new XMLHttpRequest()
  request.open(e.method, apiUrl(e, input as never))
  for (const [name, value] of Object.entries(fileHeaders())) request.setRequestHeader(name, value)
  request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
  const answered = new Promise<z.output<R>>((resolve, reject) => {
    request.onload = () => {
      const answer = new Response(request.responseText, { status: request.status })
      if (answer.ok) resolve(JSON.parse(request.responseText) as z.output<R>)
      else errorOf(answer).then(reject, reject)
    }
    request.onerror = () => reject(new ApiError('ui.offline', 0, 'The server does not answer.', {}, {}))
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'))
  })
  signal.addEventListener('abort', () => request.abort(), { once: true })
  request.send(file)
  return answered
}
