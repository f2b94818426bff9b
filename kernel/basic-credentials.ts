/** RFC 7617: user and password by the first colon. */
export function basicCredentials(authorization: string | undefined): { userName: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return undefined
  const pair = Buffer.from(encoded, 'base64').toString()
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : { userName: pair.slice(0, colon), secret: pair.slice(colon + 1) }
}
