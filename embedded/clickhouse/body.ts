import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { failure } from './failure.ts'
import { type FrontRequest, readField } from './request.ts'

/** Bytes of all bodies that are being received, waiting or being written. */
export class ByteBudget {
  #used = 0
  readonly #max: number
  constructor(max: number) {
    this.#max = max
  }
  take(bytes: number): void {
    if (this.#used + bytes > this.#max) throw failure('TOO_MANY_SIMULTANEOUS_QUERIES', `The insert queue is full (${this.#max} bytes).`)
    this.#used += bytes
  }
  giveBack(bytes: number): void {
    this.#used -= bytes
  }
}

/** The body with what it takes of the budget; `release` gives it back. */
export async function readBody(request: IncomingMessage, maxBytes: number, budget: ByteBudget): Promise<{ body: Buffer; release(): void }> {
  let taken = 0
  const take = (bytes: number) => {
    budget.take(bytes)
    taken += bytes
  }
  const release = () => {
    budget.giveBack(taken)
    taken = 0
  }
  try {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) {
      take(chunk.length)
      if (taken > maxBytes) throw failure('TOO_LARGE_STRING_SIZE', `The body is larger than ${maxBytes} bytes.`)
      chunks.push(chunk)
    }
    const body = await decompressed(Buffer.concat(chunks), request.headers['content-encoding'], maxBytes)
    take(Math.max(0, body.length - taken))
    return { body, release }
  } catch (error) {
    release()
    throw error
  }
}

async function decompressed(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body
  if (encoding !== 'gzip') throw failure('NOT_IMPLEMENTED', `Content-Encoding ${encoding} is not served here.`)
  try {
    return await promisify(gunzip)(body, { maxOutputLength: maxBytes })
  } catch (error) {
    throw failure('INCORRECT_DATA', `The body does not decompress: ${(error as Error).message}.`)
  }
}

/** A query whose parameters are too long for the address comes as a form. */
export async function readForm(request: FrontRequest, body: Buffer, contentType: string): Promise<void> {
  let form: FormData
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
  } catch {
    throw failure('BAD_ARGUMENTS', 'The multipart body is malformed.')
  }
  for (const [name, value] of form) {
    if (typeof value !== 'string' || (name !== 'query' && !name.startsWith('param_'))) {
      throw failure('NOT_IMPLEMENTED', `The multipart field ${name} is not served here.`)
    }
    readField(request, name, value)
  }
}

export function utf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw failure('INCORRECT_DATA', 'The text is not UTF-8.')
  }
}
