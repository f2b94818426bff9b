import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { inlineTypes } from './media-types.ts'

export interface ByteRange {
  /** Both inclusive. */
  from: number
  to: number
}

/** A workbook or a PDF, whole or streamed. */
export interface FileAnswer {
  fileName: string
  /** Default: .xlsx. */
  as?: 'xlsx' | 'pdf'
  bytes: Uint8Array | AsyncIterable<Uint8Array>
}

/** A file of the object store. */
export interface StoredFileAnswer {
  fileName: string
  /** As the platform recognised it, never as a sender claims. */
  mediaType: string
  /** Shown in the browser where it is an image; everything else is saved. */
  inline: boolean
  size: number
  sha256: string
  open(range?: ByteRange): Promise<AsyncIterable<Uint8Array>>
}

const types = { xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', pdf: 'application/pdf' }
// Whatever a file holds, opened as a page of its own it runs nothing and reaches nothing.
const NOTHING_RUNS = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"

export async function sendFile(request: FastifyRequest, reply: FastifyReply, file: FileAnswer | StoredFileAnswer): Promise<unknown> {
  reply.header('content-security-policy', NOTHING_RUNS).header('x-content-type-options', 'nosniff')
  if ('open' in file) return sendStored(request, reply, file)
  reply
    .type(types[file.as ?? 'xlsx'])
    .header('content-disposition', disposition('attachment', file.fileName))
    .header('cache-control', 'no-store')
  return reply.send(file.bytes instanceof Uint8Array ? Buffer.from(file.bytes) : Readable.from(file.bytes, { objectMode: false }))
}

async function sendStored(request: FastifyRequest, reply: FastifyReply, file: StoredFileAnswer): Promise<unknown> {
  const inline = file.inline && inlineTypes.has(file.mediaType)
  const tag = `"${file.sha256}"`
  reply
    .type(file.mediaType)
    .header('content-disposition', disposition(inline ? 'inline' : 'attachment', file.fileName))
    // Kept by the browser, asked for anew each time: a right may have been taken away.
    .header('cache-control', 'private, no-cache')
    .header('etag', tag)
    .header('accept-ranges', 'bytes')
  if (request.headers['if-none-match'] === tag) return reply.code(304).send()
  const ifRange = request.headers['if-range']
  const range = ifRange === undefined || ifRange === tag ? rangeOf(request.headers.range, file.size) : undefined
  if (range === 'beyond') return reply.code(416).header('content-range', `bytes */${file.size}`).send()
  if (range) reply.code(206).header('content-range', `bytes ${range.from}-${range.to}/${file.size}`)
  reply.header('content-length', range ? range.to - range.from + 1 : file.size)
  return reply.send(Readable.from(await file.open(range), { objectMode: false }))
}

/** RFC 9110 §14.1.2, one range; undefined: the whole file is answered, as the RFC allows for anything else. */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | 'beyond' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const [, first = '', last = ''] = match
  const from = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const to = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (first !== '' && last !== '' && Number(last) < from) return undefined
  return from >= bytes || from > to ? 'beyond' : { from, to }
}

/** RFC 6266 with the name as of RFC 8187. */
export const disposition = (kind: 'inline' | 'attachment', fileName: string): string =>
  `${kind}; filename*=UTF-8''${encodeURIComponent(fileName.toWellFormed()).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`
