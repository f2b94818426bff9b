import { openAsBlob } from 'node:fs'
import { AwsClient } from 'aws4fetch'
import { ObjectMissing, type ObjectStore } from './object-store.ts'

const PUT_TIMEOUT_MS = 120_000
const ANSWER_TIMEOUT_MS = 30_000
const ERROR_LENGTH = 300

/**
 * Objects in a bucket of an S3 server, addressed by path: `https://KEY:SECRET@host/bucket?region=…`. Every body is signed with its
 * SHA-256, so that the server refuses what was changed on the way.
 */
export function s3Store(url: string): ObjectStore {
  const at = new URL(url)
  const bucket = at.pathname.replace(/^\/|\/$/g, '')
  if (bucket === '' || bucket.includes('/') || at.username === '') throw new Error('S3_URL must be https://KEY:SECRET@host/bucket')
  const client = new AwsClient({
    accessKeyId: decodeURIComponent(at.username),
    secretAccessKey: decodeURIComponent(at.password),
    region: at.searchParams.get('region') ?? 'us-east-1',
    service: 's3',
    retries: 3,
  })
  const addressOf = (key: string) => `${at.origin}/${bucket}/${key}`
  return {
    put: async (key, file) => {
      const answer = await client.fetch(addressOf(key), {
        method: 'PUT',
        headers: { 'content-type': file.mediaType, 'x-amz-content-sha256': file.sha256 },
        // A blob has a length: S3 takes no body without one.
        body: await openAsBlob(file.path),
        signal: AbortSignal.timeout(PUT_TIMEOUT_MS),
      })
      if (!answer.ok) throw await failure('put', answer)
      await answer.body?.cancel()
    },
    get: async (key, range) => {
      const answer = await client.fetch(addressOf(key), {
        headers: range ? { range: `bytes=${range.from}-${range.to}` } : {},
        signal: AbortSignal.timeout(PUT_TIMEOUT_MS),
      })
      if (answer.status === 404) {
        await answer.body?.cancel()
        throw new ObjectMissing(key)
      }
      if (!answer.ok || !answer.body) throw await failure('get', answer)
      return answer.body
    },
    delete: async (key) => {
      const answer = await client.fetch(addressOf(key), { method: 'DELETE', signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
      if (!answer.ok && answer.status !== 404) throw await failure('delete', answer)
      await answer.body?.cancel()
    },
  }
}

const failure = async (what: string, answer: Response) =>
  new Error(`S3 ${what}: ${answer.status} ${(await answer.text().catch(() => '')).slice(0, ERROR_LENGTH)}`)
