const browsers: readonly [pattern: RegExp, name: string][] = [
  [/MicroMessenger\/(\d+)/, '微信'],
  [/wxwork\/(\d+)/, '企业微信'],
  [/Edg\/(\d+)/, 'Edge'],
  [/Firefox\/(\d+)/, 'Firefox'],
  [/Chrome\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
]
const systems: readonly [pattern: RegExp, name: string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** “Chrome 141 · Windows” from the browser's long description; what is not known stays as it came, cut short. */
export function browserOf(userAgent: string): string {
  const [, version, name] =
    browsers.map(([pattern, label]) => [...(pattern.exec(userAgent) ?? []), label]).find((hit) => hit.length === 3) ?? []
  const system = systems.find(([pattern]) => pattern.test(userAgent))?.[1]
  if (!name) return userAgent === '' ? '—' : userAgent.slice(0, 40)
  return [`${name} ${version}`, system].filter(Boolean).join(' · ')
}
