import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { requestErrors } from '#values/errors.ts'

/** The body of an endpoint that takes bytes. Both ways of reading fail with request.tooLarge beyond the endpoint's limit. */
export interface Upload {
  /** To be read once. */
  stream(): AsyncIterable<Buffer>
  whole(): Promise<Buffer>
}

const NORMAL_LIMIT = 256 * 1024
/** How long a body that is no upload may take to arrive. */
const SLOW_MS = 30_000

/** What the platform made itself, for those who take uploads. */
export const uploadOfBytes = (bytes: Buffer): Upload => ({
  stream: async function* () {
    yield bytes
  },
  whole: async () => bytes,
})

export function uploadOf(request: FastifyRequest, limit = NORMAL_LIMIT): Upload {
  const stream = () => limited(request, limit)
  return { stream, whole: async () => Buffer.concat(await Array.fromAsync(stream())) }
}

async function* limited(request: FastifyRequest, limit: number): AsyncGenerator<Buffer> {
  const tooLarge = () => requestErrors.tooLarge({ limitBytes: limit })
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const body = request.body as Readable | undefined | null
  if (!body) return
  let bytes = 0
  // Left undestroyed when it is too large: who still sends must be able to read why he was refused.
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length
    if (bytes > limit) throw tooLarge()
    yield chunk as Buffer
  }
}

/** Fastify's `preParsing`: the server's own limit of time fits uploads; whoever sends anything else that slowly is cut off. */
export function refuseSlowBody(
  request: FastifyRequest,
  _reply: FastifyReply,
  payload: Readable,
  done: (error: null, payload: Readable) => void,
): void {
  const { 'content-length': length = '0', 'transfer-encoding': chunked } = request.headers
  if (length !== '0' || chunked !== undefined) {
    const timer = setTimeout(() => request.raw.destroy(), SLOW_MS)
    payload.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
  }
  done(null, payload)
}
