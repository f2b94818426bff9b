import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** Asks the embedded ClickHouse to write or read a copy of its database; no time limit, since a copy takes as long as it takes. */
export async function copyStore(direction: 'backup' | 'restore', clickhouseUrl: string, name: string): Promise<void> {
  const at = new URL(clickhouseUrl)
  const database = at.pathname.slice(1)
  const asked = request({
    host: at.hostname,
    port: at.port,
    method: 'POST',
    path: `/${direction}?${new URLSearchParams({ database, name })}`,
    auth: `${decodeURIComponent(at.username)}:${decodeURIComponent(at.password)}`,
  }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const said = await text(answer)
  if (answer.statusCode !== 200) throw new Error(`ClickHouse ${direction}: ${said.slice(0, 500)}`)
}
