import type { Session } from '#modules/foundation/access/contract.ts'

const KEPT = 'lianshu.session'

/** What a page shows while the server is out of reach: who is signed in and what he may see. The token that changes things is not kept. */
export const keepSession = (session: Session): void => localStorage.setItem(KEPT, JSON.stringify({ ...session, csrfToken: '' }))

export const forgetSession = (): void => localStorage.removeItem(KEPT)

export function keptSession(): Session | undefined {
  const text = localStorage.getItem(KEPT)
  return text === null ? undefined : (JSON.parse(text) as Session)
}

/** Lets the pages open without a network; a browser that will not shows them with one only. */
export function keepPages(): void {
  if ('serviceWorker' in navigator)
    addEventListener('load', () => void navigator.serviceWorker.register('/service-worker.js').catch(() => undefined))
}
